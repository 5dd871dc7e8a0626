"""Gather the interface's sentences into the English catalogue and compile it.

Usage: python tools/messages.py [--check]

Sentences come from `gettext` and `{% translate %}` in the apps, from `N_("…")` in the pure floors, and from the texts
of the catalogue's YAML files. `--check` changes nothing and fails when a sentence has no English, or when the compiled
file is stale.
Needs xgettext (Debian, Ubuntu: apt install gettext).
"""

from __future__ import annotations

import argparse
import re
import shutil
import string
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib
import yaml

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "diaban"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
KEYWORDS = (
    "gettext", "gettext_lazy", "gettext_noop", "_", "N_", "ngettext:1,2", "ngettext_lazy:1,2", "pgettext:1c,2",
    "pgettext_lazy:1c,2",
)  # fmt: skip
# Keys of catalogue files whose values are shown to people.
TEXT_KEYS = frozenset(
    {
        "title",
        "label",
        "sentence",
        "text",
        "hint",
        "help",
        "unit_label",
        "verb",
        "description",
        "question",
        "noun",
        "why",
        "sender",
    }
)


def yaml_texts(node: object) -> Iterator[str]:
    """Yield the texts of a catalogue file that people see."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in TEXT_KEYS and isinstance(value, str):
                yield value
            else:
                yield from yaml_texts(value)
    elif isinstance(node, list):
        for item in node:
            yield from yaml_texts(item)


def templates_as_python(folder: Path) -> Iterator[Path]:
    """Write every template as Python that xgettext reads, the way Django's own extraction does."""
    from django.utils.translation.template import templatize  # needs no settings

    for path in sorted(SOURCE.rglob("*.html")):
        if "vendor" in path.parts:
            continue
        target = folder / (str(path.relative_to(SOURCE)).replace("/", "__") + ".py")
        target.write_text(templatize(path.read_text(encoding="utf-8"), origin=str(path)), encoding="utf-8")
        yield target


def catalogue_as_python(folder: Path) -> Iterator[Path]:
    for path in sorted((SOURCE / "catalogue").rglob("*.yaml")):
        if path.relative_to(SOURCE / "catalogue").parts[0] in ("units", "plans"):
            continue  # names of places, and the words of plans, are not translated
        texts = dict.fromkeys(yaml_texts(yaml.safe_load(path.read_text(encoding="utf-8"))))
        target = folder / (str(path.relative_to(SOURCE)).replace("/", "__") + ".py")
        target.write_text("\n".join(f"N_({text!r})" for text in texts), encoding="utf-8")
        yield target


def extract() -> polib.POFile:
    """Return a catalogue with every sentence of the source and no translation."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
        files += [*templates_as_python(folder), *catalogue_as_python(folder)]
        out = folder / "all.po"
        command = ["xgettext", "--language=Python", "--from-code=UTF-8", "--no-wrap", "--no-location", "--sort-output"]
        command += ["--keyword", *(f"--keyword={word}" for word in KEYWORDS), "--files-from=-", f"--output={out}"]
        listing = "\n".join(map(str, files)).encode()
        subprocess.run(command, input=listing, check=True, stderr=subprocess.DEVNULL, cwd=ROOT)
        return polib.pofile(str(out), wrapwidth=0)


def fields(text: str) -> set[str]:
    """Return the named places of a sentence, in either style."""
    try:
        braces = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:
        braces = set()
    return braces | set(re.findall(r"%\((\w+)\)[sd]", text))


def problems(found: polib.POFile, have: polib.POFile) -> Iterator[str]:
    """Yield what is wrong with the English catalogue."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in have if not entry.obsolete}
    for wanted in found:
        entry = known.get((wanted.msgctxt, wanted.msgid))
        if entry is None or not (entry.msgstr or all(entry.msgstr_plural.values() or [""])) or entry.fuzzy:
            yield f"no English: {wanted.msgid!r}"
        elif entry.msgstr and fields(entry.msgid) != fields(entry.msgstr):
            yield f"other places than in Vietnamese: {entry.msgid!r} → {entry.msgstr!r}"
    wanted_keys = {(entry.msgctxt, entry.msgid) for entry in found}
    for key in known.keys() - wanted_keys:
        yield f"no longer in the source: {key[1]!r}"
    if not COMPILED.exists() or COMPILED.read_bytes() != have.to_binary():
        yield "the compiled catalogue is stale: run make messages"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    if shutil.which("xgettext") is None:
        sys.exit("xgettext is not here; Debian, Ubuntu: apt install gettext")
    found = extract()
    have = polib.pofile(str(CATALOGUE), wrapwidth=0) if CATALOGUE.exists() else polib.POFile(wrapwidth=0)
    if not args.check:
        merged = polib.POFile(wrapwidth=0)
        merged.metadata = {
            "Language": "en",
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": "nplurals=2; plural=(n != 1);",
        }
        known = {(entry.msgctxt, entry.msgid): entry for entry in have}
        for wanted in found:
            wanted.occurrences, wanted.flags, wanted.comment = [], [], ""
            if old := known.get((wanted.msgctxt, wanted.msgid)):
                wanted.msgstr, wanted.msgstr_plural = old.msgstr, old.msgstr_plural or wanted.msgstr_plural
            merged.append(wanted)
        merged.save(str(CATALOGUE))
        COMPILED.write_bytes(merged.to_binary())
        have = merged
    wrong = list(problems(found, have))
    print("\n".join(wrong[:200]), f"\n{len(found)} sentences, {len(wrong)} problems")
    return 1 if wrong and args.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
