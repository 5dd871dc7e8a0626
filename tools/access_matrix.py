"""Print the access matrix: what every route asks for, and which role opens it how far.

Usage: python tools/access_matrix.py [--write]      (--write: into docs/reference/access-matrix.md)

The page is made from the routes' own declarations and from `core.policy`; a test fails when it is stale, and another
walks every route as everyone (tests/matrix).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "access-matrix.md"
HEAD = """# Access matrix

Made by `python tools/access_matrix.py --write`; `tests/contracts/test_access.py` fails when it is stale, and
`tests/matrix` walks every route as everyone of the fixed cast, on records at home, next door and far away.

● the whole working area · ○ one's own unit, what is under it and what became of it · ◦ every account in force ·
empty: refused. A record out of sight answers like one that does not exist (404). Nobody approves what they submitted.

"""


def routes() -> Iterator[tuple[str, str, object]]:
    """Yield the name, the address and what it asks for, of every route."""
    from django.urls import URLPattern, URLResolver, get_resolver

    from diaban.apps.access import asked_of

    def walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[tuple[str, str, object]]:
        for pattern in resolver.url_patterns:
            address = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, address, f"{space}{pattern.namespace}:" if pattern.namespace else space)
            elif isinstance(pattern, URLPattern):
                yield f"{space}{pattern.name}", address, asked_of(pattern.callback)

    yield from walk(get_resolver(), "/", "")


def page() -> str:
    """Return the page as it should stand in the docs."""
    from diaban.apps.exchange.registry import sheets
    from diaban.apps.jobs.progress import KINDS
    from diaban.apps.staff.queries import reach_of_role
    from diaban.core.policy import EVERYBODY, PERMISSIONS, ROLES, Permission, Role
    from diaban.site.api import endpoints

    Row = tuple[str, tuple[Permission, ...], tuple[Permission, ...]]
    signs = {"house": "●", "unit": "○", "everybody": "◦", "": " "}
    strength = ("", "everybody", "unit", "house")
    roles = list(ROLES.values())

    def reach(role: Role, permissions: tuple[Permission, ...], also: tuple[Permission, ...]) -> str:
        best = max((reach_of_role(role, one) for one in permissions), key=strength.index)
        return min([best, *(reach_of_role(role, one) for one in also)], key=strength.index)

    def cells(permissions: tuple[Permission, ...], also: tuple[Permission, ...]) -> str:
        return " | ".join(signs[reach(role, permissions, also)] for role in roles)

    def table(first: str, rows: list[Row]) -> list[str]:
        titles = " | ".join(role.code.replace("_", " ") for role in roles)
        lines = [f"| {first} | asks for | purposes | {titles} |", "|---" * (len(roles) + 3) + "|"]
        for name, permissions, also in rows:
            purposes = ", ".join(sorted({purpose.value for one in permissions for purpose in one.purposes}))
            asked = " or ".join(f"`{one.value}`" for one in permissions)
            asked += "".join(f" and `{one.value}`" for one in also)
            lines.append(f"| {name} | {asked} | {purposes} | {cells(permissions, also)} |")
        return lines

    found = sorted(routes(), key=lambda one: one[1])
    guarded = [
        (f"`{address}`<br>{name}", asked.permissions, asked.also)  # type: ignore[attr-defined]
        for name, address, asked in found
        if asked and (not name.startswith("api:") or name == "api:openapi")
    ]
    programs = [(f"{method} `{address}`", one.permissions, one.also) for method, address, one in endpoints()]
    open_ones = [f"- `{address}` {name}" for name, address, asked in found if not asked]
    both = (Permission.REGISTER_IMPORT,)
    bulk = [(f"{sheet.spec.code}: import, undo", (one,), both) for sheet in sheets() for one in sheet.asks]
    bulk += [(f"{sheet.spec.code}: export", (sheet.shows,), (Permission.REGISTER_EXPORT,)) for sheet in sheets()]
    work = [(kind, one.asked.permissions, one.asked.also) for kind, one in sorted(KINDS.items())]
    every: list[Row] = [(one.value, (one,), ()) for one in PERMISSIONS if one not in EVERYBODY]
    parts = [
        HEAD + "## Roles\n",
        *(f"- **{role.code}** – {role.title}: {role.sentence}" for role in roles),
        "\n## Routes\n",
        *table("route", guarded),
        "\n## The API\n",
        *table("endpoint", sorted(programs, key=lambda row: row[0].split(" ", 1)[1])),
        "\n## Workbooks\n",
        *table("workbook", sorted(bulk)),
        "\n## Background work (asked again when the work begins, of whoever ordered it)\n",
        *table("work", work),
        "\n## Permissions\n",
        *table("permission", every),
        "\n## Open to strangers\n",
        *open_ones,
    ]
    return "\n".join(parts) + "\n"


def main() -> int:
    """Print the page, or write it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaban.site.settings")
    import django

    django.setup()
    if "--write" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
