"""What the house told its people, what was told to whom already, and what reached nobody."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from diaban.apps.places.models import Unit


class Notice(models.Model):
    """One sentence for one person: `msgid` with `params`, put into the reader's language on the page.

    The page behind `url` decides for itself what the reader may see. `count` is how many reminders it stands for.
    """

    class Kind(models.TextChoices):
        REMINDER = "reminder", _("Nhắc hạn")
        ESCALATION = "escalation", _("Báo lên cấp trên")
        GIVEN = "given", _("Giao việc")
        ANSWER = "answer", _("Trả lời, quyết định")
        ASKED = "asked", _("Chờ quyết định")
        CONCERN = "concern", _("Vướng mắc, kiến nghị")

    class Level(models.IntegerChoices):
        INFO = 0, _("Để biết")
        DUE = 1, _("Đến hạn")
        LATE = 2, _("Quá hạn")
        LONG = 3, _("Quá hạn lâu")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.INFO)
    topic = models.CharField(max_length=80)  # "turn:12"; of a notice that stands for several: "late-7:2026-11-23"
    msgid = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "read_at"]),
            models.Index(fields=["user", "topic"]),
            models.Index(fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.topic}"


class Sent(models.Model):
    """The mark that a person was told one thing, so that nobody is told twice. It outlives the notice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    on = models.DateField()
    notice = models.ForeignKey(Notice, null=True, on_delete=models.SET_NULL, related_name="sent")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="sent_once")]
        indexes = [models.Index(fields=["key"]), models.Index(fields=["on"])]


class Unreached(models.Model):
    """A reminder that is due and finds nobody to tell; it is tried again every day until it finds somebody."""

    key = models.CharField(max_length=120, unique=True)
    source = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    msgid = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField(choices=Notice.Level.choices)
    since = models.DateField()

    class Meta:
        verbose_name_plural = "unreached"
        indexes = [models.Index(fields=["source"])]


class MailWish(models.Model):
    """An officer's wish to be told by e-mail, once a day at most, that there is something new in the inbox."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_wish")
    address = models.EmailField(max_length=254)
    wanted_at = models.DateTimeField()
    tried_on = models.DateField(null=True)  # the last day on which a message was handed over, or might have been
    counted_until = models.DateTimeField()  # notices up to here were told of
    failed_at = models.DateTimeField(null=True)  # empty again after the next success
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(failed_at__isnull=False) | Q(failure=""), name="mail_failure_when")
        ]


class MailServerState(models.Model):
    """One row: when the mail server last let us in, and when and why it last did not."""

    worked_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)
