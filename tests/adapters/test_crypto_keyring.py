"""The key ring: made once whoever starts first, closed to others, never lost, never shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diaban.adapters.crypto import ring_file
from diaban.adapters.crypto.keyring import KeyRing, KeyRingError, UnknownKeyError

LATER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def test_a_new_ring_has_one_active_key_per_use_and_is_closed_to_others(folder: Path) -> None:
    ring = KeyRing.open(folder, create=True)
    assert [key.use for key in ring.every()] == ["seal", "index", "sign", "mac"]
    assert {key.state for key in ring.every()} == {"active"}
    assert all(len(key.secret) == 32 for key in ring.every())
    assert len({key.secret for key in ring.every()}) == 4
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "ring.json").stat().st_mode & 0o777 == 0o600
    assert KeyRing.open(folder, create=False).every() == ring.every()
    assert KeyRing.open(folder, create=True).every() == ring.every()


def test_processes_that_start_at_once_see_the_same_keys(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from diaban.adapters.crypto.keyring import KeyRing;"
        "sys.stdin.read(1); ring = KeyRing.open(Path(sys.argv[1]), create=True);"
        "print([key.id for key in ring.every()])"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    for process in started:
        assert process.stdin
        process.stdin.write("x")
        process.stdin.flush()
    told = {process.communicate()[0] for process in started}
    assert len(told) == 1 and all(process.returncode == 0 for process in started)
    assert told == {f"{[key.id for key in KeyRing.open(folder, create=False).every()]}\n"}


def test_rotation_keeps_the_old_key_for_reading(folder: Path) -> None:
    ring = KeyRing.open(folder, create=True)
    elsewhere = KeyRing.open(folder, create=True)
    before = ring.active("seal")
    new = ring.rotate("seal", at=LATER)
    other = elsewhere.rotate("index", at=LATER)  # a process that has not seen the first change loses nothing
    again = KeyRing.open(folder, create=False)
    assert again.active("seal") == new and new.created == LATER
    assert again.active("index") == other
    assert again.get(before.id).secret == before.secret and again.get(before.id).state == "old"
    assert [key.state for key in again.every("seal")] == ["old", "active"]


def test_a_key_is_destroyed_only_after_it_was_retired(folder: Path) -> None:
    ring = KeyRing.open(folder, create=True)
    first = ring.active("seal")
    for early in (ring.retire, ring.forget):
        with pytest.raises(KeyRingError, match=first.id):
            early(first.id)
    ring.rotate("seal", at=LATER)
    with pytest.raises(KeyRingError, match="retired"):
        ring.forget(first.id)
    ring.retire(first.id)
    assert ring.get(first.id).secret == first.secret
    ring.forget(first.id)
    again = KeyRing.open(folder, create=True)
    with pytest.raises(UnknownKeyError, match=first.id):
        again.get(first.id)
    assert [key.state for key in again.every("seal")] == ["retired", "active"]


def test_a_use_that_a_newer_version_needs_is_added(folder: Path) -> None:
    ring = KeyRing.open(folder, create=True)
    ring_file.write(folder, ring.every()[:3])
    assert [key.use for key in KeyRing.open(folder, create=True).every()] == ["seal", "index", "sign", "mac"]


def test_a_missing_ring_is_not_made_unasked(folder: Path) -> None:
    with pytest.raises(KeyRingError, match="Không có vòng khóa"):
        KeyRing.open(folder, create=False)
    assert not folder.exists()


@pytest.mark.parametrize(("name", "mode", "remedy"), [("", 0o750, "chmod 700"), ("ring.json", 0o640, "chmod 600")])
def test_a_ring_open_to_others_is_refused(folder: Path, name: str, mode: int, remedy: str) -> None:
    KeyRing.open(folder, create=True)
    (folder / name).chmod(mode)
    for create in (False, True):
        with pytest.raises(KeyRingError, match=f"{mode:o}.*{remedy}"):
            KeyRing.open(folder, create=create)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may read everything")
def test_an_unreadable_ring_says_so(folder: Path) -> None:
    KeyRing.open(folder, create=True)
    (folder / "ring.json").chmod(0o000)
    with pytest.raises(KeyRingError, match="Không đọc được"):
        KeyRing.open(folder, create=False)


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyRingError, match="DIABAN_KEY_DIR"):
        KeyRing.open(tmp_path / "file" / "keys", create=True)


def change_one_letter(text: bytes) -> bytes:
    at = text.index(b'"secret": "') + 11
    return text[:at] + (b"A" if text[at : at + 1] != b"A" else b"B") + text[at + 1 :]


@pytest.mark.parametrize(
    "spoil",
    [
        change_one_letter,
        lambda text: text[: len(text) // 2],
        lambda text: b"",
        lambda text: b"[]",
        lambda text: b'{"version": 1, "keys": [{}], "sha256": ""}',
        lambda text: text.replace(b'"version": 1', b'"version": "1"'),
    ],
)
def test_a_damaged_ring_is_never_replaced(folder: Path, spoil: object) -> None:
    KeyRing.open(folder, create=True)
    path = folder / "ring.json"
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    kept = path.read_bytes()
    for create in (False, True):
        with pytest.raises(KeyRingError, match="bị hỏng"):
            KeyRing.open(folder, create=create)
    assert path.read_bytes() == kept


def test_a_ring_of_a_newer_version_asks_for_that_version(folder: Path) -> None:
    KeyRing.open(folder, create=True)
    path = folder / "ring.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 2}))
    with pytest.raises(KeyRingError, match="mới hơn"):
        KeyRing.open(folder, create=True)


def test_a_write_that_fails_leaves_the_ring_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = KeyRing.open(folder, create=True)

    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(KeyRingError, match="No space left"):
        ring.rotate("seal", at=LATER)
    monkeypatch.undo()
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "ring.json"]
    assert KeyRing.open(folder, create=False).every() == ring.every()


def test_no_secret_shows_in_a_repr_or_an_error(folder: Path) -> None:
    ring = KeyRing.open(folder, create=True)
    key = ring.active("seal")
    shown = f"{ring!r}{key!r}{[key]}{ring.every()}"
    assert key.secret.hex() not in shown and repr(key.secret)[2:-1] not in shown
