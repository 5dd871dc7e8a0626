"""Play the product with an app behind a wall; print what lies where, as JSON."""

import json
import sys
import warnings

import django

warnings.simplefilter("error", RuntimeWarning)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from persons_probe.models import File, Visit  # noqa: E402

from diaban.commands import prepare  # noqa: E402

prepare.database(lambda line: None)
call_command("check", databases=list(connections), tags=["models"], verbosity=0)
file = File.objects.create(name="Hoàng Yến Canary", unit_uid="26506@2025-07-01")
Visit.objects.create(file=file)
found = File.objects.get(name="hoang yen canary")


def rows(alias: str) -> str:
    """Every row of every table, as text."""
    with connections[alias].cursor() as cursor:
        told = []
        for table in connections[alias].introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            told += [repr(row) for row in cursor.fetchall()]
        return "\n".join(told)


def across() -> list[str]:
    """What is refused when the wall is walked around by name."""
    refused = []
    for alias, model in (("default", File), ("persons", django.apps.apps.get_model("accounts.User"))):
        try:
            list(model.objects.using(alias))
        except django.db.Error as error:
            refused.append(type(error).__name__)
    return refused


json.dump(
    {
        "tables": {alias: sorted(connections[alias].introspection.table_names()) for alias in connections},
        "where": found._state.db,
        "name": found.name,
        "main_mentions": [word for word in ("26506@2025-07-01", file.row_uid.hex, "Canary") if word in rows("default")],
        "behind_mentions": [word for word in ("26506@2025-07-01", "Canary") if word in rows("persons")],
        "across": across(),
    },
    sys.stdout,
)
