"""Reads about tasks."""

from __future__ import annotations

from diaban.apps.programme.queries.sight import Seats, may, of_seats, seats_of, sees_evidence, visible_tasks

__all__ = ["Seats", "may", "of_seats", "seats_of", "sees_evidence", "visible_tasks"]
