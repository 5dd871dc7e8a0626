"""Seals: what was sealed comes back in its own place and nowhere else; anything changed is noticed and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.adapters.crypto import blind, sealing
from diaban.adapters.crypto.keyring import KeyRing
from diaban.adapters.crypto.sealing import HEADER_BYTES, Place, seal, unseal

LATER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
HERE = Place("persons_person", "phone", "0d4b4a9e-0000-4000-8000-000000000001")


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.open(tmp_path_factory.mktemp("ring") / "keys", create=True)


@given(plain=st.binary(max_size=300), pad=st.integers(1, 64))
def test_what_was_sealed_comes_back(ring: KeyRing, plain: bytes, pad: int) -> None:
    envelope = seal(ring, plain, HERE, pad=pad)
    assert unseal(ring, envelope, HERE) == plain
    assert len(plain) < 8 or plain not in envelope
    assert (len(envelope) - HEADER_BYTES - 16) % pad == 0


@given(plain=st.text(max_size=31), other=st.text(max_size=31))
def test_padding_hides_the_length_up_to_the_block(ring: KeyRing, plain: str, other: str) -> None:
    lengths = {len(seal(ring, text.encode("utf-32-le"), HERE, pad=128)) for text in (plain, other)}
    assert len(lengths) == 1


def test_the_same_text_is_never_sealed_alike(ring: KeyRing) -> None:
    assert len({seal(ring, b"0901234567", HERE) for _ in range(1000)}) == 1000


@given(data=st.data())
def test_any_change_of_any_bit_is_noticed(ring: KeyRing, data: st.DataObject) -> None:
    envelope = seal(ring, b"0901234567", HERE)
    bit = data.draw(st.integers(0, 8 * len(envelope) - 1))
    changed = bytearray(envelope)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(sealing.SealError):
        unseal(ring, bytes(changed), HERE)


@given(cut=st.integers(0, 60))
def test_a_cut_envelope_is_damaged(ring: KeyRing, cut: int) -> None:
    envelope = seal(ring, b"0901234567", HERE)
    with pytest.raises(sealing.DamagedError):
        unseal(ring, envelope[: min(cut, len(envelope) - 1)], HERE)


def test_the_error_names_what_is_wrong(ring: KeyRing, tmp_path: Path) -> None:
    envelope = seal(ring, b"Canary", HERE)
    with pytest.raises(sealing.WrongRowError, match="một dòng khác"):
        unseal(ring, envelope, replace(HERE, row="another"))
    with pytest.raises(sealing.WrongColumnError, match="address"):
        unseal(ring, envelope, replace(HERE, column="address"))
    with pytest.raises(sealing.WrongColumnError, match="tips_tip"):
        unseal(ring, envelope, replace(HERE, table="tips_tip"))
    with pytest.raises(sealing.VersionError, match="kiểu 7"):
        unseal(ring, b"\x07" + envelope[1:], HERE)
    with pytest.raises(sealing.DamagedError, match="bị hỏng"):
        unseal(ring, envelope[:-1] + bytes([envelope[-1] ^ 1]), HERE)
    foreign = KeyRing.open(tmp_path / "keys", create=True)
    with pytest.raises(sealing.KeyMissingError, match=ring.active("seal").id):
        unseal(foreign, envelope, HERE)


@given(table=st.text(max_size=5), column=st.text(max_size=5), row=st.text(max_size=5), cut=st.integers(0, 10))
def test_places_that_read_alike_are_told_apart(ring: KeyRing, table: str, column: str, row: str, cut: int) -> None:
    """Moving letters from one part of the place to the next gives another place."""
    whole = table + column
    shifted = Place(whole[:cut], whole[cut:], row)
    place = Place(table, column, row)
    envelope = seal(ring, b"x", place)
    if shifted == place:
        assert unseal(ring, envelope, shifted) == b"x"
    else:
        with pytest.raises(sealing.SealError):
            unseal(ring, envelope, shifted)


def test_after_a_rotation_new_work_is_under_the_new_key_and_the_old_still_opens(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path / "keys", create=True)
    old = seal(ring, b"before", HERE)
    key = ring.rotate("seal", at=LATER)
    assert sealing.key_id(seal(ring, b"after", HERE)) == key.id != sealing.key_id(old)
    assert unseal(ring, old, HERE) == b"before"


@pytest.mark.parametrize(
    ("normal", "one", "two"),
    [
        ("words", "Nguyễn Thị Hoà", "  nguyen  thi HÒA "),
        ("words", "Đặng Văn Ất", "dang van at"),
        ("digits", "0901 234 567", "0901.234.567"),
        ("exact", "Ho\u0300a", "Hòa "),
    ],
)
def test_spellings_of_one_value_share_an_index(ring: KeyRing, normal: blind.Normal, one: str, two: str) -> None:
    first, second = (blind.index(ring, "t", "c", text, normal=normal) for text in (one, two))
    assert first == second and len(first) == blind.INDEX_LENGTH
    assert first.startswith(ring.active("index").id)


def test_indexes_of_other_columns_values_and_keys_differ(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path / "keys", create=True)
    places = [("t", "c"), ("t", "d"), ("u", "c"), ("tc", ""), ("", "tc")]
    seen = {blind.index(ring, table, column, "Hoa", normal="words") for table, column in places}
    assert len(seen) == len(places)
    assert blind.index(ring, "t", "c", "Hóa", normal="exact") != blind.index(ring, "t", "c", "Hoa", normal="exact")
    assert blind.index(ring, "t", "c", "!!", normal="words") != blind.index(ring, "t", "c", "??", normal="words")
    assert blind.index(ring, "t", "c", "  ", normal="words") == ""
    before = blind.index(ring, "t", "c", "Hoa", normal="words")
    ring.rotate("index", at=LATER)
    after = blind.index(ring, "t", "c", "Hoa", normal="words")
    assert before[8:] != after[8:]
    assert blind.candidates(ring, "t", "c", "Hoa", normal="words") == [before, after]
