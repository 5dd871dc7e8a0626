"""Number, days, issuer, signer, field and title: from the letterhead, the signature and the head that archives add."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from diaban.core.plans.citations import day_of
from diaban.core.plans.layout import Layout
from diaban.core.plans.shadow import is_upper, lower, plain
from diaban.core.text import fold

_LABELS: Final = {
    "number": "số hiệu|số ký hiệu|số/ký hiệu|số và ký hiệu|ký hiệu",
    "date": "ngày ban hành|ngày ký|ban hành ngày",
    "effective": "ngày có hiệu lực|ngày hiệu lực|có hiệu lực từ|hiệu lực từ ngày",
    "kind": "loại văn bản|hình thức văn bản",
    "issuer": "cơ quan ban hành|nơi ban hành|đơn vị ban hành",
    "signer": "người ký",
    "field": "lĩnh vực|ngành, lĩnh vực",
    "title": "trích yếu|nội dung trích yếu",
    "": "số công báo|ngày đăng công báo|tình trạng|tình trạng hiệu lực|ngày hết hiệu lực|ngày công báo|phạm vi|"
    "áp dụng|chức danh|ngày đăng|tệp đính kèm|tài liệu đính kèm|ngày cập nhật|ngành",
}
_LABEL: Final = re.compile(
    r"(?:^|(?<=[|;])|(?<=\s))\s*(?P<label>"
    + "|".join(sorted("|".join(_LABELS.values()).split("|"), key=len, reverse=True))
    + r")\s*[:|]?\s*"
)
_FIELD_OF: Final = {word: key for key, words in _LABELS.items() for word in words.split("|")}
_NUMBER: Final = re.compile(
    r"\bs[ốô0]\s*:?\s*(?P<n>[\d][\d ]{0,6}[A-Za-z]?|[.…_ ]*)\s*(?P<sign>[/-]\s*(?:KH|QĐ|CTr|ĐA|NQ|CT|TB|HD|BC|"
    r"PA|QC|CV|UBND)(?:\s?[-/–.&]\s?[A-ZĐa-z0-9]+)*)",
    re.IGNORECASE,
)
_DATE: Final = re.compile(
    r"ng[àa]y\s*(?P<d>\d{0,2})[.…_\s]*th[áa]ng\s*(?P<m>\d{0,2})[.…_\s]*n[ăa]m\s*(?P<y>\d{4})?", re.IGNORECASE
)
_SLASHED: Final = re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})")
_UNIT: Final = r"(?:tỉnh|thành phố|tp\.?|huyện|quận|thị xã|xã(?!\s+hội)|phường|thị trấn|đặc khu)"
_OFFICE: Final = re.compile(
    r"u?y\s?ban\s?nhan\s?dan|ubnd|hoi dong nhan dan|cong an|ban chi dao|so |phong (?!chong)|"
    r"tinh uy|thanh uy|bo |chu tich|ban thuong vu"
)
_NOT_NAME: Final = (
    *(
        "ủy ban",
        "uỷ ban",
        "nhân dân",
        "chủ tịch",
        "giám đốc",
        "nơi nhận",
        "như trên",
        "hội đồng",
        "văn phòng",
        "thường trực",
    ),
    *(
        "kế hoạch",
        "phụ lục",
        "đã ký",
        "độc lập",
        "tự do",
        "hạnh phúc",
        "công an",
        "quân đội",
        "tỉnh ủy",
        "trung tâm",
        "lưu",
        "ubnd",
        "mttq",
        "trưởng phòng",
        "trưởng ban",
        "phó trưởng",
        "hđnd",
        "ban chỉ đạo",
    ),
)


@dataclass(slots=True)
class Head:
    """What the head and the tail tell, and the words for each fact."""

    number: str | None = None
    date: dt.date | None = None
    effective: dt.date | None = None
    issuer: str | None = None
    signer: str | None = None
    field: str | None = None
    title: str | None = None
    kind: str | None = None
    words: dict[str, str] = dataclasses.field(default_factory=dict)
    blank: list[str] = dataclasses.field(default_factory=list)  # facts whose place was left empty


def read(layout: Layout, provinces: tuple[str, ...]) -> Head:
    """Return the facts of the head. The letterhead goes before the archive's lines; nothing is made up."""
    head = Head()
    told, letter = _archive(layout)
    flat = " \n ".join(letter)
    if found := _NUMBER.search(flat):
        digits = re.sub(r"[^\dA-Za-z]", "", found["n"])
        sign = re.sub(r"\s", "", found["sign"]).replace("–", "-")
        if digits:
            _put(head, "number", digits + sign, found.group())
        else:
            head.blank.append("number")
    if found := _DATE.search(flat):
        day = day_of(found["y"] or "0", found["m"] or "0", found["d"] or "0")
        if day:
            _put(head, "date", day, found.group())
        else:
            head.blank.append("date")
    if issuer := _issuer(letter, provinces):
        _put(head, "issuer", *issuer)
    if signer := _signer([line.text for line in layout.tail]):
        _put(head, "signer", *signer)
    title = " ".join(line.text for line in layout.title).strip(" .:") or _title_of_head(letter, head)
    if title:
        _put(head, "title", title, title)
    if layout.kind:
        _put(head, "kind", layout.kind[:1].upper() + layout.kind[1:], layout.kind)
    _fill(head, told, provinces)
    _locate(head, told, layout, flat, provinces)
    return head


