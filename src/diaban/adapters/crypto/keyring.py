"""The key ring: the product's secrets in one small file outside the database.

A database dump, a stolen disk image of the database or a leaked backup is then of no use for what is sealed.
Every change re-reads the file under a lock, so two processes never lose each other's keys.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from diaban.adapters.clock import now
from diaban.adapters.crypto.ring_file import (
    RING_NAME,
    SECRET_BYTES,
    USES,
    Key,
    KeyRingError,
    State,
    Use,
    locked,
    make_folder,
    read,
    write,
)
from diaban.core.messages import N_, say

__all__ = ["Key", "KeyRing", "KeyRingError", "State", "UnknownKeyError", "Use"]


class UnknownKeyError(KeyRingError):
    """No key of this ring has the id asked for, or its secret was destroyed."""


class KeyRing:
    """The keys of one folder, as they were when last read."""

    def __init__(self, folder: Path, keys: Iterable[Key]) -> None:
        self.folder = folder
        self._keys = {key.id: key for key in keys}

    def __repr__(self) -> str:
        return f"KeyRing({str(self.folder)!r}, {len(self._keys)} keys)"

    @classmethod
    def open(cls, folder: Path, *, create: bool) -> Self:
        """Read the ring in `folder`; with `create` make the folder and one fresh key per use where there is none.

        Safe when several processes start at once: all of them see the same keys. Raises `KeyRingError` when the
        ring is missing, unreadable, open to other people of the machine, damaged, or of a newer version.
        """
        if create:
            make_folder(folder)
            if not (folder / RING_NAME).exists() or _lacking(read(folder)):
                with locked(folder):
                    keys = read(folder) if (folder / RING_NAME).exists() else ()
                    fresh = [_fresh(use, now(), keys) for use in _lacking(keys)]
                    if fresh:
                        write(folder, (*keys, *fresh))
        return cls(folder, read(folder))

    def active(self, use: Use) -> Key:
        """Return the key that new work of this use is done under."""
        for key in self._keys.values():
            if key.use == use and key.state == "active":
                return key
        raise UnknownKeyError(say(N_("Vòng khóa không có khóa đang dùng cho “{use}”."), use=use))

    def get(self, key_id: str) -> Key:
        """Return the key with this id, whatever its state. Raises `UnknownKeyError`."""
        key = self._keys.get(key_id)
        if key is None or not key.secret:
            raise UnknownKeyError(
                say(
                    N_("Vòng khóa không có khóa {id}. Dữ liệu niêm phong bằng khóa đã hủy hoặc của vòng khác."),
                    id=key_id,
                )
            )
        return key

    def every(self, use: Use | None = None) -> tuple[Key, ...]:
        """Return all keys, or those of one use, oldest first."""
        return tuple(key for key in self._keys.values() if use is None or key.use == use)

    def rotate(self, use: Use, *, at: datetime) -> Key:
        """Make a fresh active key for `use`; the one before stays for reading. Returns the new key."""
        made: list[Key] = []

        def turn(keys: tuple[Key, ...]) -> tuple[Key, ...]:
            made.append(_fresh(use, at, keys))
            kept = (replace(key, state="old") if key.use == use and key.state == "active" else key for key in keys)
            return (*kept, made[0])

        self._change(turn)
        return made[0]

    def retire(self, key_id: str) -> None:
        """Mark an old key as one that no live row is under. It still reads what an older backup brings back."""
        self._move(key_id, "old", lambda key: replace(key, state="retired"))

    def forget(self, key_id: str) -> None:
        """Destroy the secret of a retired key for good: what a backup still holds under it is then unreadable."""
        self._move(key_id, "retired", lambda key: replace(key, secret=b""))

    def _move(self, key_id: str, before: State, step: Callable[[Key], Key]) -> None:
        def move(keys: tuple[Key, ...]) -> tuple[Key, ...]:
            key = next((key for key in keys if key.id == key_id), None)
            if key is None or key.state != before:
                raise UnknownKeyError(
                    say(N_("Khóa {id} không ở trạng thái “{state}” nên không làm được."), id=key_id, state=before)
                )
            return tuple(step(key) if key.id == key_id else key for key in keys)

        self._change(move)

    def _change(self, change: Callable[[tuple[Key, ...]], tuple[Key, ...]]) -> None:
        with locked(self.folder):
            keys = change(read(self.folder))
            write(self.folder, keys)
        self._keys = {key.id: key for key in keys}


def _lacking(keys: Iterable[Key]) -> list[Use]:
    here = {key.use for key in keys if key.state == "active"}
    return [use for use in USES if use not in here]


def _fresh(use: Use, at: datetime, taken: Iterable[Key]) -> Key:
    ids = {key.id for key in taken}
    while (key_id := secrets.token_hex(4)) in ids:
        pass
    return Key(key_id, use, secrets.token_bytes(SECRET_BYTES), at, "active")
