"""Which clauses look like work to be done, for whom, with whom, and by when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from diaban.core.plans import agencies, citations, moments
from diaban.core.plans.agencies import Mention
from diaban.core.plans.model import Task
from diaban.core.plans.moments import When
from diaban.core.plans.shadow import lower
from diaban.core.plans.words import begins_with_verb

_WITH: Final = re.compile(
    r"phối\s+hợp(?:\s+(?:chặt chẽ|đồng bộ|thường xuyên|hiệu quả|tốt))*(?:\s+(?:với|cùng|giữa))?\s*(?::\s*)?"
)
_GIVEN: Final = re.compile(
    r"(?:^|[.;]\s*|,\s*)(?:giao(?:\s+cho)?|đề nghị|yêu cầu|phân công|giao trách nhiệm cho|do|trách nhiệm "
    r"của)\s*(?:các\s+cơ quan\s*:?\s*)?$"
)
_TOLD: Final = re.compile(
    r"(?:báo cáo|tham mưu(?: cho| giúp)?|trình|gửi(?: về)?|về|đề xuất(?: với)?|kiến nghị(?: với)?|cho|trước|"
    r"xin ý kiến|giúp|phản ánh(?: về| với)?|thông qua|theo (?:dự toán|hướng dẫn|chỉ đạo|quy định)(?: của)?|"
    r"của|tại|"
    r"(?:sự )?chỉ đạo của|chuyển(?: cho)?)\s*(?:đồng chí\s+)?(?:chủ tịch\s+|giám đốc\s+|lãnh đạo\s+)?$"
)
_PRODUCT: Final = re.compile(
    r"(?:ban hành|xây dựng|lập|hoàn thành|biên soạn)\s+((?:kế hoạch|đề án|quy chế|danh sách|báo cáo|tài liệu|"
    r"hồ sơ|bộ tài liệu|quyết định|chương trình|văn bản|phương án)[^,;.]{0,60})"
)
_STATES: Final = frozenset({"state", "scope", "purpose"})
_CLOSED: Final = re.compile(r"^(?:\W*)(?:nguồn |kinh phí |dự kiến |từ nguồn |do ngân sách |ngân sách )")


@dataclass(frozen=True, slots=True)
class Context:
    """Where the clause stands: its section, the agencies that own it, whether clauses below it say what to do."""

    path: str
    section: str
    owners: tuple[Mention, ...]
    parent_of_work: bool
    heading: bool
    has_target: bool
    cells: tuple[tuple[str, str], ...] = ()


def read(text: str, mentions: list[Mention], context: Context) -> Task | None:
    """Return the work that a clause asks for, or None. The lead is the section's owner or whom the sentence names."""
    if context.heading or (context.parent_of_work and (text.rstrip().endswith(":") or len(text.split()) < 14)):
        return None
    lead, given, rule = _lead(text, mentions, context)
    sure = _is_work(text, context, lead)
    if sure is None:
        return None
    lead_names = [m.name for m in lead]
    beside = partners(text, mentions, lead)
    others = [m for m in mentions if m not in lead and m not in beside and not _is_told(text, m)]
    everybody = _unique([*lead, *beside, *others])
    deadline, recurrence, _words = when_due(text)
    product = _PRODUCT.search(lower(text))
    return Task(
        clause=context.path,
        agencies=tuple(m.name for m in everybody),
        lead=lead_names[0] if lead_names else None,
        coordinating=tuple(m.name for m in _unique([*beside, *lead[1:]] if given else [*beside])),
        deadline=deadline,
        recurrence=recurrence,
        product=text[product.start(1) : product.end(1)].strip() if product else None,
        words=text,
        uncertain=not sure or not lead,
        why=None if sure and lead else "không nêu cơ quan thực hiện" if not lead else "có thể chỉ là định hướng",
        rule=rule,
    )


def _unique(mentions: list[Mention]) -> list[Mention]:
    seen: dict[str, Mention] = {}
    for mention in mentions:
        seen.setdefault(mention.canonical, mention)
    return list(seen.values())


