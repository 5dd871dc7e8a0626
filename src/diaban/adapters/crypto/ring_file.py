"""The file of the key ring: who may read it, how it is written whole, how processes keep out of each other's way."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from diaban.core.messages import N_, Message, say

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

Use = Literal["seal", "index", "sign", "mac"]
State = Literal["active", "old", "retired"]

USES: tuple[Use, ...] = get_args(Use)
SECRET_BYTES = 32  # AES-256, HMAC-SHA256 and an Ed25519 seed all take 256 bits
RING_NAME = "ring.json"
LOCK_NAME = "lock"
FORMAT = 1


class KeyRingError(Exception):
    """The key ring cannot be used; `message` says why and what to do. It never holds key material."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `active` writes and reads, `old` and `retired` only read; no live row is under a `retired` one.

    `id` is eight hexadecimal digits, unique in its ring. `secret` is 32 bytes; empty once the key was destroyed.
    """

    id: str
    use: Use
    secret: bytes = field(repr=False)
    created: datetime
    state: State


def read(folder: Path) -> tuple[Key, ...]:
    """Return the keys of the ring in `folder`, oldest first. Raises `KeyRingError` when that cannot be done safely."""
    path = folder / RING_NAME
    try:
        _check_closed(folder)
        _check_closed(path)
        text = path.read_bytes()
    except FileNotFoundError:
        raise KeyRingError(
            say(
                N_("Không có vòng khóa ở {path}. Chép lại thư mục khóa đã cất giữ, hoặc đặt DIABAN_KEY_DIR cho đúng."),
                path=path,
            )
        ) from None
    except OSError as error:
        raise KeyRingError(_unreadable(path, error)) from None
    return _parse(text, path)


def write(folder: Path, keys: tuple[Key, ...]) -> None:
    """Replace the ring by `keys` in one step: a reader, or a crash, sees the ring before or after, never between."""
    body = [
        {
            "id": key.id,
            "use": key.use,
            "state": key.state,
            "created": key.created.isoformat(),
            "secret": base64.b64encode(key.secret).decode(),
        }
        for key in keys
    ]
    text = json.dumps({"version": FORMAT, "sha256": _digest(body), "keys": body}, indent=1).encode()
    draft = folder / f".{RING_NAME}.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(folder / RING_NAME)
        _settle(folder)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise KeyRingError(_unwritable(folder, error)) from None


def make_folder(folder: Path) -> None:
    """Make the folder of the ring, closed to everyone else, unless it is there."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise KeyRingError(_unwritable(folder, error)) from None


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the ring against every other process that wants to change it. The lock dies with its process."""
    try:
        handle = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise KeyRingError(_unwritable(folder, error)) from None
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _settle(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _check_closed(path: Path) -> None:
    if sys.platform == "win32":  # access lists, not modes; the user's own profile folder is closed by default
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        wanted = 0o700 if path.is_dir() else 0o600
        raise KeyRingError(
            say(
                N_("{path} mở cho người khác trên máy (quyền {mode}). Chạy: chmod {wanted} {path}"),
                path=path,
                mode=f"{mode:03o}",
                wanted=f"{wanted:o}",
            )
        )


def _parse(text: bytes, path: Path) -> tuple[Key, ...]:
    try:
        ring = json.loads(text)
        version, body = ring["version"], ring["keys"]
        if version == FORMAT and ring["sha256"] == _digest(body):
            return tuple(_key(entry) for entry in body)
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise KeyRingError(_damaged(path)) from None
    if isinstance(version, int) and version > FORMAT:
        raise KeyRingError(
            say(
                N_("Vòng khóa {path} do phiên bản Diaban mới hơn ghi (kiểu {n}). Cập nhật Diaban rồi chạy lại."),
                path=path,
                n=version,
            )
        )
    raise KeyRingError(_damaged(path))


def _key(entry: dict[str, Any]) -> Key:
    secret = base64.b64decode(entry["secret"], validate=True)
    key = Key(entry["id"], entry["use"], secret, datetime.fromisoformat(entry["created"]), entry["state"])
    if len(bytes.fromhex(key.id)) != 4 or key.use not in USES or key.state not in get_args(State):
        raise ValueError
    if len(secret) != SECRET_BYTES and not (key.state == "retired" and not secret):
        raise ValueError
    return key


def _digest(body: list[dict[str, Any]]) -> str:
    """Return a checksum that notices a damaged file. It keeps nobody out: who can write the ring owns it."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _damaged(path: Path) -> Message:
    return say(
        N_("Vòng khóa {path} bị hỏng. Chép lại tệp từ bản cất giữ; đừng xóa: mất khóa là mất dữ liệu đã niêm phong."),
        path=path,
    )


def _unreadable(path: Path, error: OSError) -> Message:
    return say(
        N_("Không đọc được vòng khóa {path} ({why}). Chạy bằng đúng tài khoản đã tạo ra nó, hoặc sửa quyền của tệp."),
        path=path,
        why=error.strerror or "",
    )


def _unwritable(folder: Path, error: OSError) -> Message:
    return say(
        N_("Không ghi được thư mục khóa {path} ({why}). Đặt DIABAN_KEY_DIR tới thư mục ghi được."),
        path=folder,
        why=error.strerror or "",
    )
