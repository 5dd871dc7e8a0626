"""Named members and a manifest inside one stream of bytes.

The stream is a row of frames: kind (1 byte), length (4), payload. `M` begins a member (JSON: name, packed), `D` is a
piece of it, `E` ends it (JSON: size, sha256 of what was put in), `X` is the manifest (JSON) and the end of the stream.
Members are of unknown length when they begin, so that a database can be poured in as it is read.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, Final

from diaban.adapters.archive.container import DEFAULT_COST, Cost, Sealer, damaged, unseal

Pieces = Iterable[bytes]
Tell = Callable[[int], None]  # bytes since the last time
_FRAME: Final = struct.Struct(">cI")
_MOST_FRAME: Final = 64 * 1024 * 1024
_PIECE: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Digest:
    """Length and SHA-256 of a member as it was put in."""

    size: int
    sha256: str


@dataclass(slots=True)
class Member:
    """One member on its way into an archive. `packed`: worth compressing."""

    name: str
    pieces: Pieces
    packed: bool = True


@dataclass(slots=True)
class _Checked:
    """Bytes on their way through, counted and hashed."""

    size: int = 0
    hash: Any = field(default_factory=hashlib.sha256)

    def take(self, piece: bytes) -> bytes:
        self.size += len(piece)
        self.hash.update(piece)
        return piece

    def digest(self) -> Digest:
        return Digest(self.size, self.hash.hexdigest())


def _silent(_bytes: int) -> None:
    """Tell nobody."""


def write_archive(
    out: BinaryIO,
    passphrase: str,
    members: Iterable[Member],
    manifest: Callable[[], Mapping[str, Any]],
    *,
    cost: Cost = DEFAULT_COST,
    tell: Tell = _silent,
) -> Mapping[str, Any]:
    """Write the members and, when all are in, the manifest with their digests under `members`; return the manifest."""
    sealer = Sealer(out, passphrase, cost=cost)

    def frame(kind: bytes, payload: bytes) -> None:
        sealer.write(_FRAME.pack(kind, len(payload)))
        sealer.write(payload)

    digests: dict[str, Digest] = {}
    for member in members:
        if member.name in digests:
            raise ValueError(f"two members are called {member.name}")
        checked = _Checked()
        frame(b"M", _json({"name": member.name, "packed": member.packed}))
        packer = zlib.compressobj(1) if member.packed else None
        for piece in member.pieces:
            checked.take(piece)
            packed = piece if packer is None else packer.compress(piece)
            if packed:
                frame(b"D", packed)
            tell(len(piece))
        if packer is not None:
            frame(b"D", packer.flush())
        digests[member.name] = checked.digest()
        frame(b"E", _json({"size": checked.size, "sha256": checked.hash.hexdigest()}))
    made = {**manifest(), "members": {name: asdict(digest) for name, digest in digests.items()}}
    frame(b"X", _json(made))
    sealer.finish()
    return made


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _Frames:
    """The frames of an archive, one after the other."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        self._chunks = unseal(source, passphrase)
        self._held = bytearray()

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        while True:
            head = self._take(_FRAME.size)
            kind, length = _FRAME.unpack(head)
            if length > _MOST_FRAME:
                raise damaged()
            yield kind, self._take(length)
            if kind == b"X":
                break
        # What is left must be nothing: reading on also opens the last chunk.
        if self._held or any(self._chunks):
            raise damaged()

    def _take(self, count: int) -> bytes:
        while len(self._held) < count:
            piece = next(self._chunks, None)
            if piece is None:
                raise damaged()
            self._held += piece
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken


Sink = Callable[[str, Iterator[bytes]], None]


def read_members(source: BinaryIO, passphrase: str, sink: Sink, *, tell: Tell = _silent) -> Mapping[str, Any]:
    """Hand every member to `sink(name, pieces)` and return the manifest. Raises `ArchiveError` when anything differs.

    What a sink wrote counts only when this function returned: the proof of the whole stands at its end.
    """
    try:
        return _read_members(iter(_Frames(source, passphrase)), sink, tell)
    except (ValueError, KeyError, TypeError, zlib.error):
        # Only who knew the passphrase can bring it here: an archive of a program with a fault.
        raise damaged() from None


def _read_members(frames: Iterator[tuple[bytes, bytes]], sink: Sink, tell: Tell) -> Mapping[str, Any]:
    digests: dict[str, Digest] = {}
    for kind, payload in frames:
        if kind == b"M":
            head = json.loads(payload)
            pieces = _Pieces(frames, packed=head["packed"], tell=tell)
            sink(head["name"], iter(pieces))
            deque(pieces, maxlen=0)  # a sink may leave a part unread; it is checked all the same
            digests[head["name"]] = pieces.digest()
        elif kind == b"X":
            manifest: dict[str, Any] = json.loads(payload)
            told = {name: Digest(**digest) for name, digest in manifest["members"].items()}
            deque(frames, maxlen=0)  # to the end of the file, where the last chunk proves itself
            if told != digests:
                raise damaged()
            return manifest
        else:
            raise damaged()
    raise damaged()


class _Pieces:
    """The content of the member that has just begun; iterating twice goes on where it stopped."""

    def __init__(self, frames: Iterator[tuple[bytes, bytes]], *, packed: bool, tell: Tell) -> None:
        self._checked, self._tell = _Checked(), tell
        self._flow = self._read(frames, zlib.decompressobj() if packed else None)

    def __iter__(self) -> Iterator[bytes]:
        return self._flow

    def digest(self) -> Digest:
        return self._checked.digest()

    def _read(self, frames: Iterator[tuple[bytes, bytes]], unpacker: Any) -> Iterator[bytes]:
        for kind, payload in frames:
            if kind == b"E":
                if json.loads(payload) != {"size": self._checked.size, "sha256": self._checked.hash.hexdigest()}:
                    raise damaged()
                return
            if kind != b"D":
                raise damaged()
            while payload:
                piece = payload if unpacker is None else unpacker.decompress(payload, _PIECE)
                payload = b"" if unpacker is None else unpacker.unconsumed_tail
                if piece:
                    self._tell(len(piece))
                    yield self._checked.take(piece)
        raise damaged()


def verify(source: BinaryIO, passphrase: str, *, tell: Tell = _silent) -> Mapping[str, Any]:
    """Read the archive to its end and write nothing; return the manifest. Raises `ArchiveError`."""
    return read_members(source, passphrase, lambda _name, _pieces: None, tell=tell)
