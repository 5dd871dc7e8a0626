"""The product with an app behind a wall. The environment says where the databases are."""

import os
from pathlib import Path

from diaban.site import databases
from diaban.site.settings import *  # noqa: F403
from diaban.site.settings import DATA_DIR, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "persons_probe.apps.PersonsProbeConfig"]
_MAIN = databases.main(DATA_DIR)
DATABASES = {"default": _MAIN, **databases.walled(INSTALLED_APPS, DATA_DIR, _MAIN)}
Path(os.environ["DIABAN_DATA_DIR"]).mkdir(parents=True, exist_ok=True)
