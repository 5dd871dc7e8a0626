"""Facts for the reader of plans: the agencies that plans speak of."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from diaban.core.plans.gazetteer import Agency, Gazetteer

_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def gazetteer(on: date | None = None) -> Gazetteer:
    """Return the agencies and provinces. A plan may use any name, also one that has passed; `on` leaves out names that
    began later than that day."""
    text = (files("diaban.catalogue") / "plans" / "agencies.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=_YAML)  # noqa: S506 safe loaders only
    agencies = [
        Agency(
            name=row["name"],
            kind=row["kind"],
            level=row.get("level", "province"),
            line=row.get("line", "other"),
            aliases=tuple(row.get("aliases", ())),
            sector=row.get("sector"),
            until=row.get("until"),
            became=row.get("became"),
        )
        for row in data["agencies"]
        if on is None or row.get("since") is None or row["since"] <= on
    ]
    return Gazetteer.of(agencies, data["provinces"])
