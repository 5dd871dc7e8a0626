"""The first page's answer in one sentence, and what is late, each with the list that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaban.apps.access import Rights
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.localities.models import Cycle, Stage
from diaban.apps.localities.queries.standings import Row
from diaban.apps.localities.stages import verdict
from diaban.apps.overview.queries import Summary
from diaban.apps.reports import queries as reports
from diaban.ui.formats import day, grouped


@dataclass(frozen=True, slots=True)
class Late:
    """One thing that waits: how many, in words, where they are listed, and its tone (`warn`, `conflict`, `wait`)."""

    n: int
    words: str
    url: str
    tone: str = "warn"


CLASS_WORDS = {
    "I": gettext_noop("trọng điểm loại I"),
    "II": gettext_noop("trọng điểm loại II"),
    "III": gettext_noop("trọng điểm loại III"),
    "none": gettext_noop("không thuộc loại trọng điểm"),
    "free": gettext_noop("không ma túy"),
    "unknown": gettext_noop("chưa xác định được loại"),
}
# The act, the stage at which it waits, and what waits, in words.
FOR_ME = (
    ("self_assess", Stage.PROPOSAL, gettext_noop("xã chưa tự đánh giá, chờ đồng chí")),
    ("appraise", Stage.SELF_ASSESSED, gettext_noop("xã đã tự đánh giá, chờ đồng chí thẩm định")),
    ("decide", Stage.APPRAISED, gettext_noop("xã đã thẩm định, chờ đồng chí quyết định")),
)


@dataclass(frozen=True, slots=True)
class CountdownDay:
    """One day of the strip between the closing of the books and the last report."""

    on: date
    due: bool
    state: str  # past, today, coming


def headline(found: Summary) -> str:
    """Return what the officer should know first."""
    if found.is_empty:
        return _("Chưa có dữ liệu: ba việc để bắt đầu")
    if found.cycle is None:
        if found.spots is None:
            return _("Chưa mở kỳ phân loại")
        return _("%(n)s điểm, tụ điểm đang tồn tại; chưa mở kỳ phân loại") % {"n": grouped(found.spots.existing)}
    units = len(found.rows)
    if units == 1:
        return _headline_of_one(found, found.cycle, found.rows[0])
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


def _headline_of_one(found: Summary, cycle: Cycle, row: Row) -> str:
    """Return the same for an officer of one commune, which is named."""
    name = row.place.name
    if row.decided_class:
        words = _(CLASS_WORDS[row.decided_class])
        return _("%(unit)s năm %(year)s: %(words)s") % {"unit": name, "year": cycle.year, "words": words}
    if row.missing:
        what = _("%(unit)s còn thiếu %(n)s số liệu") % {"unit": name, "n": grouped(len(row.missing))}
        left = (cycle.last_day - found.today).days
        if left > 0:
            return _("Còn %(left)s ngày đến chốt số liệu: %(what)s") % {"left": grouped(left), "what": what}
        return _("Đã chốt số liệu ngày %(day)s: %(what)s") % {"day": day(cycle.last_day), "what": what}
    words = _(CLASS_WORDS[row.shown_class])
    return _("%(unit)s đã khai đủ số liệu; đề xuất: %(words)s") % {"unit": name, "words": words}


def movement(found: Summary) -> str:
    """Return the flow of the period as one sentence whose numbers add up; nothing without the register."""
    if found.spots is None:
        return ""
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


def late(found: Summary, carry: Mapping[str, str], rights: Rights) -> list[Late]:
    """Return what is late or waits for a person, each with its list in the same scope; nothing that stands at zero.

    First what waits for this very person: the step that only somebody else's hand has made ready for theirs.
    """
    things = []
    if found.cycle is not None:
        year = reverse("localities:cycle", args=[found.cycle.year])
        partial = found.incomplete - found.silent
        for act, stage, words in FOR_ME:
            waiting = [row.standing for row in found.rows if row.standing.stage == stage]
            ready = sum(verdict(rights, standing, act).allowed for standing in waiting)
            things.append(Late(ready, _(words), _list(year, carry, buoc=stage), "info"))
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
    dossiers = reports.waiting_for(rights)
    things.append(Late(dossiers, _("hồ sơ báo cáo chờ xử lý"), reverse("reports:list") if dossiers else "", "info"))
    return [thing for thing in [*things, *_late_spots(found, carry)] if thing.n]


def _late_spots(found: Summary, carry: Mapping[str, str]) -> list[Late]:
    if found.spots is None:
        return []
    spots = reverse("hotspots:list")
    existing = list(workflow_on(found.on).existing_states)
    return [
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
