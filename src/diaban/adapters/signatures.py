"""Ed25519: statements that anybody can check with the public key, and nobody can make without the secret."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PUBLIC_DIGITS = 64


def public_key(seed: bytes) -> str:
    """Return the public key (64 hex digits) of a secret seed of 32 bytes."""
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(seed: bytes, statement: bytes) -> str:
    """Return the signature (128 hex digits) of a statement."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(statement).hex()


def is_signed(public: str, statement: bytes, signature: str) -> bool:
    """Tell whether `signature` is that of the statement under the public key. Text in any other form is not."""
    try:
        raw, key = bytes.fromhex(signature), bytes.fromhex(public)
        if raw.hex() != signature or key.hex() != public:  # blanks and capitals are not how it was written
            return False
        Ed25519PublicKey.from_public_bytes(key).verify(raw, statement)
    except (ValueError, InvalidSignature):
        return False
    return True
