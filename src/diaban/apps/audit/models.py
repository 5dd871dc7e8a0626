"""What was done, by whom, when, to what: written in the same transaction as the act, never changed afterwards."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One act. `subject` is "<noun>:<key>"; `detail` holds the values before and after, never a person's data."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=150)  # the user name as it was; no foreign key, so accounts may end
    verb = models.CharField(max_length=60, db_index=True)  # "hotspot.list"
    subject = models.CharField(max_length=80, db_index=True)
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
