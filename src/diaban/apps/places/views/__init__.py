"""The pages of places."""

from __future__ import annotations

from diaban.apps.places.views.detail import declare, detail
from diaban.apps.places.views.imports import boundaries, units_csv
from diaban.apps.places.views.listing import listing, search
from diaban.apps.places.views.settings import work_area

__all__ = ["boundaries", "declare", "detail", "listing", "search", "units_csv", "work_area"]
