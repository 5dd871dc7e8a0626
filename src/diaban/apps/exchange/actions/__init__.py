"""What is done with a batch: receive, check, apply, undo, discard."""

from diaban.apps.exchange.actions.applying import apply_batch, undo_batch
from diaban.apps.exchange.actions.checking import check_batch
from diaban.apps.exchange.actions.receiving import BatchRefused, clean_drafts, discard, receive, request, start_check

__all__ = [
    "BatchRefused",
    "apply_batch",
    "check_batch",
    "clean_drafts",
    "discard",
    "receive",
    "request",
    "start_check",
    "undo_batch",
]
