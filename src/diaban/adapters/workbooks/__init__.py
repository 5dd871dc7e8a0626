"""Workbooks in and out: templates, reading with every problem named, annotated copies, streamed exports. No Django."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from diaban.adapters.workbooks.classification import CLASSIFICATION
from diaban.adapters.workbooks.legacy import LegacyText
from diaban.adapters.workbooks.problems import Problem, Refusal
from diaban.adapters.workbooks.reader import Reading, Row, read, read_rows
from diaban.adapters.workbooks.specs import MAX_DATA_ROWS, MAX_FILE_BYTES, ColumnSpec, Kind, SheetSpec

if TYPE_CHECKING:
    from diaban.adapters.workbooks.annotation import annotate
    from diaban.adapters.workbooks.export import Mark, stream_csv, write_xlsx
    from diaban.adapters.workbooks.protection import new_password, protect
    from diaban.adapters.workbooks.template import save_template, write_template

__all__ = [
    "CLASSIFICATION",
    "MAX_DATA_ROWS",
    "MAX_FILE_BYTES",
    "ColumnSpec",
    "Kind",
    "LegacyText",
    "Mark",
    "Problem",
    "Reading",
    "Refusal",
    "Row",
    "SheetSpec",
    "annotate",
    "new_password",
    "protect",
    "read",
    "read_rows",
    "save_template",
    "stream_csv",
    "write_template",
    "write_xlsx",
]

# What writes pulls in openpyxl and xlsxwriter: half a second on an old PC, which a command that only reads is spared.
_WRITERS = {
    "Mark": "export",
    "annotate": "annotation",
    "new_password": "protection",
    "protect": "protection",
    "save_template": "template",
    "stream_csv": "export",
    "write_template": "template",
    "write_xlsx": "export",
}


def __getattr__(name: str) -> Any:
    """Load a writer when it is first asked for."""
    if name in _WRITERS:
        return getattr(importlib.import_module(f"{__name__}.{_WRITERS[name]}"), name)
    raise AttributeError(name)
