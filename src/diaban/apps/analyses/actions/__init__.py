"""Everything that changes analyses and alerts: keyword-only verbs, one transaction and one audit event each."""

from diaban.apps.analyses.actions.alerts import Seen, raise_alert, set_alarm_rate, take_step
from diaban.apps.analyses.actions.asking import KIND, Order, ask, ask_again, keep_answer
from diaban.apps.analyses.actions.proposing import Spot, propose

__all__ = [
    "KIND",
    "Order",
    "Seen",
    "Spot",
    "ask",
    "ask_again",
    "keep_answer",
    "propose",
    "raise_alert",
    "set_alarm_rate",
    "take_step",
]
