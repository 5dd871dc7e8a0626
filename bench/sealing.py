"""Times the sealing of short texts: our envelope, bare AES-256-GCM and Fernet beside each other, and the blind index.

Run: python bench/sealing.py [--values 100000]. Prints operations per second of the process's own time, best of three.
Exits with 1 if sealing or opening is under its budget.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from diaban.adapters.crypto import blind
from diaban.adapters.crypto.keyring import KeyRing
from diaban.adapters.crypto.sealing import Place, seal, unseal

BUDGET = 100_000  # operations per second, sealing and opening each


def per_second(label: str, count: int, work: Callable[[], object], rounds: int = 3) -> float:
    """Run `work` and print how many of its `count` operations it does in a second."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    print(f"{label:<46}{count / best:12,.0f} /s  {best / count * 1e6:8.2f} µs each")
    return count / best


def main() -> int:
    """Print the figures and return 1 when sealing or opening is over budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=100_000)
    count = parser.parse_args().values
    values = [f"Nguyễn Thị Số {number}".encode() for number in range(count)]
    places = [Place("persons_file", "name", f"{number:032x}") for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        ring = KeyRing.open(Path(folder) / "keys", create=True)

        sealed = [seal(ring, value, place, pad=32) for value, place in zip(values, places, strict=True)]
        sealing = per_second(
            "seal (row, column, padding)",
            count,
            lambda: [seal(ring, v, p, pad=32) for v, p in zip(values, places, strict=True)],
        )
        opening = per_second("open", count, lambda: [unseal(ring, s, p) for s, p in zip(sealed, places, strict=True)])

        bare = AESGCM(os.urandom(32))
        nonces = [os.urandom(12) for _ in values]
        plain = [bare.encrypt(nonce, value, b"") for nonce, value in zip(nonces, values, strict=True)]
        per_second(
            "bare AES-256-GCM, encrypt with a fresh nonce",
            count,
            lambda: [bare.encrypt(os.urandom(12), value, b"") for value in values],
        )
        per_second(
            "bare AES-256-GCM, decrypt",
            count,
            lambda: [bare.decrypt(n, c, b"") for n, c in zip(nonces, plain, strict=True)],
        )

        fernet = Fernet(Fernet.generate_key())
        some = values[: count // 5]
        tokens = [fernet.encrypt(value) for value in some]
        per_second("Fernet, encrypt", len(some), lambda: [fernet.encrypt(value) for value in some])
        per_second("Fernet, decrypt", len(some), lambda: [fernet.decrypt(token) for token in tokens])

        texts = [value.decode() for value in some]
        per_second(
            "blind index of a name",
            len(texts),
            lambda: [blind.index(ring, "persons_file", "name", text, normal="words") for text in texts],
        )
    lengths = f"envelope {len(sealed[0])} bytes, bare {len(plain[0]) + 12}, Fernet {len(tokens[0])}"
    print(f"{len(values[0])} bytes of text: {lengths}")
    return 0 if min(sealing, opening) >= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
