"""Signs of hot-spots: the shape says the kind, the fill says the state; neither needs colour to be told apart."""

from __future__ import annotations

# Shapes grow in corners with weight: risk ○, complex △, cluster □, harbouring ⌂ (a house).
SHAPES = {
    "circle": "M0-5A5 5 0 1 1 0 5A5 5 0 1 1 0-5Z",
    "triangle": "M0-5.8L5.6 4.4H-5.6Z",
    "square": "M-4.7-4.7H4.7V4.7H-4.7Z",
    "house": "M0-6.2L5.4-1.4V5H-5.4V-1.4Z",
    "diamond": "M0-6L6 0 0 6-6 0Z",
}
_KINDS = {
    "risk": "circle",
    "diem_nguy_co": "circle",
    "nguy_co": "circle",
    "complex": "triangle",
    "point": "triangle",
    "diem_phuc_tap": "triangle",
    "cluster": "square",
    "tu_diem": "square",
    "tu_diem_phuc_tap": "square",
    "harbour": "house",
    "harbouring": "house",
    "organised": "house",
    "chua_chap": "house",
    "diem_to_chuc_chua_chap": "house",
    "to_chuc_chua_chap": "house",
    "incident": "diamond",
}
# full: exists; ring: came back; half: eliminated and watched; empty: closed; dash: not yet verified.
_STATES = {
    "open": "full",
    "listed": "full",
    "planned": "full",
    "reformed": "ring",
    "watch": "half",
    "eliminated": "half",
    "watched": "half",
    "closed": "empty",
    "removed": "empty",
    "merged": "empty",
    "moved": "empty",
    "unconfirmed": "empty",
    "detected": "dash",
    "verifying": "dash",
}


def shape_of(kind: str) -> str:
    """Return the shape for a kind of place (or a shape's own name); an unknown kind is a circle."""
    return _KINDS.get(kind, kind if kind in SHAPES else "circle")


def fill_of(state: str) -> str:
    """Return the fill (`full`, `ring`, `half`, `empty`, `dash`) for a state of the workflow or a fill's own name."""
    return _STATES.get(state, state if state in _STATES.values() else "full")


def drawing(shape: str, fill: str) -> str:
    """Return the SVG of one sign around (0, 0), about 11 units wide."""
    outline = SHAPES[shape]
    ring = f'<circle class="sign__ring" r="{8.6 if shape != "house" else 9}"/>' if fill == "ring" else ""
    half = f'<path class="sign__half" d="{_lower_half(shape)}"/>' if fill == "half" else ""
    return f'{ring}<path class="sign sign--{fill}" d="{outline}"/>{half}'


def disc(n: int | str) -> str:
    """Return the SVG of a disc that stands for `n` places, the number in it ("n" in a legend)."""
    radius = 7 + 2 * min(len(str(n)), 3)
    return f'<circle class="sign__disc" r="{radius}"/><text class="sign__count" dy="0.35em">{n}</text>'


def _lower_half(shape: str) -> str:
    return {
        "circle": "M-5 0A5 5 0 0 0 5 0Z",
        "triangle": "M-3.2 .1H3.2L5.6 4.4H-5.6Z",
        "square": "M-4.7 0H4.7V4.7H-4.7Z",
        "house": "M-5.4 0H5.4V5H-5.4Z",
        "diamond": "M-6 0H6L0 6Z",
    }[shape]
