"""Ceilings: what a bucket holds, what a person meets who asks too much, and that nobody else is held up by it."""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from cast import play
from diaban.site.limits import ACCOUNT, NETWORK, Ledger, Limit, network_key
from diaban.site.middleware import ceilings
from diaban.site.middleware.ceilings import costly

NOON = 1_790_000_000.0
LOGIN = "/tai-khoan/dang-nhap/"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    kept = Ledger(tmp_path / "limits.sqlite3")
    yield kept
    kept.close()


def test_a_bucket_gives_its_burst_then_says_how_long_to_wait(ledger: Ledger) -> None:
    limit = Limit(burst=3, per_hour=60)
    assert [ledger.wait("a", limit, at=NOON) for _ in range(3)] == [0, 0, 0]
    wait = ledger.wait("a", limit, at=NOON)
    assert wait == pytest.approx(60)
    assert ledger.wait("a", limit, at=NOON + wait - 1) == pytest.approx(1)
    assert ledger.wait("a", limit, at=NOON + wait) == 0
    assert ledger.wait("b", limit, at=NOON) == 0, "another account is not held up"


def test_being_refused_does_not_make_the_wait_longer(ledger: Ledger) -> None:
    limit = Limit(burst=1, per_hour=60)
    ledger.wait("a", limit, at=NOON)
    assert [round(ledger.wait("a", limit, at=NOON + 10)) for _ in range(20)] == [50] * 20


def test_a_clock_set_back_locks_nobody_out(ledger: Ledger) -> None:
    limit = Limit(burst=5, per_hour=3600)
    ledger.wait("a", limit, at=NOON + 86_400)
    assert ledger.wait("a", limit, at=NOON) <= limit.burst * limit.interval


_FRESH = itertools.count()


@settings_of_hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=st.lists(st.floats(0, 120), min_size=1, max_size=40), burst=st.integers(1, 8))
def test_never_more_than_the_burst_and_what_flowed_in(ledger: Ledger, gaps: list[float], burst: int) -> None:
    limit, at, taken, key = Limit(burst, 120), NOON, 0, str(next(_FRESH))
    for gap in gaps:
        at += gap
        taken += ledger.wait(key, limit, at=at) == 0
    assert taken <= burst + (at - NOON) / limit.interval + 1e-6


_ASK_OFTEN = """
import sys
from pathlib import Path
from diaban.site.limits import Ledger, Limit
ledger = Ledger(Path(sys.argv[1]))
print(sum(ledger.wait("shared", Limit(50, 60), at=1e9) == 0 for _ in range(40)))
ledger.close()
"""


def test_processes_share_one_count(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _ASK_OFTEN, str(tmp_path / "limits.sqlite3")]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    passed = sum(int(one.communicate(timeout=60)[0]) for one in workers)
    assert 50 <= passed <= 52, "a busy file may let one through rather than stop somebody"


def test_a_broken_file_stops_nobody_and_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "limits.sqlite3"
    path.write_bytes(b"not a database" * 100)
    ledger = Ledger(path)
    assert ledger.wait("a", Limit(1, 1), at=NOON) == 0
    assert ledger.wait("a", Limit(1, 1), at=NOON) == 0
    ledger.close()
    assert "not counted" in caplog.text


def test_full_buckets_are_forgotten(ledger: Ledger, tmp_path: Path) -> None:
    limit = Limit(burst=2, per_hour=3600)
    for number in range(600):
        ledger.wait(f"network:{number}", limit, at=NOON + number * 10)
    with sqlite3.connect(tmp_path / "limits.sqlite3") as link:
        (left,) = link.execute("SELECT count(*) FROM bucket").fetchone()
    link.close()
    assert left < 100


def test_an_address_is_kept_as_a_daily_hash_of_its_network(ledger: Ledger) -> None:
    def key(address: str, day: str = "2026-11-23") -> str:
        return network_key(address, secret="s", day=day)

    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9") != key("2001:db8:1:3::1")
    assert key("10.0.0.1") != key("10.0.0.2")
    assert key("10.0.0.1") != key("10.0.0.1", "2026-11-24")
    assert "10.0.0.1" not in key("10.0.0.1")
    assert key("") == key("rubbish")


