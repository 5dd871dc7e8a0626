"""Issues that communes raised while they carried the plan out: answered in time, late, forwarded, still waiting."""

from __future__ import annotations

from datetime import date, timedelta

from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Agency
from diaban.apps.concerns import actions
from diaban.apps.concerns.models import Concern
from diaban.apps.places import queries as places
from diaban.apps.programme.models import Task
from diaban.demo.moments import entered_on

SINCE = date(2026, 1, 1)
# Days before the last, who, commune, topic, subject, words, agency, steps: (days later, who, verb, words, agency).
ISSUES = (
    (
        95, "congan.vungtau", "26506", "means", "Thiếu que thử khi kiểm tra cơ sở kinh doanh có điều kiện",
        "Mỗi đợt kiểm tra cần thêm que thử. Đề nghị hướng dẫn nguồn mua và cách quyết toán.", "Công an tỉnh",
        ((1, "canbo", "receive", "", ""), (6, "canbo", "answer", "Đã cấp bổ sung cho quý này.", ""),
         (8, "congan.vungtau", "close", "", "")),
    ),
    (
        60, "congan.tamthang", "26526", "care", "Chưa rõ nơi tiếp nhận cai nghiện tự nguyện trên địa bàn",
        "Sau khi sắp xếp tổ chức, chưa rõ cơ sở nào tiếp nhận. Đề nghị hướng dẫn đầu mối.", "Sở Y tế",
        ((4, "soyte", "forward", "Việc quản lý cơ sở cai nghiện thuộc ngành công an.", "Công an tỉnh"),
         (20, "canbo", "answer", "Đã gửi danh sách đầu mối tới các đơn vị.", "")),
    ),
    (
        30, "lanhdao.vungtau", "26506", "together", "Chưa có quy chế phối hợp giữa phường và Biên phòng ở bãi tắm",
        "Hai lực lượng cùng tuần tra một tuyến, chưa thống nhất giờ và cách báo tin.", "Công an tỉnh",
        ((2, "canbo", "receive", "", ""),),
    ),
    (
        3, "congan.vungtau", "26506", "figures", "Biểu số liệu tuyên truyền có hai cách đếm số buổi",
        "Đề nghị thống nhất đếm theo buổi hay theo điểm tổ chức.", "Công an tỉnh", (),
    ),
)  # fmt: skip


def load(*, last_day: date) -> int:
    """Raise the issues and take their steps; return how many there are. Nothing before 2026."""
    made = 0
    for back, name, code, topic, subject, words, asked, steps in ISSUES:
        day = last_day - timedelta(days=back)
        if day < SINCE:
            continue
        unit = places.unit_by_code(code, day)
        issue = actions.Issue(
            unit=unit,
            topic=topic,
            subject=subject,
            words=words,
            addressed=Agency.objects.get(name=asked),
            task=Task.objects.filter(unit=unit).order_by("pk").first() if topic == "figures" else None,
        )
        row = actions.raise_concern(by=_user(name), at=entered_on(day), issue=issue)
        made += 1
        for later, who, verb, said, to in steps:
            _step(row, who, verb, said, to, day + timedelta(days=later))
    return made


def _step(row: Concern, who: str, verb: str, said: str, to: str, day: date) -> None:
    agency = Agency.objects.get(name=to) if to else None
    actions.take_step(by=_user(who), at=entered_on(day), concern=row, verb=verb, words=said, agency=agency)


def _user(name: str) -> User:
    return User.objects.get(username=name)
