"""What was done, seen, taken out or refused: by whom, when, to what, why.

Written in the transaction of the act and chained by hashes (docs/methods/audit-chain.md); the database itself refuses
to change or delete a row (`guards`).
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaban.apps.audit.fields import CanonicalJSON, Number

ONLY: Final = 1  # the key of the one row of Head


class Kind(models.TextChoices):
    """What sort of thing an event tells of."""

    ACT = "act", _("Thay đổi")
    READ = "read", _("Xem")
    SEARCH = "search", _("Tìm kiếm")
    EXPORT = "export", _("Xuất")
    REFUSAL = "refusal", _("Bị từ chối")
    SIGN_IN = "sign-in", _("Đăng nhập")
    SYSTEM = "system", _("Hệ thống")


class Event(models.Model):
    """One event. `subject` is "<noun>:<key>"; `detail` holds the values before and after, never a person's data.

    `seq` counts 1, 2, 3 … without a gap. `prev` is the hash of the event before, `hash` that of this one with it.
    """

    seq = Number(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)  # the user name as it was; no foreign key, so accounts may end
    kind = models.CharField(max_length=10, choices=Kind.choices)
    verb = models.CharField(max_length=60)  # "hotspot.list"
    subject = models.CharField(max_length=80)
    purpose = models.CharField(max_length=20, blank=True)  # code of core.policy.Purpose
    detail = CanonicalJSON()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_log"
        # Each question of the journal ends in "newest first, from here on": an index holds the whole of it.
        indexes = [
            models.Index(fields=["at", "seq"], name="audit_at"),
            models.Index(fields=["actor", "at", "seq"], name="audit_actor"),
            models.Index(fields=["verb", "at", "seq"], name="audit_verb"),
            models.Index(fields=["subject", "at", "seq"], name="audit_subject"),
            models.Index(fields=["kind", "at", "seq"], name="audit_kind"),
            models.Index(fields=["purpose", "at", "seq"], name="audit_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class Head(models.Model):
    """Where the chain stands: one row, moved on by every event. `mark` is keyed: only who holds the key ring makes it.

    `origin` is the random name of this chain, in the hash of its first event.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    origin = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    mark = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"


class SignedCheckpoint(models.Model):
    """A signed statement of where the chain stood (`core.chain.Checkpoint`); its twin is a line of the witness file."""

    number = Number(primary_key=True)
    origin = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.CharField(max_length=26)  # text as it was signed: UTC, microseconds
    key = models.CharField(max_length=40)
    signature = models.CharField(max_length=128)

    class Meta:
        db_table = "audit_checkpoint"

    def __str__(self) -> str:
        return f"{self.number}: {self.seq}"
