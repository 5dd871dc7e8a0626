"""How the states of an issue look: the tone of each, for whoever shows one."""

TONES = {
    "raised": "wait",
    "forwarded": "wait",
    "received": "info",
    "answered": "info",
    "asked_again": "warn",
    "closed": "ok",
    "withdrawn": "closed",
}
