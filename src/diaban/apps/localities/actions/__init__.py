"""What may be done to a yearly review: each act guarded, in one transaction, with one entry in the log."""

from diaban.apps.localities.actions.computing import recompute
from diaban.apps.localities.actions.cycles import begin_appraisal, close_cycle, open_cycle, reopen_cycle, set_settings
from diaban.apps.localities.actions.declarations import bulk_declare, declare, take_from_register, undo_batch
from diaban.apps.localities.actions.stages import (
    appraise,
    appraise_many,
    decide,
    decide_many,
    self_assess,
    send_back,
    supersede,
)

__all__ = [
    "appraise",
    "appraise_many",
    "begin_appraisal",
    "bulk_declare",
    "close_cycle",
    "decide",
    "decide_many",
    "declare",
    "open_cycle",
    "recompute",
    "reopen_cycle",
    "self_assess",
    "send_back",
    "set_settings",
    "supersede",
    "take_from_register",
    "undo_batch",
]
