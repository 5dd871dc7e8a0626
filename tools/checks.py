"""Run every check, in the order that fails soonest. `make test` calls this; so does continuous integration.

Usage: python tools/checks.py [--only check|unit|sqlite|postgres|browser] [pytest arguments]

Chromium and PostgreSQL are used where they are found, and their absence is said plainly; with DIABAN_REQUIRE=1 an
absence is a failure. DIABAN_TEST_POSTGRES_URL names a server to use (postgresql://user@host:port/database); otherwise
one on the standard port of this machine is tried.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from postgres import postgres_url

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REQUIRED = os.environ.get("DIABAN_REQUIRE") == "1"

CHECKS = (
    ("ruff", "format", "--check", "--quiet", "."),
    ("ruff", "check", "--quiet", "."),
    ("mypy",),
    ("importlinter.cli", "lint"),
)


def step(title: str, command: list[str], env: dict[str, str] | None = None) -> bool:
    """Run one step, print its title, its time and whether it held."""
    print(f"\n── {title}", flush=True)
    start = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, **(env or {})}, check=False).returncode
    print(
        f"── {title}: {'đạt (ok)' if code == 0 else f'HỎNG (failed, {code})'} · {time.monotonic() - start:.0f} s",
        flush=True,
    )
    return code == 0


def module(*parts: str) -> list[str]:
    if parts[0] == "importlinter.cli":
        return [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"]
    return [sys.executable, "-m", *parts]


def absent(what: str, how: str) -> bool:
    """Say that something is not here; return whether the run may still count as good."""
    print(f"\n── BỎ QUA (skipped): không tìm thấy {what} (not found). {how}", flush=True)
    return not REQUIRED


def pytest_step(
    title: str, paths: list[str], extra: list[str], env: dict[str, str] | None = None, workers: str = "auto"
) -> bool:
    return step(title, [sys.executable, "-m", "pytest", "-n", workers, "-q", *paths, *extra], env)


WARM = "import sys; from diaban.engine.warm import warm; sys.exit(any([print(one) or one.fault for one in warm()]))"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["check", "sqlite", "postgres", "browser"])
    args, extra = parser.parse_known_args()
    results: list[bool] = []
    if args.only in (None, "check"):
        results += [step(" ".join(part), module(*part)) for part in CHECKS]
    if args.only in (None, "sqlite"):
        # Once here, instead of once in every worker that meets a kernel first.
        results.append(step("dịch phần tính toán · compile the kernels", [sys.executable, "-c", WARM]))
        results.append(pytest_step("pytest · SQLite", ["tests"], ["-m", "not browser", *extra]))
    if args.only in (None, "postgres"):
        if url := postgres_url():
            env = {"DIABAN_TEST_DATABASE_URL": url}
            results.append(pytest_step("pytest · PostgreSQL", ["tests/apps"], ["-m", "not browser", *extra], env))
        else:
            results.append(absent("PostgreSQL", "Đặt DIABAN_TEST_POSTGRES_URL=postgresql://user@host:port/database"))
    if args.only in (None, "browser"):
        if chromium := next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None):
            env = {"DIABAN_CHROMIUM": chromium}
            # One server, one story: the tests of the browser follow each other on the same province.
            results.append(pytest_step("pytest · Chromium", ["tests/browser"], ["-m", "browser", *extra], env, "0"))
        else:
            results.append(absent("Chromium", "Debian, Ubuntu: apt install chromium"))
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
