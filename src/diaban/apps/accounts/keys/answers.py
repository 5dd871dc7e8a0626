"""What a key answered, taken apart before anything else looks at it.

The library that reads answers takes a number for a length: `{"id": 10000000000}` would fill the memory. Nothing but
text of bounded length in the known places passes.
"""

from __future__ import annotations

import json
from typing import Any

LONGEST = 20_000  # characters of one part; an attestation with certificates has a few thousand
OUTER = ("id", "rawId", "type")
INNER = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")


def read(text: str) -> dict[str, Any]:
    """Return the JSON that a page's script posted; {} for anything else."""
    try:
        found = json.loads(text[: 5 * LONGEST])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def taken_apart(answer: Any) -> dict[str, Any]:
    """Return the known parts of an answer. Raises `ValueError` for anything that is none."""
    response = answer.get("response") if isinstance(answer, dict) else None
    if not isinstance(response, dict):
        raise ValueError("no answer of a key")
    outer = {name: _text(answer.get(name)) for name in OUTER}
    inner = {name: _text(response[name]) for name in INNER if response.get(name) is not None}
    return {**outer, "response": inner, "clientExtensionResults": {}}


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii() or len(value) > LONGEST:
        raise ValueError("no answer of a key")
    return value
