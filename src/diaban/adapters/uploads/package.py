"""What Office packages (XLSX, DOCX: a ZIP of XML) share: nothing beside the parts, and the links that lead out."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from xml.parsers import expat

from diaban.adapters.workbooks.problems import Refusal
from diaban.core.messages import N_, say

_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class LinkOutside:
    """A relation whose target lies outside the package: the last word of its type, and the target as written."""

    kind: str
    target: str


def ends_cleanly(data: bytes) -> bool:
    """Say whether the package fills the file: nothing before, after or between its parts (no file within a file)."""
    start = len(data) - _END.size
    found = _END.unpack_from(data, start) if start >= 0 else (b"",)
    return bool(found[0] == b"PK\x05\x06" and found[5] + found[6] == start)


def links_outside(part: bytes) -> list[LinkOutside]:
    """Return the relations of a `.rels` part that lead out. Raises `Refusal` when it is no XML.

    The part is parsed, not searched: attributes may be written with character references. No tree is built.
    """
    found: list[LinkOutside] = []

    def begin(_name: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode", "").strip().lower() == "external":
            kind = attributes.get("Type", "").rstrip("/").rpartition("/")[2]
            found.append(LinkOutside(kind, attributes.get("Target", "")))

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError):
        why = say(N_("Tệp bị hỏng: phần ghi liên kết không đọc được. Mở lại, lưu thành tệp mới rồi gửi."))
        raise Refusal(why) from None
    return found
