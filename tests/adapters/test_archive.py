"""The container of a backup: what went in comes out, and nothing else ever does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diaban.adapters.archive import (
    AlreadyThere,
    ArchiveError,
    Cost,
    Damaged,
    Member,
    NotAnArchive,
    WrongPassphrase,
    appearing_whole,
    container,
    read_members,
    verify,
    write_archive,
)
from diaban.adapters.archive.container import HEADER_BYTES, TAG, Sealer, unseal

CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
SECRET = "một câu dài để giữ"
CHUNK = 64


def sealed(data: bytes, chunk: int = CHUNK) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out, SECRET, cost=CHEAP, chunk=chunk)
    for start in range(0, len(data), 50):
        sealer.write(data[start : start + 50])
    sealer.finish()
    return out.getvalue()


def opened(data: bytes, secret: str = SECRET) -> bytes:
    return b"".join(unseal(io.BytesIO(data), secret))


def archive(members: list[Member]) -> bytes:
    out = io.BytesIO()
    write_archive(out, SECRET, members, lambda: {"told": 1}, cost=CHEAP)
    return out.getvalue()


def poured(data: bytes) -> tuple[dict[str, bytes], dict[str, Any]]:
    found: dict[str, bytes] = {}

    def sink(name: str, pieces: Iterator[bytes]) -> None:
        found[name] = b"".join(pieces)

    return found, dict(read_members(io.BytesIO(data), SECRET, sink))


@given(st.binary(max_size=5 * CHUNK))
def test_what_goes_in_comes_out(data: bytes) -> None:
    assert opened(sealed(data)) == data


@given(st.lists(st.tuples(st.lists(st.binary(max_size=2000), max_size=4), st.booleans()), max_size=4))
def test_members_come_out_as_they_went_in(contents: list[tuple[list[bytes], bool]]) -> None:
    members = [Member(f"m{n}", pieces, packed) for n, (pieces, packed) in enumerate(contents)]
    found, manifest = poured(archive(members))
    assert found == {f"m{n}": b"".join(pieces) for n, (pieces, _packed) in enumerate(contents)}
    assert manifest["told"] == 1
    assert {name: one["size"] for name, one in manifest["members"].items()} == {n: len(b) for n, b in found.items()}


WHOLE = sealed(bytes(range(256)) * 2)
OTHER = sealed(bytes(range(256)) * 2)


@given(st.integers(0, len(WHOLE) * 8 - 1))
def test_no_flipped_bit_goes_unnoticed(bit: int) -> None:
    bad = bytearray(WHOLE)
    bad[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ArchiveError):
        opened(bytes(bad))


@given(st.integers(0, len(WHOLE) - 1))
def test_no_cut_goes_unnoticed(length: int) -> None:
    with pytest.raises(ArchiveError):
        opened(WHOLE[:length])


@given(st.binary(min_size=1, max_size=3 * CHUNK))
def test_nothing_can_be_added(more: bytes) -> None:
    with pytest.raises(Damaged):
        opened(WHOLE + more)


def pieces_of(data: bytes) -> tuple[bytes, list[bytes]]:
    body, size = data[HEADER_BYTES:], CHUNK + TAG
    return data[:HEADER_BYTES], [body[start : start + size] for start in range(0, len(body), size)]


@given(st.data())
def test_chunks_cannot_be_moved_dropped_repeated_or_taken_from_another(data: st.DataObject) -> None:
    head, chunks = pieces_of(WHOLE)
    _head, others = pieces_of(OTHER)
    pool = st.sampled_from([*range(len(chunks))])
    order = data.draw(st.lists(st.tuples(pool, st.booleans()), min_size=1, max_size=len(chunks) + 2))
    if order == [(n, False) for n in range(len(chunks))]:
        assert opened(WHOLE)
        return
    made = head + b"".join(others[n] if foreign else chunks[n] for n, foreign in order)
    with pytest.raises(Damaged):
        opened(made)


def test_a_header_of_another_archive_opens_nothing() -> None:
    with pytest.raises(Damaged):
        opened(OTHER[:HEADER_BYTES] + WHOLE[HEADER_BYTES:])


@given(st.text(max_size=40).filter(lambda text: text != SECRET))
def test_a_wrong_passphrase_is_told_as_such(secret: str) -> None:
    with pytest.raises(WrongPassphrase):
        opened(WHOLE, secret)


@given(st.binary(max_size=200))
def test_any_other_file_is_refused(data: bytes) -> None:
    with pytest.raises(ArchiveError):
        opened(data)


def test_what_it_is_not_is_told() -> None:
    with pytest.raises(NotAnArchive, match="không phải tệp sao lưu"):
        opened(b"SQLite format 3\0" + bytes(500))
    later = bytearray(WHOLE)
    later[8] = 2
    later[HEADER_BYTES - 16 : HEADER_BYTES] = container.hashlib.sha256(later[: HEADER_BYTES - 16]).digest()[:16]
    with pytest.raises(NotAnArchive, match="định dạng số 2"):
        opened(bytes(later))


def test_a_header_cannot_ask_for_all_the_memory() -> None:
    greedy = bytearray(WHOLE)
    greedy[13:17] = b"\xff\xff\xff\xff"
    greedy[HEADER_BYTES - 16 : HEADER_BYTES] = container.hashlib.sha256(greedy[: HEADER_BYTES - 16]).digest()[:16]
    with pytest.raises(Damaged):
        opened(bytes(greedy))


def test_two_archives_of_the_same_content_share_nothing() -> None:
    assert WHOLE[HEADER_BYTES:] != OTHER[HEADER_BYTES:]


FULL = archive([Member("a", [b"x" * 300_000]), Member("files/b", [b"y" * 1000], packed=False)])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(FULL) - 1), st.integers(1, 255), st.booleans())
def test_a_damaged_archive_never_gives_a_manifest(place: int, mask: int, cut: bool) -> None:
    bad = bytearray(FULL)
    if cut:
        del bad[place:]
    else:
        bad[place] ^= mask
    with pytest.raises(ArchiveError):
        verify(io.BytesIO(bytes(bad)), SECRET)


def frames(*parts: tuple[bytes, bytes]) -> bytes:
    return sealed(b"".join(kind + len(body).to_bytes(4, "big") + body for kind, body in parts))


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [(b"X", b'{"members":{}}'), (b"X", b'{"members":{}}')],
        [(b"X", b"no json")],
        [(b"X", b'{"members":{"a":{"size":1,"sha256":""}}}')],
        [(b"D", b"")],
        [(b"M", b'{"name":"a","packed":true}'), (b"D", b"not packed"), (b"E", b"{}")],
        [(b"M", b'{"name":"a","packed":false}'), (b"D", b"1"), (b"E", b"{}")],
        [(b"M", b'{"name":"a","packed":false}'), (b"M", b"{}")],
        [(b"M", b"[]")],
        [(b"?", b"")],
    ],
)
def test_a_well_sealed_muddle_is_refused(parts: list[tuple[bytes, bytes]]) -> None:
    """What only somebody with the passphrase could bring here; refused like any damage."""
    with pytest.raises(Damaged):
        verify(io.BytesIO(frames(*parts)), SECRET)


def test_two_members_of_one_name_are_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="two members"):
        archive([Member("a", []), Member("a", [])])


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "one"
    with pytest.raises(RuntimeError), appearing_whole(target) as out:
        out.write(b"half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with appearing_whole(target) as out:
        out.write(b"all")
        assert not target.exists()
        with pytest.raises(AlreadyThere), appearing_whole(target):
            """Never reached: another one is writing."""
    assert target.read_bytes() == b"all"
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(AlreadyThere), appearing_whole(target) as out:
        out.write(b"again")
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    assert target.read_bytes() == b"all"
