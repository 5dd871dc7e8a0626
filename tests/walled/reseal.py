"""Fill sealed rows behind a wall and turn the keys ("fill"), renew them ("run"), or finish and tell ("finish")."""

import json
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from persons_probe.models import File  # noqa: E402

from diaban.adapters.clock import now  # noqa: E402
from diaban.apps.vault import resealing  # noqa: E402
from diaban.apps.vault.keys import ring  # noqa: E402

ROWS = 300

if sys.argv[1] == "fill":
    call_command("migrate", database="persons", verbosity=0)
    File.objects.bulk_create([File(name=f"Người {number}", unit_uid="1") for number in range(ROWS)])
    for use in ("seal", "index"):
        ring().rotate(use, at=now())
else:
    for step in resealing.reseal(batch=3):
        sys.stdout.write(f"{step.done}\n")
        sys.stdout.flush()
    if sys.argv[1] == "finish":
        told = {
            "retired": len(resealing.retire_unused()),
            "under": sorted(resealing.under()),
            "active": sorted(ring().active(use).id for use in ("seal", "index")),
            "right": sum(File.objects.get(name=f"nguoi {number}").name == f"Người {number}" for number in range(ROWS)),
        }
        sys.stdout.write(json.dumps(told))
