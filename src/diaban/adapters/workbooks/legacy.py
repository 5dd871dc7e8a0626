"""Text typed with fonts older than Unicode (TCVN3 ".VnTime", VNI "VNI-Times"): recognised, converted when asked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from diaban.adapters.workbooks.problems import Refusal
from diaban.core.messages import N_, say
from diaban.core.text import convert_legacy, detect_legacy

_ONLY_UNICODE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9\u0300-\u0323]")
ENCODINGS = ("TCVN3", "VNI")


class LegacyText(Refusal):
    """The file's text is in `encoding`; reading it again with `legacy=encoding` converts it."""

    def __init__(self, encoding: str, sample: str) -> None:
        self.encoding = encoding
        self.sample = sample
        super().__init__(
            say(
                N_("Chữ trong tệp gõ theo bảng mã cũ {encoding}: “{before}” là “{after}”. Chọn chuyển sang Unicode."),
                encoding=encoding,
                before=sample,
                after=convert(sample, encoding),
            )
        )


def recognise(text: str) -> str | None:
    """Return "TCVN3" or "VNI" when `text` is in that encoding, else None."""
    if text.isascii() or _ONLY_UNICODE.search(text):
        return None
    return detect_legacy(text)


def convert(text: str, encoding: str) -> str:
    """Return `text` in Unicode; a text that already holds Unicode-only letters stays as it is."""
    if text.isascii() or _ONLY_UNICODE.search(text):
        return text
    return convert_legacy(text, "TCVN3" if encoding == "TCVN3" else "VNI")


def refuse_legacy(rows: Iterable[str]) -> None:
    """Raise `LegacyText` when at least half of the rows with accents are in a legacy encoding."""
    unicode_rows = 0
    found: dict[str, list[str]] = {}
    for text in rows:
        if text.isascii():
            continue
        encoding = recognise(text)
        if encoding is None:
            unicode_rows += 1
        else:
            found.setdefault(encoding, []).append(text)
    for encoding, texts in found.items():
        if len(texts) >= max(1, unicode_rows):
            raise LegacyText(encoding, texts[0][:60])