_ISSUES: Final = re.compile(
    rf"(?:uỷ\s?ban\s?nhân\s?dân|ubnd)\s+(?P<unit>{_UNIT})(?P<own>(?:\s+[^\s,;.:()]+){{0,6}}?)\s*(?:\(|,|ban hành|"
    r"xây dựng|triển khai|tổ chức|đề ra|lập|yêu cầu|thực hiện|phê duyệt)"
)
_PLACE: Final = re.compile(r"(?:^|[\n|])\s*(?P<own>[A-ZĐÀ-Ỹ][^\n|,\d]{1,30}?)\s*,\s*ngày", re.MULTILINE)
_CITIES: Final = frozenset({"hà nội", "hồ chí minh", "hải phòng", "đà nẵng", "cần thơ", "huế"})


def _locate(head: Head, told: dict[str, str], layout: Layout, flat: str, provinces: tuple[str, ...]) -> None:
    """Say of which territory the committee is where the letterhead does not: by the archive's line, by the sentence
    that issues the plan, by the place of the date. Without any of them the name stays as it stands."""
    seat = re.fullmatch(rf"uỷ ban nhân dân(?:\s+(?P<unit>{_UNIT}))?", lower(head.issuer or ""))
    bare = seat is not None
    if not bare and head.issuer is not None:
        return
    archived = told.get("issuer", "")
    if bare and nearest_unit(archived):
        small = lower(archived)
        at = re.search(rf"{_UNIT}\s+\S", small)
        _set_issuer(head, f"Ủy ban nhân dân {archived[at.start() if at else 0 :]}", archived, provinces)
        return
    place = _PLACE.search(flat)
    where = place["own"].strip() if place and 1 <= len(place["own"].split()) <= 6 else ""
    if seat is not None and seat["unit"] and where:
        _set_issuer(head, f"Ủy ban nhân dân {seat['unit']} {where}", f"{head.words['issuer']} · {where}", provinces)
        return
    for unit in reversed(layout.preamble):
        for found in _ISSUES.finditer(lower(unit.text)):
            own = unit.text[found.start("own") : found.end("own")].strip()
            if not all(word[0].isupper() or word in "-–" for word in own.split()) or not (own or where):
                continue
            _set_issuer(
                head, f"Ủy ban nhân dân {found['unit']} {own or where}", unit.text[slice(*found.span())], provinces
            )
            return
    known = next((name for name in provinces if fold(name) == fold(re.sub(r"(?i)^tp\.?\s*", "", where))), None)
    if bare and known:
        unit_word = "thành phố" if lower(known) in _CITIES else "tỉnh"
        _set_issuer(head, f"Ủy ban nhân dân {unit_word} {known}", where, provinces)


