"""Makes the invented plans of the tests, and their gold, from the annotated sources.

Run: python tools/plans.py [--again] [FOLDER …] (default: all). Each `sources/NAME.src` gives `NAME.txt`, `.docx` or
`.pdf`, as its `@out` says, and `NAME.json`, the gold. PDF needs LibreOffice or typst.
"""

from __future__ import annotations

import sys
from pathlib import Path

from plan_files import render
from plan_source import as_json, gold, read_source

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("tests/plans_dev", "tests/plans_held_out", "tests/plan_208")


def make(folder: Path, again: bool = False) -> None:
    """Write the plan and the gold of every source; Word and PDF only where the source is newer, or `again`."""
    for path in sorted((folder / "sources").glob("*.src")):
        source = read_source(path)
        kind = source.options["out"]
        target = folder / f"{source.name}.{kind}"
        found = {"file": target.name, "invented": True, "shape": source.options.get("shape", "")} | gold(source)
        if again or kind == "txt" or not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            target.write_bytes(render(source))
        (folder / f"{source.name}.json").write_text(as_json(found), encoding="utf-8")
        counts = ", ".join(f"{len(found[key])} {key}" for key in ("clauses", "targets", "tasks"))
        print(f"{target.name}: {counts}")


def main() -> int:
    again = "--again" in sys.argv
    for name in [one for one in sys.argv[1:] if not one.startswith("-")] or FOLDERS:
        make(ROOT / name, again)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
