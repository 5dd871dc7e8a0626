"""The first page's answer in one sentence, and what is late, each with the list that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.overview.queries import Summary
from diaban.ui.formats import day, grouped


@dataclass(frozen=True, slots=True)
class Late:
    """One thing that waits: how many, in words, where they are listed, and its tone (`warn`, `conflict`, `wait`)."""

    n: int
    words: str
    url: str
    tone: str = "warn"


@dataclass(frozen=True, slots=True)
class CountdownDay:
    """One day of the strip between the closing of the books and the last report."""

    on: date
    due: bool
    state: str  # past, today, coming


def headline(found: Summary) -> str:
    """Return what the officer should know first."""
    existing = grouped(found.spots.existing)
    if found.is_empty:
        return _("Chưa có dữ liệu: ba việc để bắt đầu")
    if found.cycle is None:
        return _("%(n)s điểm, tụ điểm đang tồn tại; chưa mở kỳ phân loại") % {"n": existing}
    units = len(found.rows)
    left = (found.cycle.last_day - found.today).days
    if units and found.decided == units:
        heavy = sum(found.classes[klass] for klass in ("I", "II", "III"))
        return _("%(n)s xã đã có quyết định phân loại, trong đó %(heavy)s xã trọng điểm") % {
            "n": grouped(units),
            "heavy": grouped(heavy),
        }
    if found.incomplete:
        what = _("%(n)s trong %(all)s xã chưa khai đủ số liệu") % {
            "n": grouped(found.incomplete),
            "all": grouped(units),
        }
        if left > 0:
            return _("Còn %(left)s ngày đến chốt số liệu: %(what)s") % {"left": grouped(left), "what": what}
        return _("Đã chốt số liệu ngày %(day)s: %(what)s") % {"day": day(found.cycle.last_day), "what": what}
    return _("%(n)s xã đã khai đủ; đề xuất %(i)s xã loại I, %(ii)s loại II, %(iii)s loại III") % {
        "n": grouped(units),
        "i": found.classes["I"],
        "ii": found.classes["II"],
        "iii": found.classes["III"],
    }


def movement(found: Summary) -> str:
    """Return the flow of the period as one sentence whose numbers add up."""
    flow = found.spots.flow
    entering = [
        (flow.new, _("%s mới")),
        (flow.reformed, _("%s tái phức tạp")),
        (flow.moved_in + flow.reclassified_in, _("%s chuyển đến")),
    ]
    leaving = [
        (flow.eliminated, _("%s triệt xóa")),
        (flow.removed, _("%s loại bỏ")),
        (flow.merged, _("%s hợp nhất")),
        (flow.moved_out + flow.reclassified_out, _("%s chuyển đi")),
    ]
    came = ", ".join(words % grouped(n) for n, words in entering if n)
    went = ", ".join(words % grouped(n) for n, words in leaving if n)
    closing = _("cuối kỳ %s") if found.today > found.period.last_day else _("nay %s")
    return "; ".join(
        [
            _("Đầu kỳ %s điểm, tụ điểm") % grouped(flow.opening),
            _("thêm %s") % came if came else _("không thêm"),
            _("bớt %s") % went if went else _("không bớt"),
            closing % grouped(flow.closing) + ".",
        ]
    )


def late(found: Summary, carry: Mapping[str, str]) -> list[Late]:
    """Return what is late or waits for a person, each with its list in the same scope; nothing that stands at zero."""
    things = []
    if found.cycle is not None:
        year = reverse("localities:cycle", args=[found.cycle.year])
        partial = found.incomplete - found.silent
        things += [
            Late(found.silent, _("xã chưa khai số liệu nào"), _list(year, carry, so_lieu="silent")),
            Late(partial, _("xã khai chưa đủ"), _list(year, carry, so_lieu="partial")),
            Late(found.in_conflict, _("xã có mâu thuẫn phải xem xét"), _list(year, carry, xem_xet="any"), "conflict"),
            Late(
                found.stale,
                _("xã có số liệu đổi sau thẩm định hoặc quyết định"),
                _list(year, carry, xem_xet="stale"),
            ),
        ]
    spots = reverse("hotspots:list")
    existing = list(workflow_on(found.on).existing_states)
    things += [
        Late(
            found.spots.watches_over,
            _("điểm đã hết thời hạn theo dõi, chưa quyết định đưa ra"),
            _list(spots, carry, het_han="1"),
        ),
        Late(
            found.spots.watches_without_term,
            _("điểm đang theo dõi mà chưa đặt thời hạn"),
            _list(spots, carry, trang_thai=[workflow_on(found.on).watched_state]),
            "wait",
        ),
        Late(
            found.spots.suspected_on_list,
            _("điểm trong danh sách mới ở mức nghi vấn"),
            _list(spots, carry, muc="nghi_van", trang_thai=existing),
            "wait",
        ),
    ]
    return [thing for thing in things if thing.n]


def _list(address: str, carry: Mapping[str, str], **filters: str | list[str]) -> str:
    return f"{address}?{urlencode({**carry, **filters, 'xem': 'bang'}, doseq=True)}"


def countdown(found: Summary) -> list[CountdownDay]:
    """Return the days from the closing of the books to the first report after it; nothing outside of a review."""
    if found.cycle is None:
        return []
    first = found.cycle.last_day
    reports = {due.day for due in found.deadlines if due.day > first}
    if not reports:
        return []
    days = [first + timedelta(days=offset) for offset in range((min(reports) - first).days + 1)]
    return [
        CountdownDay(on, on in reports, "today" if on == found.today else "past" if on < found.today else "coming")
        for on in days
    ]