def _lead(text: str, mentions: list[Mention], context: Context) -> tuple[list[Mention], bool, str]:
    """Return who leads: named with "chủ trì", "giao …", "đề nghị …" or as the subject; else the section's owner."""
    small = lower(text)
    for mention in mentions:
        before, after = small[: mention.start], small[mention.end :]
        assigned = (
            not context.owners and _GIVEN.search(before) is not None and not before.rstrip().endswith("theo yêu cầu")
        )
        subject = not re.search(r"\w", before) or re.fullmatch(
            r"\W*(?:các|từng|giám đốc|chủ tịch|chánh|thủ trưởng)\s*", before
        )
        # "Đấu tranh: Công an tỉnh mở đợt …": a short heading in the same line, then who does it.
        headed = not context.owners and re.fullmatch(r"[^:;.,()]{1,60}:\s*", before) is not None
        if assigned or subject or headed:
            run = [mention]
            if not re.match(r"\s*(?:\([^)]*\)\s*)?(?:,\s*)?(?:chủ trì|phối hợp)", after):
                run.extend(m for m in agencies.listed_after(text, mentions, mention.end) if m.start > mention.start)
            tail = small[run[-1].end :]
            if headed and not subject and not assigned and not _leads_on(tail):
                continue
            if assigned or re.match(r"[^,;.]{0,40}?\s*(?:\([^)]*\))?\s*(?:,|:)?\s*\w+", tail):
                if context.owners and subject and not assigned and not _leads_on(tail):
                    continue
                return run, assigned, "giao, đề nghị" if assigned else "chủ ngữ của câu"
        if (
            re.match(
                r"\s*(?:\([^)]*\)\s*)?(?:,\s*)?(?:chủ trì|là (?:cơ quan|đầu mối)|có trách nhiệm|chịu trách nhiệm)",
                after,
            )
            and not context.owners
        ):
            return [mention], False, "có “chủ trì” sau tên"
    if context.owners:
        return list(context.owners), False, "cơ quan của mục"
    return [], False, "không nêu cơ quan"


def _leads_on(tail: str) -> bool:
    return (
        re.match(
            r"\s*(?:\([^)]*\)\s*)?(?:,\s*)?(?::|có|chủ|là|chịu|tham|tổ|thực|hướng|xây|phối|căn|tăng|chỉ|bố|rà|"
            r"tổng|báo|gửi|triển|lập|theo|kiểm|ban hành|đưa|đẩy|cân|thẩm|quản|tiếp|đề|phát|vận|giúp|nắm)",
            tail,
        )
        is not None
    )


def partners(text: str, mentions: list[Mention], lead: list[Mention]) -> list[Mention]:
    """Return the agencies listed right after "phối hợp với"."""
    small = lower(text)
    found: list[Mention] = []
    for match in _WITH.finditer(small):
        run = agencies.listed_after(text, mentions, match.end())
        if not run:
            # "phối hợp với lực lượng … của A, B": the names may come a few words later.
            later = re.compile(r"(?:các\s+)?lực lượng[^,;.]{0,40}(?:, [^,;.]{0,30})?của\s+").match(small, match.end())
            run = agencies.listed_after(text, mentions, later.end()) if later else []
        found.extend(m for m in run if m not in lead and m not in found)
    return found


def _is_told(text: str, mention: Mention) -> bool:
    """Say whether an agency is only spoken to: reported to, advised, asked."""
    before = lower(text)[: mention.start]
    if _TOLD.search(before):
        return True
    comma = re.search(r"(?:báo cáo|tham mưu|trình|gửi)\s+[^.;]{0,90}(?:,|và)\s*$", before)
    return comma is not None and "phối hợp" not in comma.group()


def _is_work(text: str, context: Context, lead: list[Mention]) -> bool | None:
    """Return True for work, False for what may be work, None for none."""
    verb = begins_with_verb(text) or (":" in text[:80] and begins_with_verb(text.partition(":")[2]))
    small = lower(text)
    if context.section in _STATES or re.match(
        r"ban hành kèm theo|[^.;]{0,60}phụ lục[^.;]{0,20}kèm theo|(?:quyết định|kế hoạch) này (?:có hiệu lực|thay thế)",
        small,
    ):
        return None
    if not context.owners and not lead and re.match(r"\W*(?:nguồn )?kinh phí[^:.;]{0,30}:", small):
        return None
    if context.section == "goal":
        concrete = re.match(r"\W*(?:rà soát|lập danh sách|lựa chọn|tuyên truyền|kiểm tra|ban hành|thành lập)", small)
        return False if concrete and not context.has_target else None
    if context.section == "money":
        return (False if verb and not _CLOSED.match(small) else None) if not lead or not verb else True
    if context.section in ("task", "duty"):
        return bool(context.owners or lead)
    if context.owners or (lead and verb):
        return True
    return False if (verb or lead) and len(small.split()) > 5 else None


