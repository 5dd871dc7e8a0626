"""A workbook from outside: nothing in it may run, reach out, unpack without end, or hide beside it.

`workbooks.container` looks through the parts (bombs, lying headers, DTDs, macros); here stand the ways out of it.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from diaban.adapters.uploads import package
from diaban.adapters.workbooks.container import inspect
from diaban.adapters.workbooks.problems import Refusal
from diaban.core.messages import N_, Message, say

# Excel's dynamic data exchange: a formula that starts a program. Entities stand for the bar in some writers.
_DDE = re.compile(rb"<f\b[^>]*>[^<]{0,200}?(?:\||&#0*124;|&#x0*7c;)[^<]{0,200}?!", re.IGNORECASE)

_HARMLESS_OUTSIDE: Final = frozenset({"hyperlink"})  # shown as text, never followed by us
_LINKS: Final = say(
    N_("Tệp liên kết tới tệp hoặc máy khác. Trong Excel: Dữ liệu → Sửa liên kết → Ngắt liên kết, lưu lại rồi gửi.")
)
_PARTS: Final[tuple[tuple[re.Pattern[str], Message], ...]] = (
    (re.compile(r"(^|/)externallinks/"), _LINKS),
    (re.compile(r"(^|/)(connections\.xml$|querytables/)"), _LINKS),
    (
        re.compile(r"(^|/)(embeddings|activex|oleobjects)/|\.(ole|exe|dll|vbs|js|hta|scr|lnk)$"),
        say(N_("Tệp nhúng tệp hoặc điều khiển khác bên trong. Xóa đối tượng nhúng, lưu lại rồi gửi.")),
    ),
    (
        re.compile(r"vbaproject|vbadata|(^|/)(macrosheets|dialogsheets|customui|webextensions)/"),
        say(N_("Tệp có macro. Lưu lại dưới dạng .xlsx (không macro) rồi tải lên.")),
    ),
)


def check_spreadsheet(data: bytes) -> None:
    """Raise `Refusal` when the workbook is not safe to open or to hand on to somebody else."""
    inspect(data)
    check_ways_out(data)


def check_ways_out(data: bytes) -> None:
    """Raise `Refusal` when a workbook that passed `inspect` reaches out, runs something or carries something hidden."""
    if not package.ends_cleanly(data):
        raise Refusal(say(N_("Tệp có dữ liệu lạ kèm ngoài bảng tính. Mở bằng Excel, lưu lại thành tệp mới rồi gửi.")))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            for pattern, why in _PARTS:
                if pattern.search(name.lower()):
                    raise Refusal(why)
        for name in archive.namelist():
            if name.lower().endswith(".rels"):
                if any(link.kind not in _HARMLESS_OUTSIDE for link in package.links_outside(archive.read(name))):
                    raise Refusal(_LINKS)
            elif re.search(r"(^|/)worksheets/[^/]+\.xml$", name.lower()) and _DDE.search(archive.read(name)):
                raise Refusal(
                    say(N_("Tệp có công thức gọi chương trình khác (DDE). Chép rồi dán dạng giá trị, lưu lại rồi gửi."))
                )
        if b"macroEnabled" in archive.read("[Content_Types].xml"):
            raise Refusal(_PARTS[-1][1])
