"""Makes the invented plans of the tests, and their gold, from the annotated sources.

Run: python tools/plans.py [FOLDER …] (default: tests/plans_dev and tests/plans_held_out). Each `sources/NAME.src` gives
`NAME.txt`, `.docx` or `.pdf`, as its `@out` says, and `NAME.json`, the gold. PDF needs LibreOffice or typst.
"""

from __future__ import annotations

import sys
from pathlib import Path

from plan_files import render
from plan_source import as_json, gold, read_source

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("tests/plans_dev", "tests/plans_held_out")


def make(folder: Path) -> None:
    """Write the plans and the gold of every source of a folder."""
    for path in sorted((folder / "sources").glob("*.src")):
        source = read_source(path)
        kind = source.options["out"]
        found = {"file": f"{source.name}.{kind}", "invented": True, "shape": source.options.get("shape", "")} | gold(
            source
        )
        (folder / f"{source.name}.{kind}").write_bytes(render(source))
        (folder / f"{source.name}.json").write_text(as_json(found), encoding="utf-8")
        print(
            f"{found['file']}: {len(found['clauses'])} clauses, {len(found['targets'])} targets, {len(found['tasks'])} tasks"
        )


def main() -> int:
    for name in sys.argv[1:] or FOLDERS:
        make(ROOT / name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