def _set_issuer(head: Head, name: str, words: str, provinces: tuple[str, ...]) -> None:
    head.issuer = tidy_name(name, provinces)
    head.words["issuer"] = " ".join(words.split())


def _title_of_head(letter: list[str], head: Head) -> str:
    """Return the capitals that end the head where the line "KẾ HOẠCH" is missing."""
    found: list[str] = []
    for text in reversed(letter):
        if not is_upper(text) or re.search(r"nhân dân|việt nam|hạnh phúc|số\s*:", lower(text)):
            break
        found.insert(0, text)
    title = " ".join(found)
    return title if len(title.split()) > 4 and title != head.words.get("issuer") else ""


def _put(head: Head, name: str, value: object, words: str) -> None:
    if getattr(head, name) is None:
        setattr(head, name, value)
        head.words[name] = " ".join(words.split())


def _archive(layout: Layout) -> tuple[dict[str, str], list[str]]:
    """Return what labelled lines say ("Người ký Đặng Minh Thông"), and the lines that are no such lines."""
    told: dict[str, str] = {}
    letter: list[str] = []
    lines = [line.text for line in layout.head]
    waiting = ""
    for text in lines:
        small = lower(text)
        labels = list(_LABEL.finditer(small))
        if waiting and not labels:
            told.setdefault(waiting, text.strip(" |:"))
            waiting = ""
            continue
        waiting = ""
        if not labels or labels[0].start() > 2 or re.match(r"số\s*:", small):
            letter.append(text)
            continue
        bounds = [*(m.start() for m in labels[1:]), len(text)]
        for found, end in zip(labels, bounds, strict=True):
            key = _FIELD_OF[found["label"]]
            value = text[found.end() : end].strip(" |:;")
            if key and value:
                told.setdefault(key, value)
            elif key:
                waiting = key
    return told, letter


def _fill(head: Head, told: dict[str, str], provinces: tuple[str, ...]) -> None:
    for name in ("date", "effective"):
        found = _SLASHED.search(told.get(name, "")) or _DATE.search(told.get(name, ""))
        day = day_of(found["y"] or "0", found["m"] or "0", found["d"] or "0") if found else None
        if day:
            _put(head, name, day, told[name])
    if number := re.match(r"\d+[\w]*\s?[/-]\s?[^\s|]+", told.get("number", "")):
        _put(head, "number", re.sub(r"\s", "", number.group()), told["number"])
    if issuer := told.get("issuer"):
        small = lower(issuer)
        name = f"Ủy ban nhân dân {issuer}" if re.match(_UNIT, small) else issuer
        _put(head, "issuer", tidy_name(name, provinces), issuer)
    for name in ("signer", "field", "title", "kind"):
        value = told.get(name, "").strip()
        if value and not re.match(r"đang cập nhật|đã biết", lower(value)):
            _put(head, name, value, value)


_DIGITS_BELONG: Final = re.compile(r"chỉ đạo|(?:quận|phường|huyện|xã|thị trấn)\s+\d{1,2}$")


