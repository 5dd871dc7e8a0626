"""People who sign in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from diaban.apps.places.models import Unit


class User(AbstractUser):
    """An officer. `unit` is the unit served; `title` the post ("Cán bộ tổng hợp PC04")."""

    full_name = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=120, blank=True)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.full_name or self.username
