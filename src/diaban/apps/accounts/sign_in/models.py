"""What the door remembers: one-time codes and how often it was tried. No address, no typed name, no password."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from diaban.apps.accounts.sign_in.sessions import Session

__all__ = ["Activation", "Brake", "Session"]


class Activation(models.Model):
    """A one-time code with which an officer sets a password. Only its digest is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    issued_by = models.CharField(max_length=150)  # the user name as it was
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)  # a newer code took its place

    def __str__(self) -> str:
        return f"activation {self.pk} of {self.user_id}"


class Brake(models.Model):
    """How often one way of trying has failed lately, and from when on it is taken again.

    `key` is a digest of what is counted (an account as typed, a network, a known browser).
    """

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)  # tries that were not even looked at
    last_at = models.DateTimeField(db_index=True)
    opens_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key[:8]}… {self.failures}"