def _issuer(letter: list[str], provinces: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the office in the letterhead's left column, wherever the flattening has put its lines."""
    kept: list[str] = []
    for text in letter:
        small = lower(text)
        cut = re.search(
            r"c[ộô]ng ho[àa] x[ãa] h[ộô]i|độc lập\s*[-–]|đ[ộô]c l[ậâ]p|\bsố\s*:|\bsố\s+\d|,?\s*ngày\s|chủ "
            r"nghĩa việt nam",
            small,
        )
        left = text[: cut.start()] if cut else text
        after = re.sub(r"(?i)^.*?(?:hạnh phúc|việt nam)\s*", "", text) if cut and cut.start() == 0 else ""
        for part in (left, after):
            part = part.strip(" -–_*|")
            if part and is_upper(part) and (not re.search(r"\d{2,}", part) or _DIGITS_BELONG.search(lower(part))):
                kept.append(part)
    found: tuple[str, str] | None = None
    for at, text in enumerate(kept):
        if not _OFFICE.match(plain(text)):
            continue
        whole = text
        if not re.search(rf"(?:^|\s){_UNIT}\s+\S", lower(text)):
            nearest = next((item for item in kept[at + 1 : at + 4] if re.match(_UNIT, lower(item))), "")
            whole = f"{text} {nearest}".strip()
        if found is not None and not nearest_unit(whole):
            # "UBND TỈNH MINH SƠN / CÔNG AN TỈNH": the office is the lower one, its place stands in the upper one.
            above = re.search(rf"(?:^|\s){_UNIT}\s+\S.*$", lower(found[1]))
            seat = re.search(rf"(?:^|\s){_UNIT}$", lower(whole))
            place = nearest_unit(found[1]) if seat or above is None else found[1][above.start() :].strip()
            whole = f"{whole} {place}".strip()
        found = tidy_name(re.sub(r"(?i)^y ban", "Ủy ban", whole), provinces), whole
    return found


def nearest_unit(name: str) -> str:
    """Return the proper name of the territory in an office's name, or an empty text."""
    found = re.search(rf"(?:^|\s){_UNIT}\s+(?P<own>\S.*)$", lower(name))
    return name[found.start("own") :].strip() if found else ""


def tidy_name(name: str, provinces: tuple[str, ...]) -> str:
    """Return an office's name in ordinary letters, "Ủy ban nhân dân tỉnh Bà Rịa - Vũng Tàu"."""
    text = re.sub(r"(?i)^(?:ubnd|u[ỷy]\s?ban\s?nhân\s?dân|ủy\s?ban\s?nhân\s?dân)\s*", "Ủy ban nhân dân ", name).strip()
    found = re.search(rf"(?:^|\s)(?P<unit>{_UNIT})\s+(?P<name>\S.*)$", lower(text))
    if not found:
        return text if not is_upper(text) else text[:1].upper() + text[1:].lower()
    before, own = text[: found.start()].strip(), text[found.start("name") :].strip(" .,-")
    folded = fold(own)
    known = next((province for province in provinces if fold(province) == folded), None)
    if known is None:
        known = own if not is_upper(own) else " ".join(word[:1].upper() + word[1:].lower() for word in own.split())
    before = before[:1].upper() + (before[1:].lower() if is_upper(before) else before[1:])
    return f"{before} {found['unit']} {known}".strip()


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 6 or any(not word.isalpha() for word in words):
        return False
    if not all(word[0].isupper() and (word[1:].islower() or word.isupper() or len(word) == 1) for word in words):
        return False
    return not any(phrase in text.lower() for phrase in _NOT_NAME)


_LOUD: Final = re.compile(r"(?:CHỦ TỊCH|GIÁM ĐỐC|TRƯỞNG|CHÁNH|BÍ THƯ|ỦY BAN|UỶ BAN|UBND|TM\.|KT\.|TUQ\.|TL\.)")


def _signer(tail: list[str]) -> tuple[str, str] | None:
    """Return the name under the last title of the signature ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "(Đã ký)", the name)."""
    last = next((at for at in range(len(tail) - 1, -1, -1) if _LOUD.search(tail[at])), None)
    if last is None:
        return None
    for text in tail[last:]:
        bare = re.sub(
            r"(?i)^(?:đại tá|thượng tá|thiếu tướng|trung tướng|ts\.?|ths\.?|pgs\.?|gs\.?|bs\.?|\(?đã ký\)?|"
            r"\[?daky\]?)\s*[.:]?\s*",
            "",
            text.strip(" .,*"),
        )
        bare = re.sub(r"(?i)^(?:phó\s+)?(?:chủ tịch|giám đốc)\s+(?=\S+\s\S+)", "", bare)
        if _is_name(bare):
            name = bare if not is_upper(bare) else " ".join(word[:1] + word[1:].lower() for word in bare.split())
            return name, text
    for text in tail:
        found = re.search(r"[.;)]\s*((?:[A-ZĐÀ-Ỹ][a-zà-ỹđ]+\s?){2,5})\s*$", text)
        if found and _is_name(found[1].strip()):
            return found[1].strip(), text
    return None
