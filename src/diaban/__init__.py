"""Diaban: resolve drug hot-spots, classify communes by law, report on fixed days."""

__version__ = "0.1.0"
