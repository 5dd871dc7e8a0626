"""How the figures of a series are written: quality by a sign and in words, never by colour alone; each one a link."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from html import escape
from itertools import pairwise
from urllib.parse import quote, urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from diaban.apps.hotspots.queries.series import Amount, Ask, Figure, Line, SeriesTable
from diaban.core.periods import Grain, Period
from diaban.core.periods.period import ROMAN
from diaban.core.units import Quality
from diaban.ui.formats import day, grouped

_DAY = timedelta(days=1)
BASES = {
    "population": gettext_noop("dân số"),
    "area": gettext_noop("diện tích"),
    "declared": gettext_noop("tỷ lệ khai"),
}


def short(period: Period) -> str:
    """Return the head of a column: "11/2026", "III/2026", "6T1/2026", "9T/2026", "2026"."""
    return {
        Grain.MONTH: f"{period.index:02d}/{period.year}",
        Grain.QUARTER: f"{ROMAN[min(period.index, 4) - 1]}/{period.year}",
        Grain.HALF: f"6T{period.index}/{period.year}",
        Grain.NINE_MONTHS: f"9T/{period.year}",
        Grain.YEAR: f"{period.year}",
    }[period.grain]


def written(amount: Amount) -> str:
    """Return a figure as people read it; an estimate keeps one decimal."""
    if isinstance(amount, Fraction):
        return grouped(decimal(amount), 1)
    return grouped(amount)


def decimal(amount: Amount) -> Decimal:
    """Return the figure for a workbook, an estimate to two decimals."""
    fraction = Fraction(amount)
    return round(Decimal(fraction.numerator) / Decimal(fraction.denominator), 2)


def basis(weight: str) -> str:
    """Name what an estimate rests on: "dân số", "dân số và diện tích"."""
    named = [gettext(BASES[one]) if one in BASES else one for one in weight.split("+") if one]
    return gettext(" và ").join(named) or gettext("tỷ lệ khai")


def quality_words(figure: Figure) -> str:
    """Return what must be known beside the number; nothing for an exact and complete figure."""
    words = []
    if not figure.known:
        return gettext("chưa có số liệu")
    if figure.quality is Quality.ESTIMATED:
        words.append(gettext("ước tính theo %(weight)s") % {"weight": basis(figure.weight)})
    elif figure.quality is Quality.NOT_COMPARABLE:
        words.append(gettext("không so sánh được"))
        if figure.amount:
            words.append(gettext("ít nhất %(n)s") % {"n": written(figure.amount)})
    if figure.withheld:
        words.append(gettext("phần ở đơn vị ngoài phạm vi được xem không tính"))
    if figure.silent:
        words.append(gettext("%(n)s vụ việc chưa báo cáo") % {"n": figure.silent})
    return ", ".join(words)


def cell(figure: Figure, href: str) -> SafeString:
    """Return the table cell. Plain strings: a table has thousands of them."""
    words = escape(quality_words(figure))
    if not figure.known:
        return SafeString(f'<td class="num"><span class="missing">{words}</span></td>')
    if figure.quality is Quality.NOT_COMPARABLE:
        shown = f"≥ {written(figure.amount)}" if figure.amount else "?"
        inner = f'{shown}<span class="visually-hidden"> {words}</span>'
        inner = f'<a href="{escape(href)}" title="{words}">{inner}</a>' if href else inner
        return SafeString(f'<td class="num series__apart">{inner}</td>')
    if figure.amount is None:
        return SafeString(f'<td class="num"><span class="missing">{escape(gettext("chưa báo cáo"))}</span></td>')
    text = written(figure.amount)
    if figure.quality is Quality.ESTIMATED:
        text = f"≈ {text}"
    if figure.silent:
        text += "*"
    if words:
        text = f'<span title="{words}">{text}<span class="visually-hidden"> {words}</span></span>'
    if figure.amount and href:
        text = f'<a href="{escape(href)}">{text}</a>'
    return SafeString(f'<td class="num">{text}</td>')


class Links:
    """Where a figure leads: the list with the same filter, or what it was put together from.

    The parts of an address that do not change are written once: a table has thousands of figures.
    """

    def __init__(self, ask: Ask, query: QueryDict) -> None:
        self.ask = ask
        own = query.copy()
        own.pop("o", None)
        self._own = f"?{own.urlencode()}&o=" if own else "?o="
        kept = {name: str(query[name]) for name in ("cap_duoi", "ngay") if query.get(name)}
        if ask.source:
            kept["nguon"] = ask.source
        self._scope = str(query.get("don_vi", ""))
        self._kept = urlencode(kept)
        self._other_day = urlencode({name: value for name, value in kept.items() if name != "ngay"})
        self._list = reverse("hotspots:incidents")

    def figure(self, line: Line, number: int) -> str:
        """Return the address behind one figure of a row ("" as uid: of the total); nothing behind a plain zero.

        Nothing either behind an exact one whose records the reader does not see.
        """
        figure, period = line.figures[number], self.ask.periods[number]
        seen = self.ask.spots_told if self.ask.measure.of_spots else self.ask.sources_told
        if figure.quality is Quality.EXACT and not (figure.amount and seen):
            return ""
        if self.ask.measure.of_spots or figure.quality is not Quality.EXACT:
            return self.explained(line.uid, period)
        return self.incidents(line.uid, period.start, period.end)

    def whole(self, line: Line) -> str:
        """Return the address behind the sum of a row; nothing where the list could not show the same number."""
        if self.ask.measure.of_spots or line.whole.quality is not Quality.EXACT or not self.ask.sources_told:
            return ""
        periods = self.ask.periods
        if any(one.end != after.start for one, after in pairwise(periods)):
            return ""
        return self.incidents(line.uid, periods[0].start, periods[-1].end)

    def explained(self, uid: str, period: Period) -> str:
        """Return the page's own address with the working of one figure."""
        return f"{self._own}{quote(uid)}~{period.code}#cach-tinh"

    def incidents(self, uid: str, start: date, end: date, on: date | None = None) -> str:
        """Return the list of incidents of a unit in `[start, end)`; "" as uid: of the scope. `on`: other boundaries."""
        kept = self._kept if on is None else f"{self._other_day}&ngay={on}".lstrip("&")
        unit = quote(uid or self._scope)
        parts = [f"don_vi={unit}" if unit else "", f"tu={start}", f"den={end - _DAY}", kept]
        return f"{self._list}?{'&'.join(part for part in parts if part)}"


