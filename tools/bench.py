"""Run the benchmarks and print their figures.

Usage: python tools/bench.py [name …]

Each file of bench/ runs in its own process and prints its figures beside a named peer or the limit, measured in the
same run. PostgreSQL is used where it is found.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from postgres import postgres_url

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    wanted = set(sys.argv[1:])
    env = dict(os.environ)
    if url := postgres_url():
        env.setdefault("DIABAN_TEST_DATABASE_URL", url)
    else:
        print("PostgreSQL not found: its figures are left out")
    failed = []
    for path in sorted((ROOT / "bench").glob("[!_]*.py")):
        if wanted and path.stem not in wanted:
            continue
        print(f"\n── {path.stem}", flush=True)
        start = time.monotonic()
        if subprocess.run([sys.executable, str(path)], cwd=ROOT, env=env, check=False).returncode:
            failed.append(path.stem)
        print(f"── {path.stem}: {time.monotonic() - start:.0f} s", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
