"""The roles of a province, each with a sentence that a manager can sign, and what it may do where.

The grants are ours ("do phần mềm đặt"): the laws name the bodies and their duties, not the rights in a software.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from diaban.core.messages import N_, Message, say
from diaban.core.policy.terms import WALLED, Line, Permission, Purpose
from diaban.core.privacy import PrivacyClass


class Reach(IntEnum):
    """How far a grant goes: records of the assignment's unit, or what belongs to no single unit as well."""

    UNIT = 1
    HOUSE = 2  # settings, reports of the whole area: only through an assignment to the whole area


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of post. `lines` are those in which it exists; `grants` what it may do and how far, under `purposes`.

    `clears` are the classes of data that it sees in clear, for those purposes, in the records that its grants open;
    what is published it sees like everybody. `whole_area` roles are assigned to the whole working area or to a unit
    above the communes; the others to a unit.
    """

    code: str
    title: str
    sentence: str
    lines: tuple[Line, ...]
    purposes: frozenset[Purpose]
    grants: Mapping[Permission, Reach]
    clears: frozenset[PrivacyClass]
    whole_area: bool = False

    def reach(self, permission: Permission, purpose: Purpose) -> Reach | None:
        """Return how far the role carries `permission` for `purpose`; None when it does not."""
        if purpose not in self.purposes or purpose not in permission.purposes:
            return None
        return self.grants.get(permission)


P, UNIT, HOUSE = Permission, Reach.UNIT, Reach.HOUSE


def _at(reach: Reach, *permissions: Permission) -> dict[Permission, Reach]:
    return dict.fromkeys(permissions, reach)


EVERYBODY: Final = frozenset(
    {P.HOME_VIEW, P.OWN_ACCOUNT, P.OWN_RUNS, P.OWN_INBOX, P.ROLES_VIEW, P.UNIT_VIEW, P.DELEGATE}
)
"""What every account that is in force may do, whatever its roles: its own matters, and public facts of the units."""

_WORK = frozenset({Purpose.PLACES, Purpose.REPORTING})
_READ_PLACES = (P.HOTSPOT_VIEW, P.INCIDENT_VIEW, P.ROUTE_VIEW, P.SERIES_VIEW, P.REVIEW_VIEW, P.ANALYSIS_VIEW)
_READ_PLAN = (P.PLAN_VIEW, P.TASK_VIEW)
_FOLLOW_PLAN = (*_READ_PLAN, P.TASK_EVIDENCE, P.CONCERN_VIEW, P.CHOICE_VIEW, P.TRANSFORM_VIEW)
_WORK_PLAN = (*_FOLLOW_PLAN, P.TASK_REPORT, P.CONCERN_RAISE, P.TRANSFORM_KEEP)
_LEAD_PLAN = (P.PLAN_KEEP, P.TASK_ASSIGN, P.TASK_CONFIRM, P.OWNER_SET, P.CONCERN_ANSWER)
_KEEP_PLACES = (
    P.HOTSPOT_RECORD,
    P.HOTSPOT_STEP,
    P.INCIDENT_RECORD,
    P.RECORD_VOID,
    P.REGISTER_IMPORT,
    P.IMPORT_UNDO,
    P.REGISTER_EXPORT,
    P.FIGURES_DECLARE,
    P.POPULATION_DECLARE,
    P.ANALYSIS_RUN,
    P.ALERT_DECIDE,
)
_OFFICER = PrivacyClass.OFFICER
_COUNTS = frozenset({PrivacyClass.INTERNAL})
"""Work and numbers, without a name: neither of those who did it nor of those it is about."""
_REGISTERS = _COUNTS | {_OFFICER, PrivacyClass.PERSONAL, PrivacyClass.SENSITIVE}
"""Whoever keeps, signs or answers for a register must know whose home a place is, what was noted, and who did it."""
_WALL = frozenset({PrivacyClass.PERSONAL, PrivacyClass.SENSITIVE})
"""Behind a wall one sees the person that the file is about, and nothing of the work on places."""
_PEOPLE = (P.ACCOUNT_VIEW, P.ACCOUNT_MANAGE, P.REGISTER_IMPORT, P.IMPORT_UNDO, P.REGISTER_EXPORT)

_ALL = (
    Role(
        "commune_police",
        N_("Công an cấp xã"),
        N_(
            "Giữ sổ điểm, tụ điểm, vụ việc của đơn vị mình; khai số liệu phân loại; nhập, xuất sổ của đơn vị; "
            "báo cáo nhiệm vụ được giao."
        ),
        (Line.POLICE,),
        _WORK,
        MappingProxyType(_at(UNIT, *_READ_PLACES, *_KEEP_PLACES, *_WORK_PLAN)),
        _REGISTERS,
    ),
    Role(
        "commune_leader",
        N_("Lãnh đạo UBND cấp xã"),
        N_(
            "Xem địa bàn của mình, khai số liệu và ký bản tự đánh giá loại của đơn vị; lập kế hoạch của xã, "
            "giao và xác nhận nhiệm vụ trong xã."
        ),
        (Line.ADMINISTRATION,),
        _WORK,
        MappingProxyType(
            _at(
                UNIT,
                *_READ_PLACES,
                P.FIGURES_DECLARE,
                P.POPULATION_DECLARE,
                P.CLASS_SELF_ASSESS,
                P.REGISTER_EXPORT,
                *_WORK_PLAN,
                *_LEAD_PLAN,
            )
        ),
        _REGISTERS,
    ),
    Role(
        "provincial_police",
        N_("Công an cấp tỉnh (PC04)"),
        N_(
            "Giữ sổ toàn địa bàn, đặt định nghĩa, mở kỳ phân loại, thẩm định, lập và trình dự thảo báo cáo; "
            "đưa kế hoạch vào thực hiện, giao và đôn đốc nhiệm vụ."
        ),
        (Line.POLICE,),
        _WORK,
        MappingProxyType(
            _at(UNIT, *_READ_PLACES, *_KEEP_PLACES, P.ROUTE_SET, P.CLASS_APPRAISE, *_WORK_PLAN, *_LEAD_PLAN)
            | _at(UNIT, P.CHOICE_PROPOSE, P.CHOICE_APPRAISE)
            | _at(HOUSE, P.VALUES_SET, P.REVIEW_RUN, P.REPORT_VIEW, P.REPORT_SUBMIT, P.LETTERHEAD_SET)
        ),
        _REGISTERS,
        whole_area=True,
    ),
    Role(
        "department",
        N_("Sở, ngành, đoàn thể"),
        N_(
            "Xem kế hoạch, kết quả phân loại, chuỗi số liệu và báo cáo để làm phần việc của ngành; "
            "báo cáo nhiệm vụ của ngành; không xem từng điểm, vụ việc."
        ),
        (Line.ADMINISTRATION, Line.HEALTH, Line.UNION),
        frozenset({Purpose.REPORTING}),
        MappingProxyType(
            _at(UNIT, P.REVIEW_VIEW, P.SERIES_VIEW, P.ROUTE_VIEW, *_READ_PLAN, P.TASK_REPORT, P.TRANSFORM_VIEW)
            | _at(UNIT, P.CONCERN_VIEW, P.CONCERN_RAISE, P.CONCERN_ANSWER)
            | _at(HOUSE, P.REPORT_VIEW)
        ),
        _COUNTS,
        whole_area=True,
    ),
    Role(
        "provincial_leader",
        N_("Lãnh đạo tỉnh, Ban Chỉ đạo"),
        N_(
            "Xem toàn địa bàn, quyết định phân loại, địa bàn cần chuyển hóa, gia hạn nhiệm vụ; "
            "không ghi sổ, không thẩm định."
        ),
        (Line.ADMINISTRATION,),
        _WORK,
        MappingProxyType(
            _at(UNIT, *_READ_PLACES, P.CLASS_DECIDE, *_FOLLOW_PLAN)
            | _at(UNIT, P.TASK_CONFIRM, P.CONCERN_ANSWER, P.CHOICE_DECIDE)
            | _at(HOUSE, P.REPORT_VIEW)
        ),
        _REGISTERS,
        whole_area=True,
    ),
    Role(
        "health_social",
        N_("Cán bộ y tế, xã hội"),
        N_("Giữ hồ sơ chăm sóc, hỗ trợ của đơn vị mình, sau bức tường mà vai trò công an không nhìn qua được."),
        (Line.HEALTH,),
        frozenset({Purpose.CARE}),
        MappingProxyType(_at(UNIT, P.CARE_VIEW, P.CARE_RECORD)),
        _WALL,
    ),
    Role(
        "tip_officer",
        N_("Cán bộ tiếp nhận tin báo"),
        N_("Đọc và trả lời tin báo của người dân; không ghi sổ điểm, tụ điểm từ tin báo."),
        (Line.POLICE, Line.UNION, Line.ADMINISTRATION),
        frozenset({Purpose.TIPS}),
        MappingProxyType(_at(UNIT, P.TIP_VIEW, P.TIP_HANDLE)),
        _WALL,
    ),
    Role(
        "report_approver",
        N_("Người duyệt báo cáo"),
        N_("Xem dự thảo, duyệt và phát hành báo cáo, thẩm định đề xuất địa bàn cần chuyển hóa do người khác trình."),
        (Line.POLICE, Line.ADMINISTRATION),
        frozenset({Purpose.REPORTING}),
        MappingProxyType(
            _at(UNIT, P.REVIEW_VIEW, P.SERIES_VIEW, *_READ_PLAN, P.CHOICE_VIEW, P.CHOICE_APPRAISE)
            | _at(HOUSE, P.REPORT_VIEW, P.REPORT_ISSUE)
        ),
        _REGISTERS,
        whole_area=True,
    ),
    Role(
        "auditor",
        N_("Thanh tra, kiểm tra"),
        N_("Xem ai đã xem, sửa, xuất, quyết định gì, hỏi máy điều gì; không mở sổ, không sửa gì."),
        (Line.HOUSE, Line.ADMINISTRATION),
        frozenset({Purpose.AUDIT}),
        MappingProxyType(_at(UNIT, P.ACCOUNT_VIEW, P.ANALYSIS_VIEW) | _at(HOUSE, P.AUDIT_VIEW, P.AUDIT_EXPORT)),
        _COUNTS | {_OFFICER},
        whole_area=True,
    ),
    Role(
        "system_administrator",
        N_("Quản trị hệ thống"),
        N_("Tạo tài khoản, cập nhật danh mục đơn vị và ranh giới; không xem dữ liệu nghiệp vụ nào."),
        (Line.HOUSE,),
        frozenset({Purpose.ADMINISTRATION}),
        MappingProxyType(_at(UNIT, *_PEOPLE) | _at(HOUSE, P.UNIT_MANAGE)),
        frozenset({_OFFICER}),
        whole_area=True,
    ),
    Role(
        "unit_administrator",
        N_("Quản lý tài khoản của đơn vị"),
        N_("Tạo tài khoản, giao và thu vai trò trong đơn vị mình và cấp dưới; không xem dữ liệu nghiệp vụ nào."),
        tuple(line for line in Line if line is not Line.HOUSE),
        frozenset({Purpose.ADMINISTRATION}),
        MappingProxyType(_at(UNIT, *_PEOPLE)),
        frozenset({_OFFICER}),
    ),
)
ROLES: Final[Mapping[str, Role]] = MappingProxyType({role.code: role for role in _ALL})

_HELD_APART = frozenset({"auditor", "system_administrator"})
"""Those who watch or run the house do no work in it."""


def conflict(codes: Iterable[str]) -> Message | None:
    """Return why one account may not hold these roles together, or None.

    Care and tips stand behind walls: who holds a role there holds none for place work, in any line. Whoever inspects
    or runs the system holds no other role.
    """
    held = [ROLES[code] for code in sorted(set(codes))]
    for role in held:
        if role.code in _HELD_APART and len(held) > 1:
            return say(N_("Vai trò “{role}” phải đứng riêng, không kiêm vai trò khác."), role=say(role.title))
    purposes = frozenset[Purpose]().union(*(role.purposes for role in held)) if held else frozenset[Purpose]()
    walled = sorted(purposes & WALLED)
    if walled and purposes - {Purpose.ADMINISTRATION} != {walled[0]}:
        return say(
            N_("Không kiêm vai trò của mục đích “{one}” với vai trò của mục đích khác: có bức tường ở giữa."),
            one=say(walled[0].words),
        )
    return None


def may_assign(giver: Iterable[tuple[str, str]], code: str, line: str = "") -> bool:
    """Say whether somebody whose posts (role, line) are `giver` may hand out the role `code` (where, `can` decides).

    Whoever looks after the accounts of one unit does so in one line: the police's accounts are the police's to make,
    those of the commune's committee the committee's. They hand out no role of the whole area, nor that of an inspector,
    nor one behind a wall: an accomplice's account there would open what others of the same unit must not see. `line`
    is that of the post to give, empty to ask for any.
    """
    held = set(giver)
    if any(role == "system_administrator" for role, _line in held):
        return code in ROLES
    role = ROLES[code]
    if role.whole_area or role.purposes & WALLED:
        return False
    own = {one for held_role, one in held if held_role == "unit_administrator"} & {str(one) for one in role.lines}
    return line in own if line else bool(own)


def line_for(giver: Iterable[tuple[str, str]], code: str) -> str:
    """Return the line in which `giver` hands out the role when nobody says: one's own, where the role exists there."""
    lines = [str(one) for one in ROLES[code].lines]
    own = {line for _role, line in giver}
    return next((one for one in lines if one in own), lines[0])


del P, UNIT, HOUSE