def when_due(text: str) -> tuple[str | None, str | None, str | None]:
    """Return the deadline, the rhythm and the words of them. A day inside a cited document is none."""
    spans = [(c.start, c.end) for c in citations.find(text) if c.number or c.day]
    whens = [w for w in moments.find(text) if not any(a <= w.start < b for a, b in spans)]
    small = lower(text)
    due = [w for w in whens if _is_due(w, small)]
    rhythm = [
        w for w in whens if w.kind == "rhythm" and not re.search(r"\d\s*(?:lần|lượt|buổi|kỳ|đợt|cuộc)\s*/", w.words)
    ]
    spans_due = [w for w in whens if w.kind == "span"]
    recurrence = (
        rhythm[0].value
        if rhythm
        else next((w.value.split(" ", 1)[1] for w in due if "hằng" in w.value and " " in w.value), None)
    )
    picked: list[When] = []
    if due:
        # "hằng tháng (trước ngày 15), 6 tháng (trước ngày 10/6)": the day of the month is one of them.
        monthly = [f"{a.value}, {b.value}" for a, b in _pairs(rhythm, whens, small)]
        if monthly:
            values = list(dict.fromkeys([*monthly, *(_deadline(w) for w in due)]))
            return "; ".join(values), recurrence, text
        picked = due
    elif rhythm or spans_due or any(w.kind in ("dayonly", "event") for w in whens):
        picked = sorted(
            [*rhythm[:1], *spans_due, *(w for w in whens if w.kind in ("dayonly", "event"))], key=lambda w: w.start
        )
        if len(picked) == 2 and picked[0].kind == "rhythm" and picked[1].kind == "dayonly":
            return f"{picked[0].value}, {picked[1].value}", recurrence, text[picked[0].start : picked[1].end]
        if all(w.value == "thường xuyên" for w in picked):
            return None, "thường xuyên", picked[0].words
    if not picked:
        # "từ 15/02/2024" and no other day: the work is bound to it.
        picked = [w for w in whens if w.kind != "rhythm" and w.pre.startswith(("từ", "kể từ"))][:1]
    if not picked:
        return None, recurrence, None
    values = list(dict.fromkeys(_deadline(w) for w in picked))
    return "; ".join(values), recurrence, text[picked[0].start : picked[-1].end]


def _pairs(rhythm: list[When], whens: list[When], small: str) -> list[tuple[When, When]]:
    """Return the rhythms with the day that stands right after them: "hằng tháng (trước ngày 15)"."""
    days = [w for w in whens if w.kind == "dayonly"]
    return [(a, b) for a in rhythm for b in days if re.fullmatch(r"\s*[,(]?\s*", small[a.end : b.start])]


def _deadline(when: When) -> str:
    return when.value


_PROGRAMME: Final = re.compile(
    r"(?:chương trình|chiến lược|đề án|dự án|kế hoạch|tầm nhìn|định hướng|nghị quyết|quy hoạch|mục tiêu)[^;.]{0,160}$"
)


def _is_due(when: When, small: str) -> bool:
    """Say whether a moment is a deadline: not the start of something, not the year of a programme's name."""
    before = small[: when.start]
    if when.pre.startswith(("từ", "kể từ", "sau")) or when.kind in ("rhythm", "span", "dayonly", "event"):
        return False
    if re.search(r"(?:so với|cùng kỳ|số liệu|giai đoạn|của|kỳ|từ)\s*$", before) and when.kind != "half":
        return False
    if when.kind == "day":
        return (
            bool(when.pre)
            or re.search(r"(?:^|,|\(|;)\s*$", before) is not None
            or ("ngày" in when.words.lower() and not re.search(r"(?:số|luật)[^,;]{0,30}$", before))
        )
    if when.kind == "yearless":
        return True
    if when.kind in ("month", "quarter", "half"):
        return bool(when.pre) or when.start == 0 or re.search(r"[,(;:]\s*$", before) is not None or "20" in when.value
    if "“" in before and "”" not in before[before.rfind("“") :]:
        return False
    if when.pre.endswith("trước") or when.pre.startswith(("xong", "hoàn", "chậm", "muộn", "hết", "vào")):
        return True
    if when.pre.startswith("trong"):
        return True
    if when.pre:
        return not _PROGRAMME.search(before) or re.search(r",\s*$", before) is not None
    return False
