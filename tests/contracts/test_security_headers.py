"""The content security policy is locked: a change to it is a decision, made here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

SOURCE = Path(__file__).parents[2] / "src" / "diaban"
TEMPLATES = sorted(SOURCE.rglob("*.html"))

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.django_db
def test_policy_is_exactly_this(client: Client) -> None:
    response = client.get("/tai-khoan/dang-nhap/")
    assert response.status_code == 200
    assert set(response.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_needs_no_exception_to_the_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"\son[a-z]+\s*=", text), "inline event handler"
    assert "hx-on" not in text and "js:" not in text
    assert not re.search(r"""(src|href|action)=["']?(https?:)?//""", text), "address outside"
