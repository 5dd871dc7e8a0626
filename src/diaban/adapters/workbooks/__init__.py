"""Workbooks in and out: templates, reading with every problem named, annotated copies, streamed exports. No Django."""

from diaban.adapters.workbooks.annotation import annotate
from diaban.adapters.workbooks.classification import CLASSIFICATION
from diaban.adapters.workbooks.export import stream_csv, write_xlsx
from diaban.adapters.workbooks.legacy import LegacyText
from diaban.adapters.workbooks.problems import Problem, Refusal
from diaban.adapters.workbooks.reader import Reading, Row, read, read_rows
from diaban.adapters.workbooks.specs import MAX_DATA_ROWS, MAX_FILE_BYTES, ColumnSpec, Kind, SheetSpec
from diaban.adapters.workbooks.template import save_template, write_template

__all__ = [
    "CLASSIFICATION",
    "MAX_DATA_ROWS",
    "MAX_FILE_BYTES",
    "ColumnSpec",
    "Kind",
    "LegacyText",
    "Problem",
    "Reading",
    "Refusal",
    "Row",
    "SheetSpec",
    "annotate",
    "read",
    "read_rows",
    "save_template",
    "stream_csv",
    "write_template",
    "write_xlsx",
]
