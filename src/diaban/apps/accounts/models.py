"""People who sign in, the roles they hold, and the roles lent to them during leave."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from diaban.apps.access import Rights
from diaban.apps.accounts.keys.models import AppSecret
from diaban.apps.accounts.rights import rights_of_user
from diaban.apps.accounts.sign_in.models import Activation, Brake, Session
from diaban.apps.places.models import Unit
from diaban.core.policy import ROLES, Line

__all__ = ["Activation", "AppSecret", "Assignment", "Brake", "Delegation", "Session", "User"]


class User(AbstractUser):
    """An officer. `unit` is the unit served; `title` the post ("Cán bộ tổng hợp PC04")."""

    full_name = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=120, blank=True)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    must_change_password = models.BooleanField(default=False)  # somebody else knows or knew it

    def __str__(self) -> str:
        return self.full_name or self.username

    def rights(self, on: date) -> Rights:
        """Return what this officer may do on `on`; worked out once for each loaded row, so once a request."""
        kept: dict[date, Rights] = self.__dict__.setdefault("_rights", {})
        if on not in kept:
            kept[on] = rights_of_user(self, on)
        return kept[on]

    def forget_rights(self) -> None:
        """Let the rights be worked out anew: after a role was given or taken in the same request."""
        self.__dict__.pop("_rights", None)


class Assignment(models.Model):
    """A role that an officer holds at a unit during `[start, end)`; `unit` empty means the whole working area.

    Rows are ended, not deleted: who could do what on which day stays known.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(_("Vai trò"), max_length=24, choices=[(code, _(one.title)) for code, one in ROLES.items()])
    line = models.CharField(_("Hệ"), max_length=16, choices=[(one.value, _(one.words)) for one in Line])
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    start = models.DateField(_("Từ ngày"))
    end = models.DateField(_("Đến hết ngày"), null=True, blank=True)  # the first day on which it no longer holds
    document = models.CharField(_("Văn bản phân công"), max_length=200, blank=True)
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="assignment_ends_after"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit"], condition=Q(end__isnull=True), name="assignment_open_once"
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(end__isnull=True, unit__isnull=True),
                name="assignment_of_whole_area_open_once",
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"])]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.role}@{self.unit_id or '*'}"

    def in_force(self, on: date) -> bool:
        """Tell whether it holds on `on`."""
        return self.start <= on and (self.end is None or on < self.end)

    @property
    def last_day(self) -> date | None:
        """Return the last day on which it holds; None while it has no end."""
        return None if self.end is None else self.end - timedelta(days=1)


class Delegation(models.Model):
    """One assignment lent to another officer during `[start, end)`: leave, a mission. It cannot be lent on."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="delegations")
    receiver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_received")
    start = models.DateField(_("Từ ngày"))
    end = models.DateField(_("Đến hết ngày"))  # the first day on which it no longer holds
    reason = models.CharField(_("Lý do"), max_length=300)
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(end__gte=F("start")), name="delegation_ends_after")]
        indexes = [models.Index(fields=["receiver", "start", "end"])]

    def __str__(self) -> str:
        return f"{self.assignment_id}→{self.receiver_id}"

    @property
    def last_day(self) -> date:
        """Return the last day on which it holds."""
        return self.end - timedelta(days=1)
