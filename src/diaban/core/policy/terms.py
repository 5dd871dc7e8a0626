"""The words of the policy: what can be done, for what purpose, in which line of authority."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from diaban.core.messages import N_


class Purpose(StrEnum):
    """Why somebody looks or acts. Data gathered for one purpose do not open for another (Luật 91/2025/QH15, Điều 3)."""

    PLACES = "places"
    REPORTING = "reporting"
    CARE = "care"
    TIPS = "tips"
    AUDIT = "audit"
    ADMINISTRATION = "administration"
    COMMON = "common"

    @property
    def words(self) -> str:
        """Return the purpose in words (a msgid)."""
        return _PURPOSES[self]


_PURPOSES: Final[Mapping[Purpose, str]] = MappingProxyType(
    {
        Purpose.PLACES: N_("Phòng ngừa và công tác địa bàn"),
        Purpose.REPORTING: N_("Tổng hợp, báo cáo"),
        Purpose.CARE: N_("Chăm sóc, hỗ trợ"),
        Purpose.TIPS: N_("Tiếp nhận tin báo"),
        Purpose.AUDIT: N_("Thanh tra, kiểm tra"),
        Purpose.ADMINISTRATION: N_("Quản trị hệ thống"),
        Purpose.COMMON: N_("Dùng chung"),
    }
)

WALLED: Final = frozenset({Purpose.CARE, Purpose.TIPS})


class Line(StrEnum):
    """The parallel lines of authority that meet in a commune. An account in one gives nothing in another."""

    POLICE = "police"
    ADMINISTRATION = "administration"
    HEALTH = "health"
    UNION = "union"
    HOUSE = "house"

    @property
    def words(self) -> str:
        """Return the line in words (a msgid)."""
        return _LINES[self]


_LINES: Final[Mapping[Line, str]] = MappingProxyType(
    {
        Line.POLICE: N_("Công an"),
        Line.ADMINISTRATION: N_("Ủy ban nhân dân và sở, ngành"),
        Line.HEALTH: N_("Y tế, lao động – xã hội"),
        Line.UNION: N_("Mặt trận và đoàn thể"),
        Line.HOUSE: N_("Vận hành hệ thống"),
    }
)


class Permission(StrEnum):
    """One thing that can be done. `PERMISSIONS` tells it in words and names the purposes for which it exists."""

    HOME_VIEW = "home.view"
    OWN_ACCOUNT = "own.account"
    OWN_RUNS = "own.runs"
    OWN_INBOX = "own.inbox"
    ROLES_VIEW = "roles.view"
    UNIT_VIEW = "unit.view"

    POPULATION_DECLARE = "unit.population"
    UNIT_MANAGE = "unit.manage"

    HOTSPOT_VIEW = "hotspot.view"
    HOTSPOT_RECORD = "hotspot.record"
    HOTSPOT_STEP = "hotspot.step"
    INCIDENT_VIEW = "incident.view"
    INCIDENT_RECORD = "incident.record"
    RECORD_VOID = "record.void"
    ROUTE_VIEW = "route.view"
    ROUTE_SET = "route.set"
    VALUES_SET = "values.set"
    SERIES_VIEW = "series.view"
    ANALYSIS_VIEW = "analysis.view"
    ANALYSIS_RUN = "analysis.run"
    ALERT_DECIDE = "alert.decide"

    REGISTER_IMPORT = "register.import"
    IMPORT_UNDO = "register.undo"
    REGISTER_EXPORT = "register.export"

    REVIEW_VIEW = "review.view"
    REVIEW_RUN = "review.run"
    FIGURES_DECLARE = "figures.declare"
    CLASS_SELF_ASSESS = "class.self_assess"
    CLASS_APPRAISE = "class.appraise"
    CLASS_DECIDE = "class.decide"

    PLAN_VIEW = "plan.view"
    PLAN_KEEP = "plan.keep"
    TASK_VIEW = "task.view"
    TASK_EVIDENCE = "task.evidence"
    TASK_ASSIGN = "task.assign"
    TASK_REPORT = "task.report"
    TASK_CONFIRM = "task.confirm"
    OWNER_SET = "owner.set"
    CONCERN_VIEW = "concern.view"
    CONCERN_RAISE = "concern.raise"
    CONCERN_ANSWER = "concern.answer"
    CHOICE_VIEW = "choice.view"
    CHOICE_PROPOSE = "choice.propose"
    CHOICE_APPRAISE = "choice.appraise"
    CHOICE_DECIDE = "choice.decide"
    TRANSFORM_VIEW = "transform.view"
    TRANSFORM_KEEP = "transform.keep"

    REPORT_VIEW = "report.view"
    REPORT_SUBMIT = "report.submit"
    REPORT_ISSUE = "report.issue"
    LETTERHEAD_SET = "letterhead.set"

    CARE_VIEW = "care.view"
    CARE_RECORD = "care.record"
    TIP_VIEW = "tip.view"
    TIP_HANDLE = "tip.handle"

    ACCOUNT_VIEW = "account.view"
    ACCOUNT_MANAGE = "account.manage"
    DELEGATE = "own.delegate"

    AUDIT_VIEW = "audit.view"
    AUDIT_EXPORT = "audit.export"

    @property
    def words(self) -> str:
        """Return what the permission lets one do, in words (a msgid)."""
        return PERMISSIONS[self][0]

    @property
    def purposes(self) -> frozenset[Purpose]:
        """Return the purposes for which it exists."""
        return PERMISSIONS[self][1]


_PLACES = frozenset({Purpose.PLACES})
_REPORTING = frozenset({Purpose.REPORTING})
_BOTH = _PLACES | _REPORTING
_CARE = frozenset({Purpose.CARE})
_TIPS = frozenset({Purpose.TIPS})
_AUDIT = frozenset({Purpose.AUDIT})
_HOUSE = frozenset({Purpose.ADMINISTRATION})
_COMMON = frozenset({Purpose.COMMON})

P = Permission
PERMISSIONS: Final[Mapping[Permission, tuple[str, frozenset[Purpose]]]] = MappingProxyType(
    {
        P.HOME_VIEW: (N_("Mở trang tổng quan"), _COMMON),
        P.OWN_ACCOUNT: (N_("Quản lý tài khoản và khóa của mình"), _COMMON),
        P.OWN_RUNS: (N_("Theo dõi, dừng việc do mình giao máy làm"), _COMMON),
        P.OWN_INBOX: (N_("Đọc nhắc việc, thông báo gửi cho mình"), _COMMON),
        P.ROLES_VIEW: (N_("Xem vai trò nào được làm gì"), _COMMON),
        P.UNIT_VIEW: (N_("Xem danh mục, ranh giới, dân số đơn vị hành chính"), _COMMON),
        P.DELEGATE: (N_("Ủy quyền cho người khác khi vắng mặt"), _COMMON),
        P.POPULATION_DECLARE: (N_("Khai dân số, diện tích của đơn vị"), _BOTH),
        P.UNIT_MANAGE: (N_("Cập nhật danh mục đơn vị, ranh giới, địa bàn làm việc"), _HOUSE),
        P.HOTSPOT_VIEW: (N_("Xem điểm, tụ điểm"), _PLACES),
        P.HOTSPOT_RECORD: (N_("Mở hồ sơ và sửa mô tả điểm, tụ điểm"), _PLACES),
        P.HOTSPOT_STEP: (N_("Ghi bước xử lý điểm, tụ điểm; hoàn tác bước"), _PLACES),
        P.INCIDENT_VIEW: (N_("Xem vụ việc"), _PLACES),
        P.INCIDENT_RECORD: (N_("Ghi và sửa vụ việc"), _PLACES),
        P.RECORD_VOID: (N_("Hủy ghi nhận hồ sơ ghi nhầm; khôi phục"), _PLACES),
        P.ROUTE_VIEW: (N_("Xem tuyến trọng điểm"), _BOTH),
        P.ROUTE_SET: (N_("Lập và sửa tuyến trọng điểm"), _PLACES),
        P.VALUES_SET: (N_("Đặt định nghĩa, thời hạn theo dõi của tỉnh"), _PLACES),
        P.SERIES_VIEW: (N_("Xem chuỗi số liệu"), _BOTH),
        P.ANALYSIS_VIEW: (N_("Xem kết quả phân tích, báo động"), _PLACES | _AUDIT),
        P.ANALYSIS_RUN: (N_("Đặt câu hỏi phân tích trên sổ vụ việc"), _PLACES),
        P.ALERT_DECIDE: (N_("Nhận xem, kiểm tra, đóng báo động"), _PLACES),
        P.REGISTER_IMPORT: (N_("Nhập bảng tính vào sổ"), _BOTH | _HOUSE),
        P.IMPORT_UNDO: (N_("Hoàn tác lô đã nhập"), _BOTH | _HOUSE),
        P.REGISTER_EXPORT: (N_("Xuất sổ ra bảng tính"), _BOTH | _HOUSE),
        P.REVIEW_VIEW: (N_("Xem kỳ phân loại địa bàn"), _BOTH),
        P.REVIEW_RUN: (N_("Mở, tính lại, khóa kỳ phân loại; chọn cách đọc luật"), _REPORTING),
        P.FIGURES_DECLARE: (N_("Khai số liệu phân loại"), _BOTH),
        P.CLASS_SELF_ASSESS: (N_("Tự đánh giá loại của đơn vị"), _REPORTING),
        P.CLASS_APPRAISE: (N_("Thẩm định, trả lại bản tự đánh giá"), _REPORTING),
        P.CLASS_DECIDE: (N_("Quyết định phân loại"), _REPORTING),
        P.PLAN_VIEW: (N_("Xem kế hoạch, điều khoản, chỉ tiêu"), _BOTH),
        P.PLAN_KEEP: (N_("Đọc văn bản kế hoạch vào hệ thống, sửa cấu trúc, đưa vào thực hiện"), _BOTH),
        P.TASK_VIEW: (N_("Xem nhiệm vụ, hạn, cơ quan thực hiện, người chịu trách nhiệm"), _BOTH),
        P.TASK_EVIDENCE: (N_("Xem minh chứng của nhiệm vụ"), _BOTH),
        P.TASK_ASSIGN: (N_("Giao, sửa, kết thúc nhiệm vụ; hướng dẫn cấp dưới thực hiện"), _BOTH),
        P.TASK_REPORT: (N_("Báo cáo tiến độ kèm minh chứng, xin gia hạn"), _BOTH),
        P.TASK_CONFIRM: (N_("Xác nhận hoàn thành, quyết định gia hạn"), _BOTH),
        P.OWNER_SET: (N_("Phân công chức danh chịu trách nhiệm, bàn giao"), _BOTH),
        P.CONCERN_VIEW: (N_("Xem vướng mắc, kiến nghị và trả lời"), _BOTH),
        P.CONCERN_RAISE: (N_("Nêu vướng mắc, kiến nghị"), _BOTH),
        P.CONCERN_ANSWER: (N_("Trả lời, chuyển vướng mắc, kiến nghị"), _BOTH),
        P.CHOICE_VIEW: (N_("Xem việc lựa chọn địa bàn cần chuyển hóa"), _BOTH),
        P.CHOICE_PROPOSE: (N_("Đề xuất địa bàn cần chuyển hóa"), _BOTH),
        P.CHOICE_APPRAISE: (N_("Thẩm định đề xuất địa bàn cần chuyển hóa"), _BOTH),
        P.CHOICE_DECIDE: (N_("Quyết định địa bàn cần chuyển hóa"), _BOTH),
        P.TRANSFORM_VIEW: (N_("Xem kế hoạch chuyển hóa địa bàn"), _BOTH),
        P.TRANSFORM_KEEP: (N_("Lập, cập nhật kế hoạch chuyển hóa địa bàn"), _BOTH),
        P.REPORT_VIEW: (N_("Xem hồ sơ báo cáo"), _REPORTING),
        P.REPORT_SUBMIT: (N_("Lập và trình dự thảo báo cáo"), _REPORTING),
        P.REPORT_ISSUE: (N_("Duyệt và phát hành báo cáo"), _REPORTING),
        P.LETTERHEAD_SET: (N_("Đặt thông tin cơ quan ban hành"), _REPORTING),
        P.CARE_VIEW: (N_("Xem hồ sơ chăm sóc, hỗ trợ"), _CARE),
        P.CARE_RECORD: (N_("Ghi hồ sơ chăm sóc, hỗ trợ"), _CARE),
        P.TIP_VIEW: (N_("Đọc tin báo"), _TIPS),
        P.TIP_HANDLE: (N_("Xử lý, trả lời tin báo"), _TIPS),
        P.ACCOUNT_VIEW: (N_("Xem người và vai trò của đơn vị"), _HOUSE | _AUDIT),
        P.ACCOUNT_MANAGE: (N_("Tạo tài khoản, giao và thu vai trò"), _HOUSE),
        P.AUDIT_VIEW: (N_("Xem nhật ký truy cập và thay đổi"), _AUDIT),
        P.AUDIT_EXPORT: (N_("Xuất nhật ký"), _AUDIT),
    }
)

APPROVALS: Final = frozenset(
    {P.CLASS_APPRAISE, P.CLASS_DECIDE, P.REPORT_ISSUE, P.TASK_CONFIRM, P.CHOICE_APPRAISE, P.CHOICE_DECIDE}
)
"""What nobody may do to a thing that they themselves submitted."""

LASTING: Final = frozenset(
    {P.ACCOUNT_MANAGE, P.UNIT_MANAGE, P.AUDIT_VIEW, P.AUDIT_EXPORT, P.OWN_ACCOUNT, P.OWN_INBOX, P.DELEGATE}
)
"""What stays with its holder: it cannot be delegated during leave."""
del P
