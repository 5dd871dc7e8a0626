"""What the audit does with the key ring: mark the head, sign checkpoints, keep typed text unreadable yet comparable."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import Final

from diaban.adapters.crypto.keyring import KeyRing, UnknownKeyError
from diaban.adapters.signatures import is_signed, public_key, sign
from diaban.apps.vault.keys import ring
from diaban.core.chain import Checkpoint, head_form

FINGERPRINT_LABEL: Final = b"diaban-audit-fingerprint/1\n"


def _mac(secret: bytes, message: bytes) -> str:
    return hmac.new(secret, message, hashlib.sha256).hexdigest()


def head_mark(origin: str, seq: int, digest: str) -> str:
    """Return the mark of a head: the id of the key, and the HMAC-SHA256 under it."""
    key = ring().active("mac")
    return f"{key.id}:{_mac(key.secret, head_form(origin, seq, digest))}"


def is_genuine(origin: str, seq: int, digest: str, mark: str, *, keys: KeyRing | None = None) -> bool:
    """Tell whether a head carries the mark of a key of the ring (of this installation when none is given)."""
    key_id, _colon, said = mark.partition(":")
    try:
        key = (keys or ring()).get(key_id)
    except UnknownKeyError:
        return False
    return key.use == "mac" and hmac.compare_digest(
        _mac(key.secret, head_form(origin, seq, digest)).encode(), said.encode("utf-8", "backslashreplace")
    )


def signed(checkpoint: Checkpoint) -> Checkpoint:
    """Return the checkpoint with key and signature."""
    key = ring().active("sign")
    named = replace(checkpoint, key=key.id)
    return replace(named, signature=sign(key.secret, named.statement()))


def public_keys(keys: KeyRing) -> dict[str, str]:
    """Return id → public key (hex) of every signing key of a ring."""
    return {key.id: public_key(key.secret) for key in keys.every("sign") if key.secret}


def is_signed_by(keys: dict[str, str], one: Checkpoint) -> bool:
    """Tell whether a checkpoint carries a good signature of one of these public keys."""
    return one.key in keys and is_signed(keys[one.key], one.statement(), one.signature)


def fingerprint(text: str) -> str:
    """Return what stands in the audit for text that must not: the same for the same text, unreadable without the ring.

    Case and blanks around do not count. Sixteen hex digits behind the id of the key.
    """
    key = ring().active("mac")
    plain = text.strip().casefold().encode("utf-8", "backslashreplace")
    digits = _mac(key.secret, FINGERPRINT_LABEL + plain)
    return f"{key.id}:{digits[:16]}"
