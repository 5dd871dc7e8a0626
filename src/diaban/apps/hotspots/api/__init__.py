"""The registers over the API: hot-spots and incidents, through the same queries and actions as the pages."""

from __future__ import annotations

from ninja import Router

from diaban.apps.hotspots.api import incidents, spots

router = Router(tags=["registers"])
router.add_router("", spots.router)
router.add_router("", incidents.router)
