"""The words of the journal: what every verb, noun and key of a detail is called. The only dictionary of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.apps.overview.journal.keys import KEYS
from diaban.catalogue import steps_loader
from diaban.catalogue.workflows_loader import versions
from diaban.core.policy import ROLES, Permission, Purpose
from diaban.ui.formats import day, grouped

NOUNS: Final = {
    "access": gettext_lazy("Quyền truy cập"),
    "account": gettext_lazy("Tài khoản"),
    "agency": gettext_lazy("Cơ quan"),
    "alert": gettext_lazy("Báo động"),
    "analysis": gettext_lazy("Phân tích"),
    "area": gettext_lazy("Địa bàn làm việc"),
    "audit": gettext_lazy("Nhật ký"),
    "backup": gettext_lazy("Bản sao lưu"),
    "boundaries": gettext_lazy("Ranh giới"),
    "choice": gettext_lazy("Lựa chọn địa bàn"),
    "classification": gettext_lazy("Phân loại xã"),
    "charge": gettext_lazy("Phân công phụ trách"),
    "concern": gettext_lazy("Vướng mắc, kiến nghị"),
    "cycle": gettext_lazy("Kỳ phân loại"),
    "declaration": gettext_lazy("Số liệu khai"),
    "declarations": gettext_lazy("Số liệu khai"),
    "exchange": gettext_lazy("Nhập/xuất"),
    "hotspot": gettext_lazy("Điểm, tụ điểm"),
    "hotspots": gettext_lazy("Điểm, tụ điểm"),
    "inbox": gettext_lazy("Hộp thư"),
    "incident": gettext_lazy("Vụ việc"),
    "incidents": gettext_lazy("Vụ việc"),
    "indicator": gettext_lazy("Chỉ số"),
    "job": gettext_lazy("Việc chạy nền"),
    "keys": gettext_lazy("Vòng khóa"),
    "plan": gettext_lazy("Kế hoạch"),
    "population": gettext_lazy("Số dân"),
    "position": gettext_lazy("Chức danh"),
    "post": gettext_lazy("Vai trò"),
    "province_value": gettext_lazy("Giá trị do đơn vị đặt"),
    "reports": gettext_lazy("Hồ sơ"),
    "route": gettext_lazy("Tuyến"),
    "routes": gettext_lazy("Tuyến"),
    "series": gettext_lazy("Chuỗi số liệu"),
    "standing": gettext_lazy("Phân loại xã"),
    "task": gettext_lazy("Nhiệm vụ"),
    "tasks": gettext_lazy("Nhiệm vụ"),
    "transformation": gettext_lazy("Chuyển hóa địa bàn"),
    "units": gettext_lazy("Đơn vị hành chính"),
}
ACTS: Final = {
    "activate": gettext_lazy("kích hoạt"),
    "activation": gettext_lazy("cấp mã kích hoạt"),
    "add": gettext_lazy("thêm"),
    "amend": gettext_lazy("sửa đổi, bổ sung"),
    "answer": gettext_lazy("trả lời câu hỏi"),
    "ask": gettext_lazy("đặt câu hỏi"),
    "apply": gettext_lazy("ghi lô nhập"),
    "appraise": gettext_lazy("thẩm định"),
    "appraising": gettext_lazy("chuyển sang thẩm định"),
    "approve": gettext_lazy("duyệt"),
    "ask_again": gettext_lazy("hỏi lại"),
    "attach": gettext_lazy("ghép nhiệm vụ"),
    "begin": gettext_lazy("bắt đầu thực hiện"),
    "call_off": gettext_lazy("thôi giao"),
    "cancel": gettext_lazy("dừng"),
    "clause_link": gettext_lazy("gắn với câu của kế hoạch"),
    "clause_unlink": gettext_lazy("bỏ gắn với câu của kế hoạch"),
    "close": gettext_lazy("khóa"),
    "closed": gettext_lazy("khóa"),
    "commune": gettext_lazy("lập kế hoạch cấp xã"),
    "confirm": gettext_lazy("xác nhận hoàn thành"),
    "create": gettext_lazy("lập"),
    "decide": gettext_lazy("ghi quyết định"),
    "declare": gettext_lazy("khai"),
    "describe": gettext_lazy("sửa tên, chức danh"),
    "discard": gettext_lazy("bỏ lô nháp"),
    "drop": gettext_lazy("ghi thôi không thực hiện"),
    "edit": gettext_lazy("sửa"),
    "end": gettext_lazy("kết thúc"),
    "evidence": gettext_lazy("thêm minh chứng"),
    "evidence_withdraw": gettext_lazy("rút minh chứng"),
    "expire": gettext_lazy("bỏ lô nháp quá hạn"),
    "export": gettext_lazy("xuất tệp"),
    "extend_ask": gettext_lazy("xin gia hạn"),
    "extend_decide": gettext_lazy("quyết định gia hạn"),
    "extend_withdraw": gettext_lazy("rút đề nghị gia hạn"),
    "factor_add": gettext_lazy("thêm yếu tố xác thực"),
    "factor_remove": gettext_lazy("bỏ yếu tố xác thực"),
    "factor_reset": gettext_lazy("đặt lại yếu tố xác thực"),
    "fail": gettext_lazy("không làm được"),
    "file": gettext_lazy("lấy tệp đính kèm"),
    "finish": gettext_lazy("đóng"),
    "force": gettext_lazy("đưa vào thực hiện"),
    "forget": gettext_lazy("hủy khóa"),
    "forward": gettext_lazy("chuyển cơ quan khác"),
    "give": gettext_lazy("giao"),
    "hand_over": gettext_lazy("bàn giao"),
    "head": gettext_lazy("sửa đầu văn bản"),
    "head_lost": gettext_lazy("thấy dòng đầu chuỗi không còn nguyên"),
    "import": gettext_lazy("nhập"),
    "import_csv": gettext_lazy("nhập từ CSV"),
    "import_national": gettext_lazy("nhập cả nước"),
    "issue": gettext_lazy("phát hành"),
    "is_real": gettext_lazy("ghi là có thật"),
    "lend": gettext_lazy("ủy quyền"),
    "lend_end": gettext_lazy("thôi ủy quyền"),
    "link": gettext_lazy("nối với tài khoản của cơ quan"),
    "load": gettext_lazy("lấy từ danh mục"),
    "load_catalogue": gettext_lazy("nạp danh mục"),
    "look": gettext_lazy("nhận xem"),
    "look_again": gettext_lazy("xem lại"),
    "mail_off": gettext_lazy("thôi nhận thư điện tử"),
    "mail_on": gettext_lazy("xin nhận thư điện tử"),
    "maintain": gettext_lazy("chuyển sang duy trì"),
    "make": gettext_lazy("lập"),
    "mark": gettext_lazy("đánh dấu đã đọc, chưa đọc"),
    "move": gettext_lazy("bàn giao việc"),
    "open": gettext_lazy("mở"),
    "password": gettext_lazy("đổi mật khẩu"),
    "phases": gettext_lazy("đặt ngày giai đoạn"),
    "post": gettext_lazy("đặt chức danh chịu trách nhiệm"),
    "progress": gettext_lazy("ghi tiến độ"),
    "propose": gettext_lazy("đề xuất đổi theo số liệu"),
    "put_back": gettext_lazy("trả lại như trước khi khôi phục"),
    "raise": gettext_lazy("nêu"),
    "raise_alarm": gettext_lazy("báo"),
    "read": gettext_lazy("xem"),
    "read_text": gettext_lazy("đọc văn bản"),
    "receive": gettext_lazy("nhận tệp"),
    "recompute": gettext_lazy("tính lại"),
    "record": gettext_lazy("ghi nhận"),
    "recovery_new": gettext_lazy("lấy mã khôi phục mới"),
    "refused": gettext_lazy("bị từ chối"),
    "refute": gettext_lazy("ghi là không có thật"),
    "remind": gettext_lazy("nhắc việc"),
    "remove": gettext_lazy("bỏ"),
    "reopen": gettext_lazy("mở lại"),
    "reply": gettext_lazy("trả lời"),
    "report": gettext_lazy("báo cáo hoàn thành"),
    "reseal": gettext_lazy("niêm phong lại"),
    "restore": gettext_lazy("khôi phục"),
    "resume": gettext_lazy("thực hiện trở lại"),
    "revert": gettext_lazy("trả lại như trước lô nhập"),
    "revise": gettext_lazy("sửa và trình lại"),
    "rework": gettext_lazy("trả về lập lại"),
    "rotate": gettext_lazy("thay khóa"),
    "search": gettext_lazy("tìm"),
    "self_assess": gettext_lazy("xã tự đánh giá"),
    "send": gettext_lazy("gửi nhắc việc"),
    "send_back": gettext_lazy("trả lại kèm ý kiến"),
    "session_end": gettext_lazy("kết thúc phiên"),
    "set": gettext_lazy("đặt"),
    "set_letterhead": gettext_lazy("đặt cơ quan ban hành"),
    "set_rate": gettext_lazy("đặt mức báo động sai"),
    "settings": gettext_lazy("đổi thiết đặt"),
    "settle": gettext_lazy("đồng ý, khép lại"),
    "sign_in": gettext_lazy("đăng nhập"),
    "sign_in_refused": gettext_lazy("đăng nhập không được"),
    "sign_out": gettext_lazy("đăng xuất"),
    "stop": gettext_lazy("thôi thực hiện"),
    "submit": gettext_lazy("trình"),
    "supersede": gettext_lazy("quyết định thay thế"),
    "take_back": gettext_lazy("bỏ tài khoản vừa lập"),
    "take_in": gettext_lazy("tiếp nhận"),
    "turns": gettext_lazy("mở các lần của việc lặp lại"),
    "undo": gettext_lazy("hoàn tác"),
    "undo_batch": gettext_lazy("hoàn tác lô nhập"),
    "unlink": gettext_lazy("thôi nối với tài khoản của cơ quan"),
    "vacate": gettext_lazy("thôi giữ, chưa có người mới"),
    "verify": gettext_lazy("kiểm tra toàn bộ chuỗi"),
    "void": gettext_lazy("hủy ghi nhận"),
    "weights": gettext_lazy("đặt trọng số"),
    "withdraw": gettext_lazy("rút lại"),
}
LONGEST: Final = 160


def act(verb: str) -> str:
    """Return a verb in words: "Phân loại xã: ghi quyết định"."""
    noun, _dot, what = verb.partition(".")
    steps = _of_workflow("verb")
    said = _(steps[what]).lower() if noun == "hotspot" and what in steps else str(ACTS.get(what, what))
    return f"{NOUNS.get(noun, noun)}: {said}"


def key(name: str) -> str:
    """Return the word for a key of a detail; one that nobody named keeps its own, with blanks."""
    return str(KEYS.get(name, name.replace("_", " ")))


def purpose(code: str) -> str:
    """Return a purpose in words; nothing for none."""
    return _(Purpose(code).words) if code in set(Purpose) else code


def said(value: Any, name: str = "") -> str:
    """Return a value of a detail, cut to `LONGEST`. `name` is its key."""
    text = _whole(value, name)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _whole(value: Any, name: str) -> str:
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, int):
        return grouped(value)
    if isinstance(value, str):
        return _text(value, name)
    if isinstance(value, Mapping):
        return "; ".join(f"{key(str(inner))}: {_whole(held, str(inner))}" for inner, held in value.items())
    if isinstance(value, Sequence):
        return _listed(value, name)
    return "–" if value is None else json.dumps(value, ensure_ascii=False)


def _text(value: str, name: str) -> str:
    if name == "role" and value in ROLES:
        return _(ROLES[value].title)
    if name == "what" and value in set(Permission):
        return _(Permission(value).words)
    if name in ("from", "to", "verb") and value in (words := _of_workflow(name)):
        return _(words[value])
    try:
        return day(date.fromisoformat(value)) if len(value) == 10 else value
    except ValueError:
        return value


def _of_workflow(name: str) -> dict[str, str]:
    """Return code → title of a hot-spot's steps, or of its states and a task's, in every version of the table."""
    if name == "verb":
        return {one.verb: one.title for version in versions("hotspot") for one in version.transitions}
    found = {one.code: one.title for version in steps_loader.versions("task") for one in version.states}
    return found | {one.code: one.title for version in versions("hotspot") for one in version.states}


def _listed(value: Sequence[Any], name: str) -> str:
    """Return a list; two plain values under the name of a field are what it was and what it became."""
    told = [_whole(one, name) for one in value]
    if len(value) == 2 and name not in _LISTS and not any(isinstance(one, Mapping | list) for one in value):
        return f"{told[0] or '–'} → {told[1] or '–'}"
    return ", ".join(told)


_LISTS: Final = frozenset({"behaviours", "columns", "fields", "how", "keys", "roots", "seizures", "steps", "units"})
