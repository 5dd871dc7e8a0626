"""The documents hold together: links lead somewhere, both guides say the same, and name things as the screen does."""

from __future__ import annotations

import ast
import re
import string
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import polib
import pytest
import yaml

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "diaban"
GUIDE = ROOT / "docs" / "guide"
PICTURES = ROOT / "docs" / "pictures"
PICTURE_BYTES = 150_000
PICTURE_COUNT = 19
HOLE = "…"  # stands in the guide for what the page fills in

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
TRANSLATE = re.compile(r"""{%\s*translate\s+(?:"([^"]*)"|'([^']*)')""")
CALL = re.compile(r"""\b_\(\s*"([^"]*)"\s*\)""")  # {% chip _("…") %}
BLOCK = re.compile(r"{%\s*blocktranslate\b.*?%}(.*?){%\s*(?:plural\s*%}.*?{%\s*)?endblocktranslate", re.DOTALL)
VARIABLE = re.compile(r"{{.*?}}")
PERCENT = re.compile(r"%\(\w+\)[sd]")


def documents() -> list[Path]:
    """Every Markdown file of the repository, new ones too."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout.strip():
        found = [ROOT / line for line in listed.stdout.splitlines()]
    else:  # a source archive without git
        found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(path for path in found if path.exists())


def prose(path: Path) -> str:
    """The text of a document without its code."""
    return CODE.sub("", FENCE.sub("", path.read_text(encoding="utf-8")))


def targets(path: Path) -> Iterator[str]:
    """What a document links to inside the repository, as written."""
    for target in LINK.findall(prose(path)):
        if not re.match(r"[a-z]+:", target):
            yield unquote(target)


def slug(heading: str) -> str:
    """The anchor that a heading gets where the documents are read."""
    plain = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return plain.replace(" ", "-")


def anchors(path: Path) -> set[str]:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    return {slug(line.lstrip("#")) for line in text.splitlines() if line.startswith("#")}


def test_links_lead_somewhere() -> None:
    lost: list[str] = []
    for path in documents():
        for target in targets(path):
            name, _, anchor = target.partition("#")
            goal = (path.parent / name).resolve() if name else path
            if not goal.exists():
                lost.append(f"{path.relative_to(ROOT)}: {target}")
            elif anchor and goal.suffix == ".md" and anchor not in anchors(goal):
                lost.append(f"{path.relative_to(ROOT)}: {target} (no such heading)")
    assert not lost, "\n".join(lost)


def chapters(language: str) -> dict[str, Path]:
    """Chapters by number; the table of contents is "00"."""
    found = {path.name[:2]: path for path in (GUIDE / language).glob("[0-9][0-9]-*.md")}
    return {"00": GUIDE / language / "README.md", **found}


def shape(path: Path) -> tuple[list[int], list[str], list[str]]:
    """What two versions of a chapter must share: levels of headings, pictures, blocks of code without comments."""
    text = path.read_text(encoding="utf-8")
    levels = [len(level) for level in HEADING.findall(FENCE.sub("", text))]
    pictures = [Path(target).name for target in targets(path) if target.endswith(".png")]
    blocks = [block.splitlines()[0] for block in FENCE.findall(text)]
    return levels, pictures, blocks


def test_both_languages_have_the_same_chapters() -> None:
    vi, en = chapters("vi"), chapters("en")
    assert sorted(vi) == sorted(en)
    assert {number: shape(vi[number]) for number in vi} == {number: shape(en[number]) for number in en}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_contents_name_every_chapter(language: str) -> None:
    contents = chapters(language)["00"]
    linked = {target for target in targets(contents) if re.match(r"\d\d-", target)}
    assert linked == {path.name for number, path in chapters(language).items() if number != "00"}


def test_pictures_are_shown_few_and_light() -> None:
    shown = {Path(target).name for path in documents() for target in targets(path) if target.endswith(".png")}
    kept = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert set(kept) == shown
    assert len(kept) <= PICTURE_COUNT
    assert {name: size for name, size in kept.items() if size > PICTURE_BYTES} == {}


def comparable(text: str) -> str:
    """A sentence of the interface with its places as holes, on one line."""
    return " ".join(PERCENT.sub(HOLE, VARIABLE.sub(HOLE, text)).split())


def template_texts(text: str) -> Iterator[str]:
    for pair in TRANSLATE.findall(text):
        yield from filter(None, pair)
    yield from CALL.findall(text)
    yield from BLOCK.findall(text)


def python_texts(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def yaml_texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from yaml_texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from yaml_texts(value)
    elif isinstance(node, str):
        yield node


@cache
def interface() -> frozenset[str]:
    """Every sentence that the product can show, as the sources state it."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.html"):
        found.update(template_texts(path.read_text(encoding="utf-8")))
    for path in SOURCE.rglob("*.py"):
        found.update(python_texts(path.read_text(encoding="utf-8")))
    for path in (SOURCE / "catalogue").rglob("*.yaml"):
        found.update(yaml_texts(yaml.safe_load(path.read_text(encoding="utf-8"))))
    return frozenset(map(comparable, found))


@cache
def english() -> frozenset[str]:
    """The interface in English."""
    catalogue = polib.pofile(str(SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"))
    return frozenset(
        comparable(text) for entry in catalogue for text in (entry.msgstr, *entry.msgstr_plural.values()) if text
    )


def named(language: str) -> dict[str, str]:
    """What the guide names in bold, with the file that does."""
    names: dict[str, str] = {}
    for path in chapters(language).values():
        for name in BOLD.findall(prose(path)):
            names[" ".join(name.split())] = path.name
    return names


@pytest.mark.parametrize("language", ["vi", "en"])
def test_bold_names_stand_on_the_screen(language: str) -> None:
    known = interface() if language == "vi" else english()
    names = named(language)
    assert len(names) > 50, "the guide names what to press; an empty list would prove nothing"
    unknown = {name: where for name, where in names.items() if comparable(name) not in known}
    assert not unknown, "\n".join(f"{where}: **{name}**" for name, where in unknown.items())


def test_no_document_tells_of_one_machine() -> None:
    """Paths of the writer's machine help nobody."""
    told = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w")
    hits = [str(path.relative_to(ROOT)) for path in documents() if told.search(path.read_text(encoding="utf-8"))]
    assert not hits


def test_holes_are_compared() -> None:
    """The comparison itself: places become holes, whitespace does not matter."""
    assert comparable("Ghi {{ n }} dòng\n vào {{ title }}") == "Ghi … dòng vào …"
    assert comparable("còn %(n)s ngày") == "còn … ngày"
    assert set(string.punctuation).isdisjoint(slug("A, b (c)!").replace("-", ""))
