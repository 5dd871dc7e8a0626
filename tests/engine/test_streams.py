"""Random draws have an address: the published words come out, and nobody's share of the work changes them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from diaban.engine.kernels import random
from diaban.engine.streams import Stream, generator, new_seed

ONES = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        # The known answers that the authors of Philox give for 4x32-10.
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_the_published_words_come_out(counter: tuple[int, ...], key: tuple[int, ...], words: tuple[int, ...]) -> None:
    found = random.philox(*map(np.uint32, counter + key))
    assert tuple(int(word) for word in found) == words


@settings(deadline=None)  # the first call compiles
@given(
    seed=st.integers(0, 2**64 - 1), stream=st.integers(1, 60), replicate=st.integers(0, 2**40), size=st.integers(0, 9)
)
def test_a_longer_draw_begins_like_a_shorter_one(seed: int, stream: int, replicate: int, size: int) -> None:
    address = np.uint64(seed), np.uint32(stream), np.uint64(replicate)
    longer, shorter = np.zeros(32), np.zeros(size)
    random.fill_uniforms(longer, *address)
    random.fill_uniforms(shorter, *address)
    assert (longer[:size] == shorter).all()
    assert ((longer >= 0) & (longer < 1)).all()
    words, fewer = np.zeros(32, np.uint32), np.zeros(size, np.uint32)
    random.fill_words(words, *address)
    random.fill_words(fewer, *address)
    assert (words[:size] == fewer).all()


def test_streams_and_replicates_differ() -> None:
    drawn = set()
    for seed in (1, 2):
        for stream in (1, 2):
            for replicate in (0, 1, 2**32):
                values = np.zeros(4, np.uint32)
                random.fill_words(values, np.uint64(seed), np.uint32(stream), np.uint64(replicate))
                drawn.add(values.tobytes())
    assert len(drawn) == 12


def test_every_order_is_equally_likely() -> None:
    counts: dict[bytes, int] = {}
    for replicate in range(24_000):
        values = np.arange(4, dtype=np.int32)
        random.shuffle(values, np.uint64(11), np.uint32(Stream.KNOX_TIMES), np.uint64(replicate))
        counts[values.tobytes()] = counts.get(values.tobytes(), 0) + 1
    assert len(counts) == 24
    assert stats.chisquare(list(counts.values())).pvalue > 1e-4


def test_uniforms_are_uniform() -> None:
    values = np.zeros(100_000)
    random.fill_uniforms(values, np.uint64(5), np.uint32(1), np.uint64(0))
    assert stats.kstest(values, "uniform").pvalue > 1e-4


def test_generators_stand_at_their_address() -> None:
    first = generator(3, Stream.SYNTHETIC, 7).random(5)
    assert (generator(3, Stream.SYNTHETIC, 7).random(5) == first).all()
    assert (generator(3, Stream.SYNTHETIC, 8).random(5) != first).all()
    assert (generator(3, Stream.KNOX_TIMES, 7).random(5) != first).all()
    assert 0 <= new_seed() < 2**53
