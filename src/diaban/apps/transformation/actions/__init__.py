"""The verbs of transformation: make, answer, set phases, give work, take a step."""

from diaban.apps.transformation.actions.keeping import answer, set_phases
from diaban.apps.transformation.actions.making import make
from diaban.apps.transformation.actions.steps import move
from diaban.apps.transformation.actions.work import attach, give_work

__all__ = ["answer", "attach", "give_work", "make", "move", "set_phases"]
