"""What holds for every page: vendored files, the policy, contrast, doors, sign-in, errors."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

import diaban
from diaban.ui.context import is_demo

PACKAGE = Path(diaban.__file__).parent
LOCK = json.loads((PACKAGE / "ui" / "vendor.lock").read_text(encoding="utf-8"))
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))


@pytest.mark.parametrize("name", sorted(LOCK["files"]))
def test_a_vendored_file_is_the_locked_one(name: str) -> None:
    found = hashlib.sha384((PACKAGE / name).read_bytes()).digest()
    assert "sha384-" + base64.b64encode(found).decode() == LOCK["files"][name]


def test_nothing_lies_in_the_vendored_folders_unlocked() -> None:
    folders = {(PACKAGE / name).parent for name in LOCK["files"]}
    present = {str(p.relative_to(PACKAGE)) for folder in folders for p in folder.iterdir() if p.is_file()}
    assert {p for p in present if not p.endswith(".py")} == set(LOCK["files"])


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_template_breaks_the_policy(path: Path) -> None:
    text = re.sub(r"{%.*?%}", "", path.read_text(encoding="utf-8"))  # tags of the template, such as {% if one == … %}
    assert not re.search(r"<[^>]*\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", text)
    assert not re.search(r"hx-on|javascript:|\bjs:", text)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or "application/json" in script
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", text)


def _tokens(theme: str) -> dict[str, str]:
    css = (PACKAGE / "ui/static/ui/css/tokens.css").read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", light))
    return found | dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", dark)) if theme == "dark" else found


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "link") for ground in ("paper", "surface")),
    ("ink", "surface-2"), ("ink-2", "surface-2"), ("accent-ink", "accent"), ("accent", "paper"),
    ("ok", "ok-soft"), ("warn", "warn-soft"), ("conflict", "conflict-soft"), ("danger", "danger-soft"),
    ("danger", "paper"), ("ink", "ok-soft"), ("ink", "warn-soft"), ("ink", "conflict-soft"), ("link", "warn-soft"),
    ("class-i-ink", "class-i"), ("class-ii-ink", "class-ii"), ("class-iii-ink", "class-iii"),
    ("class-none-ink", "class-none"), ("on-light", "class-iii"), ("on-light", "class-none"),
]  # fmt: skip
SIGNS = [("line-strong", "paper"), ("focus", "paper"), ("focus", "surface"), ("free-on-land", "class-none"),
         ("mark", "class-iii"), ("mark-halo", "class-i"), ("warn-line", "paper")]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_meets_aa_in_both_themes(theme: str) -> None:
    t = _tokens(theme)
    poor = [(a, b, round(contrast(t[a], t[b]), 2)) for a, b in TEXT if contrast(t[a], t[b]) < 4.5]
    poor += [(a, b, round(contrast(t[a], t[b]), 2)) for a, b in SIGNS if contrast(t[a], t[b]) < 2.9]
    assert poor == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_classes_are_one_scale_of_lightness_darkest_first(theme: str) -> None:
    t = _tokens(theme)
    scale = [_luminance(t[name]) for name in ("class-i", "class-ii", "class-iii", "class-none")]
    assert scale == sorted(scale)
    assert all(contrast(t[a], t[b]) > 1.5 for a, b in
               (("class-i", "class-ii"), ("class-ii", "class-iii"), ("class-iii", "class-none")))  # fmt: skip


@pytest.fixture
def anyone() -> Client:
    return Client()


@pytest.mark.django_db
def test_whoever_is_not_signed_in_is_asked_to(anyone: Client) -> None:
    page = anyone.get(reverse("accounts:login"))
    assert page.status_code == 200
    assert 'autocomplete="current-password"' in page.content.decode()
    wrong = anyone.post(reverse("accounts:login"), {"username": "a", "password": "b"})
    assert "Chưa đăng nhập được" in wrong.content.decode()


@pytest.mark.django_db
def test_the_language_can_be_chosen_before_signing_in(anyone: Client) -> None:
    login = reverse("accounts:login")
    assert 'lang="vi"' in anyone.get(login, headers={"accept-language": "en"}).content.decode()
    answer = anyone.post(reverse("set_language"), {"language": "en", "next": login})
    assert answer.status_code == 302
    assert answer.headers["Location"] == login
    assert '<html lang="en"' in anyone.get(login).content.decode()


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_so_in_vietnamese(anyone: Client) -> None:
    answer = anyone.get("/khong-co/")
    assert answer.status_code in (302, 404)
    for name in ("400", "403", "404", "500", "403_csrf"):
        assert "Về trang tổng quan" in render_to_string(f"{name}.html")


def test_made_up_data_say_so_on_every_page(tmp_path: Path) -> None:
    words = "Dữ liệu mô phỏng – không phải số liệu thật"
    with override_settings(DATA_DIR=tmp_path):
        assert not is_demo()
        assert words not in render_to_string("500.html")
        (tmp_path / "demo").touch()
        assert is_demo()
        assert words in render_to_string("500.html")
        assert words in render_to_string("accounts/login.html")


def test_a_door_that_does_not_exist_is_not_shown_and_the_nearest_is_current(settings: Any) -> None:
    from diaban.ui.navigation import doors

    settings.ROOT_URLCONF = "ui_doors"
    ask = RequestFactory().get
    found = doors(ask("/diem/17/"))
    assert [d.url for d in found] == ["/", "/diem/", "/diem/vu-viec/"]
    assert [d.url for d in found if d.current] == ["/diem/"]
    assert [d.url for d in doors(ask("/diem/vu-viec/3/")) if d.current] == ["/diem/vu-viec/"]
    assert [d.url for d in doors(ask("/")) if d.current] == ["/"]
    assert not any(d.current for d in doors(ask("/khac/")))
