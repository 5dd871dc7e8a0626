"""The mail server is read from the environment; what would not work, or would send a password openly, is refused."""

from __future__ import annotations

import pytest

from diaban.site import mail

NAMES = ("HOST", "PORT", "SECURITY", "SENDER", "USER", "PASSWORD", "DOMAINS")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"DIABAN_MAIL_{name}", raising=False)
    monkeypatch.delenv("DIABAN_SITE_ADDRESS", raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"DIABAN_MAIL_{name}", value)


def test_without_a_host_no_mail_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, PORT="rác", SENDER="rác")
    assert mail.server() is None


@pytest.mark.parametrize(("security", "port"), [("", 587), ("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_goes_by_the_security(monkeypatch: pytest.MonkeyPatch, security: str, port: int) -> None:
    given(monkeypatch, HOST="thu.tinh.example", SENDER="diaban@tinh.example", SECURITY=security)
    found = mail.server()
    assert found is not None and (found.port, found.security) == (port, security or "starttls")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({}, "SENDER"),
        ({"SENDER": "Diaban <diaban@tinh.example>"}, "SENDER"),
        ({"SENDER": "a@b", "SECURITY": "ssl"}, "SECURITY"),
        ({"SENDER": "a@b", "PORT": "0"}, "PORT"),
        ({"SENDER": "a@b", "PORT": "65536"}, "PORT"),
        ({"SENDER": "a@b", "PORT": "hai lăm"}, "PORT"),
        ({"SENDER": "a@b", "SECURITY": "none", "USER": "u", "PASSWORD": "bi-mat"}, "USER"),
    ],
)
def test_what_cannot_be_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], named: str) -> None:
    given(monkeypatch, HOST="thu.tinh.example", **values)
    with pytest.raises(SystemExit, match=f"DIABAN_MAIL_{named}") as refused:
        mail.server()
    assert "bi-mat" not in str(refused.value)


def test_domains_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mail.domains() == ()
    given(monkeypatch, DOMAINS=" Tinh.example, @ca.tinh.example ,")
    assert mail.domains() == ("tinh.example", "ca.tinh.example")


@pytest.mark.parametrize(
    "address", ["https://diaban.tinh.example", "https://diaban.tinh.example/", "http://10.0.0.5:8000"]
)
def test_the_site_s_address(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DIABAN_SITE_ADDRESS", address)
    assert mail.site_address() == address.rstrip("/")


@pytest.mark.parametrize("address", ["diaban.tinh.example", "ftp://x", "https://", "https://x?a=1", "javascript:x"])
def test_no_address_of_a_site(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DIABAN_SITE_ADDRESS", address)
    with pytest.raises(SystemExit, match="DIABAN_SITE_ADDRESS"):
        mail.site_address()
