"""What may be done to a plan: each act guarded, in one transaction, with one entry in the log."""

from diaban.apps.plans.actions.catalogue import load_from_catalogue
from diaban.apps.plans.actions.editing import edit, undo
from diaban.apps.plans.actions.figures import declare
from diaban.apps.plans.actions.force import lacking, put_in_force
from diaban.apps.plans.actions.lives import amend, discard, end_plan, make_commune_plan, rematch, set_head
from diaban.apps.plans.actions.reading import amend_with_text, read_version, take_text

__all__ = [
    "amend",
    "amend_with_text",
    "declare",
    "discard",
    "edit",
    "end_plan",
    "lacking",
    "load_from_catalogue",
    "make_commune_plan",
    "put_in_force",
    "read_version",
    "rematch",
    "set_head",
    "take_text",
    "undo",
]
