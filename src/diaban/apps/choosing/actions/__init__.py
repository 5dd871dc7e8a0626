"""The verbs of choosing: set weights, propose, revise, appraise, send back, decide, withdraw."""

from diaban.apps.choosing.actions.dossiers import appraise, decide, send_back, withdraw
from diaban.apps.choosing.actions.proposing import Pick, propose, revise
from diaban.apps.choosing.actions.refusals import Refused
from diaban.apps.choosing.actions.weights import set_weights

__all__ = [
    "Pick",
    "Refused",
    "appraise",
    "decide",
    "propose",
    "revise",
    "send_back",
    "set_weights",
    "withdraw",
]
