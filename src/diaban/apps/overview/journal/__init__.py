"""The journal: what the audit holds, in words, with the questions an inspector asks of it."""

from diaban.apps.overview.journal.words import Asked, events, lines

__all__ = ["Asked", "events", "lines"]