def test_an_office_of_thirty_signs_in_at_once_and_a_province_reads_its_workbooks_in() -> None:
    pages_to_sign_in = 6  # the page, the answer, the second factor and its answer, a slip of the finger
    assert NETWORK.burst >= 30 * pages_to_sign_in * 2
    assert ACCOUNT["upload"].burst + 4 * ACCOUNT["upload"].per_hour >= 2 * 170  # every commune's workbook, sent twice
    assert ACCOUNT["export"].burst >= 2 * 12  # a whole year's months, two registers
    assert ACCOUNT["search"].burst >= 30  # one second of typing in a live search is four requests


@pytest.fixture
def few(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR, settings.LIMIT_FACTOR = tmp_path, 1.0
    tiny = {kind: Limit(2, 60) for kind in ACCOUNT} | {"request": Limit(5, 60)}
    monkeypatch.setattr(ceilings, "ACCOUNT", tiny)
    monkeypatch.setattr(ceilings, "NETWORK", Limit(3, 60))


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_a_stranger_who_asks_too_much_is_told_how_long_to_wait(client: Client) -> None:
    assert [client.get(LOGIN).status_code for _ in range(3)] == [200] * 3
    refused = client.get(LOGIN)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert f"Hãy chờ {refused.headers['Retry-After']} giây rồi làm lại." in refused.content.decode()
    assert client.get(LOGIN, REMOTE_ADDR="10.1.1.1").status_code == 200, "another network is not held up"
    forged = client.get(LOGIN, headers={"x-forwarded-for": "10.9.9.9"})
    assert forged.status_code == 429, "a header that anybody can write is no way round"


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_whoever_is_signed_in_is_counted_by_account_not_by_network(client: Client) -> None:
    for _ in range(4):
        client.get(LOGIN)
    client.force_login(play("an"))
    assert client.get("/diem/").status_code == 200
    other = Client()
    other.force_login(play("minh"))
    assert [client.get("/diem/").status_code for _ in range(5)][-1] == 429
    assert other.get("/").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("address", ["/diem/?q=a", "/diem/xuat.csv"])
def test_what_costs_more_has_a_lower_ceiling(client: Client, address: str) -> None:
    client.force_login(play("an"))
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/diem/").status_code == 200, "the rest goes on"


def _view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_kinds_of_requests_are_told_apart() -> None:
    ask = RequestFactory()
    assert costly(ask.post("/x", {"f": "1"}), _view) == "upload"  # the test client sends multipart
    assert costly(ask.post("/x", "a=1", content_type="application/x-www-form-urlencoded"), _view) is None
    assert costly(ask.get("/diem/xuat.xlsx"), _view) == "export"
    assert costly(ask.get("/bao-cao/2026/1/tep/pdf/"), _view) == "export"
    assert costly(ask.get("/diem/", {"q": "cho"}), _view) == "search"
    assert costly(ask.get("/diem/"), _view) is None


def test_every_address_that_gives_a_file_out_counts_as_an_export() -> None:
    asked = RequestFactory()
    files = [
        (name, "/" + pattern[0][0].replace("%(form)s", "csv").replace("%(fmt)s", "pdf").replace("%(extension)s", "csv"))
        for name, pattern in _named(get_resolver())
        if any(word in name for word in ("export", "download", "template"))
    ]
    assert len(files) >= 4
    for name, address in files:
        assert costly(asked.get(address), _view) == "export", (name, address)


def _named(resolver: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, found, _pattern, _defaults in [(n, *v) for n, v in _reverse(resolver)]:
        yield name, [(before + found[0][0],)]
    for prefix, inner in resolver.namespace_dict.values():
        yield from _named(inner, before + prefix)


def _reverse(resolver: Any) -> Iterator[tuple[str, Any]]:
    for name in {key for key in resolver.reverse_dict if isinstance(key, str)}:
        for value in resolver.reverse_dict.getlist(name):
            yield name, value[:3]
