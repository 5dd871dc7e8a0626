"""Everything that changes the programme: keyword-only verbs, one transaction and its events each."""

from diaban.apps.programme.actions.duties import make_from_duties
from diaban.apps.programme.actions.evidence import Shown, add_evidence, hand_out_file, left_in_file, withdraw_evidence
from diaban.apps.programme.actions.extensions import ask_extension, decide_extension, withdraw_extension
from diaban.apps.programme.actions.giving import Order, cascade, give_task, give_tasks
from diaban.apps.programme.actions.keeping import (
    cancel_task,
    edit_task,
    end_task,
    link_clauses,
    set_post,
    unlink_clause,
)
from diaban.apps.programme.actions.steps import (
    Told,
    begin,
    confirm,
    drop,
    progress,
    reopen,
    report_done,
    send_back,
    take_many,
    take_step,
)
from diaban.apps.programme.actions.turns import open_turns

__all__ = [
    "Order",
    "Shown",
    "Told",
    "add_evidence",
    "ask_extension",
    "begin",
    "cancel_task",
    "cascade",
    "confirm",
    "decide_extension",
    "drop",
    "edit_task",
    "end_task",
    "give_task",
    "give_tasks",
    "hand_out_file",
    "left_in_file",
    "link_clauses",
    "make_from_duties",
    "open_turns",
    "progress",
    "reopen",
    "report_done",
    "send_back",
    "set_post",
    "take_many",
    "take_step",
    "unlink_clause",
    "withdraw_evidence",
    "withdraw_extension",
]
