"""What changes agencies, posts, who holds them and what they answer for. Rows are ended, never deleted."""

from __future__ import annotations

from diaban.apps.agencies.actions.agencies import add_agency, edit_agency, end_agency, load_gazetteer
from diaban.apps.agencies.actions.charges import charge_hotspots, charge_units, charge_units_to_heads, end_charge
from diaban.apps.agencies.actions.handing import hand_over_post, move_charges
from diaban.apps.agencies.actions.holdings import give_post, vacate_post
from diaban.apps.agencies.actions.posts import edit_post, end_post, make_post
from diaban.apps.agencies.actions.problems import NotDone

__all__ = [
    "NotDone",
    "add_agency",
    "charge_hotspots",
    "charge_units",
    "charge_units_to_heads",
    "edit_agency",
    "edit_post",
    "end_agency",
    "end_charge",
    "end_post",
    "give_post",
    "hand_over_post",
    "load_gazetteer",
    "make_post",
    "move_charges",
    "vacate_post",
]
