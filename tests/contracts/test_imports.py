"""The pure floors stay pure at run time too, not only in what they name."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROBE = """
import pkgutil, importlib, sys
package = importlib.import_module({name!r})
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(sorted({{name.partition(".")[0] for name in sys.modules}} & set({banned!r})))
"""


@pytest.mark.parametrize(
    ("name", "banned"),
    [
        ("diaban.core", ("django", "numpy", "yaml", "pydantic", "openpyxl", "typer")),
        # numba reads its own settings with yaml; that no module of the engine names it, import-linter sees to.
        ("diaban.engine", ("django", "pydantic", "typer")),
        ("diaban.catalogue", ("django", "pydantic", "typer")),
        ("diaban.adapters.workbooks", ("django",)),
        ("diaban.adapters.documents", ("django",)),
    ],
)
def test_importing_loads_nothing_from_above(name: str, banned: tuple[str, ...]) -> None:
    code = PROBE.format(name=name, banned=banned)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_stateless_job_starts_without_django() -> None:
    code = "import sys, diaban.cli; diaban.cli.build(stateless=True); print('django' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
