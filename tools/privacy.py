"""Write docs/reference/privacy.md from what the apps declare, or with `--check` say whether it still tells the truth.

Run: python tools/privacy.py [--check].
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "privacy.md"
HEAD = """# Privacy classes of every field

Written by `python tools/privacy.py` from the files `privacy.py` of the apps; a test holds it. What the classes mean,
why the data are held and for how long: [data-protection.md](../data-protection.md). Tables of Django, of the sign-in
and of the job queue stand at the end.

| Table | Class | Fields |
|---|---|---|
"""


def rendered() -> str:
    """Return the page."""
    from django.apps import apps

    from diaban.apps.vault.privacy import class_of
    from diaban.core.privacy import TITLES, PrivacyClass

    lines: list[tuple[bool, str, str]] = []
    for model in apps.get_models():
        config = apps.get_app_config(model._meta.app_label)
        fields = [field.name for field in (*model._meta.concrete_fields, *model._meta.local_many_to_many)]
        for privacy_class in PrivacyClass:
            names = [name for name in fields if class_of(model, name) is privacy_class]
            if names:
                title = TITLES[privacy_class]
                line = f"| `{model._meta.label}` | {title} (`{privacy_class}`) | {', '.join(names)} |"
                lines.append((not config.name.startswith("diaban."), model._meta.label, line))
    lines.sort(key=lambda entry: entry[:2])
    return HEAD + "".join(f"{line}\n" for _, _, line in lines)


def main() -> int:
    """Write or compare the page."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "diaban.site.settings"
    os.environ.setdefault("DIABAN_DATA_DIR", tempfile.mkdtemp(prefix="diaban-privacy-"))
    import django

    django.setup()
    page = rendered()
    if "--check" not in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    print(f"{PAGE.relative_to(ROOT)} is behind what the apps declare. Run: python tools/privacy.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
