"""See to it that the register of agencies knows those of the catalogue before a plan names them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from diaban.apps.access import Permission, Person, rights_at
from diaban.apps.agencies.actions import load_gazetteer
from diaban.apps.agencies.models import Agency
from diaban.apps.plans.naming import agencies_named


def know_agencies(names: Iterable[str] | None = None, *, by: Person, at: datetime) -> None:
    """Bring in the catalogue's agencies when one of `names` is missing (None: when there are none at all).

    Whoever may not keep agencies leaves them as they are: names then stay words until somebody adds them.
    """
    wanted = set(names) if names is not None else None
    lacking = not Agency.objects.exists() if wanted is None else len(agencies_named(wanted)) < len(wanted)
    if lacking and rights_at(by, at).can(Permission.OWNER_SET).allowed:
        load_gazetteer(by=by, at=at)