def ordered(table: SeriesTable, sort: str) -> list[Line]:
    """Return the rows in the order asked for: `ten`, `cong`, or the code of a period; missing figures last."""
    name = sort.removeprefix("-")
    numbers = {period.code: number for number, period in enumerate(table.ask.periods)}
    if name != "cong" and name not in numbers:
        return sorted(table.lines, key=lambda line: (line.order, line.code), reverse=sort == "-ten")

    def figure(line: Line) -> Figure:
        return line.whole if name == "cong" else line.figures[numbers[name]]

    filled = [line for line in table.lines if figure(line).amount is not None]
    empty = [line for line in table.lines if figure(line).amount is None]
    filled.sort(key=lambda line: (line.order, line.code))
    filled.sort(key=lambda line: figure(line).amount or 0, reverse=sort.startswith("-"))
    return [*filled, *empty]


def answer(table: SeriesTable) -> str:
    """Return the page's heading: how the last finished period compares with the one before, and where most of it is."""
    ask = table.ask
    noun = str(ask.measure.noun)
    done = [number for number, period in enumerate(ask.periods) if period.end <= ask.today]
    known = [number for number in done if table.total.figures[number].amount is not None]
    if not known:
        return gettext("%(measure)s: chưa có kỳ nào đã hết để so sánh") % {"measure": str(ask.measure.title)}
    last = known[-1]
    now: Amount = table.total.figures[last].amount or 0
    name = str(ask.periods[last].name)
    said = gettext("%(period)s: %(n)s %(noun)s") % {"period": name, "n": written(now), "noun": noun}
    if len(known) > 1 and known[-2] == last - 1:
        before: Amount = table.total.figures[last - 1].amount or 0
        earlier = str(ask.periods[last - 1].name)
        change = now - before
        if now == before:
            words = gettext("%(period)s bằng %(earlier)s: %(n)s %(noun)s")
        elif now > before:
            words = gettext("%(period)s nhiều hơn %(more)s %(noun)s so với %(earlier)s")
        else:
            words = gettext("%(period)s ít hơn %(more)s %(noun)s so với %(earlier)s")
        earlier = earlier[:1].lower() + earlier[1:]
        more = written(change if change > 0 else -change)
        said = words % {"period": name, "earlier": earlier, "n": written(now), "more": more, "noun": noun}
    return said + _half(table)


def _half(table: SeriesTable) -> str:
    """Return "; 6 trong 30 đơn vị chiếm một nửa" where that says something."""
    amounts = sorted((line.whole.amount or 0 for line in table.lines), reverse=True)
    whole = table.total.whole.amount or 0
    if whole < 10 or len(amounts) < 4 or any(table.unplaced) or 2 * sum(amounts) < whole:
        return ""
    held: Amount = 0
    for count, amount in enumerate(amounts, 1):
        held += amount
        if 2 * held >= whole:
            return gettext("; %(n)s trong %(all)s đơn vị chiếm một nửa") % {"n": count, "all": len(amounts)}
    return ""


def tally(table: SeriesTable) -> Counter[str]:
    """Count the cells of each quality, for the legend."""
    found: Counter[str] = Counter()
    for line in table.lines:
        for figure in line.figures:
            found["unknown" if not figure.known else figure.quality.code] += 1
            found["silent"] += bool(figure.silent)
    return found


def changes_words(table: SeriesTable) -> str:
    """Name the days inside the periods on which the territory changed."""
    return ", ".join(day(change) for change in table.changes)
