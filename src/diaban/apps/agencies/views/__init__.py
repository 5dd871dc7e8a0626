"""Pages of agencies, posts and who answers for what."""

from __future__ import annotations

from diaban.apps.agencies.views.agencies import agency, agency_edit, agency_end, index, load, new
from diaban.apps.agencies.views.charges import assign_spots, assign_units, charge_end, unowned
from diaban.apps.agencies.views.handing import hand_over
from diaban.apps.agencies.views.posts import holder, post, post_edit, post_end, post_new, vacate

__all__ = [
    "agency",
    "agency_edit",
    "agency_end",
    "assign_spots",
    "assign_units",
    "charge_end",
    "hand_over",
    "holder",
    "index",
    "load",
    "new",
    "post",
    "post_edit",
    "post_end",
    "post_new",
    "unowned",
    "vacate",
]
