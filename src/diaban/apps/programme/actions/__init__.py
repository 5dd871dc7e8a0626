"""Everything that changes the programme: keyword-only verbs, one transaction and its events each."""

from diaban.apps.programme.actions.duties import make_from_duties
from diaban.apps.programme.actions.giving import Order, cascade, give_task, give_tasks
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
    "Told",
    "begin",
    "cascade",
    "confirm",
    "drop",
    "give_task",
    "give_tasks",
    "make_from_duties",
    "open_turns",
    "progress",
    "reopen",
    "report_done",
    "send_back",
    "take_many",
    "take_step",
]
