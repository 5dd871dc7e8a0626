"""The hash chain of the audit, pure: the byte form of an event, and the verification of a chain of them."""

from diaban.core.chain.form import (
    COLUMNS,
    HEAD_LOST,
    Checkpoint,
    Row,
    canonical_json,
    genesis,
    head_form,
    link,
    moment,
    read_checkpoint,
    read_checkpoint_line,
)
from diaban.core.chain.walk import Evidence, Finding, Head, Report, verify

__all__ = [
    "COLUMNS",
    "HEAD_LOST",
    "Checkpoint",
    "Evidence",
    "Finding",
    "Head",
    "Report",
    "Row",
    "canonical_json",
    "genesis",
    "head_form",
    "link",
    "moment",
    "read_checkpoint",
    "read_checkpoint_line",
    "verify",
]
