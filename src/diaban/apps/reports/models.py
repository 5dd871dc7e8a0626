"""Dossiers as they were submitted and as they were issued, and the letterhead they were issued under."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from diaban.apps.localities.models import Cycle


class Letterhead(models.Model):
    """Who issues, to whom, who signs, from a day on. Set by the issuing unit; rows are added, never edited."""

    effective_from = models.DateField(_("Áp dụng từ ngày"))
    parent = models.CharField(_("Cơ quan chủ quản"), max_length=200, blank=True)
    issuer = models.CharField(_("Cơ quan ban hành"), max_length=200)
    issuer_short = models.CharField(_("Tên cơ quan trong câu"), max_length=200)
    symbol = models.CharField(_("Ký hiệu sau “BC-”"), max_length=60, blank=True)
    place = models.CharField(_("Địa danh"), max_length=100, blank=True)
    addressee = models.CharField(_("Kính gửi"), max_length=300, blank=True)
    recipients = models.TextField(_("Nơi nhận"), blank=True)  # one a line, without the last ("Lưu: …")
    archive = models.CharField(_("Lưu"), max_length=60, default="VT")
    authority = models.CharField(_("Quyền hạn ký"), max_length=100, blank=True)
    position = models.CharField(_("Chức vụ người ký"), max_length=100, blank=True)
    signer = models.CharField(_("Họ tên người ký"), max_length=100, blank=True)
    approver = models.CharField(_("Cấp phê duyệt phân loại"), max_length=200, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.issuer_short


class Submission(models.Model):
    """A draft laid before somebody else for issuing: what exactly was submitted, by whom, and what was answered.

    `content` is the SHA-256 of what the snapshot says without number, day, letterhead and issue: an issue freezes the
    content that was submitted, or nothing.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("Chờ duyệt")
        RETURNED = "returned", _("Đã trả lại")
        REPLACED = "replaced", _("Đã trình bản khác thay")
        ISSUED = "issued", _("Đã phát hành")

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="submissions")
    turn = models.PositiveSmallIntegerField()  # 1 for the first submission of the cycle
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    snapshot = models.JSONField()
    digest = models.CharField(max_length=64)
    content = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500, blank=True)  # why it is to be issued again
    by = models.CharField(max_length=150)
    in_name_of = models.CharField(max_length=150, blank=True)  # who had delegated it; empty: their own act
    at = models.DateTimeField()
    remark = models.CharField(max_length=1000, blank=True)  # why it was returned
    answered_by = models.CharField(max_length=150, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "turn"], name="submission_numbered_once"),
            models.UniqueConstraint(fields=["cycle"], condition=Q(state="waiting"), name="submission_waits_alone"),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(remark=""), name="returned_with_remark"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle}/trình {self.turn}"


class Issue(models.Model):
    """One issue of a cycle's dossier: a frozen snapshot from which the same bytes are printed for ever.

    `content` is the SHA-256 of what the snapshot says without its number, day, letterhead and issue: two issues with
    the same content say the same. `digest` is that of the whole snapshot.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="issues")
    issue = models.PositiveSmallIntegerField()
    document_number = models.PositiveIntegerField(null=True)
    document_date = models.DateField(null=True)
    snapshot = models.JSONField()
    digest = models.CharField(max_length=64)
    content = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, blank=True)  # why it was issued again
    submission = models.OneToOneField(Submission, null=True, on_delete=models.PROTECT, related_name="issued_as")
    submitted_by = models.CharField(max_length=150, blank=True)  # empty: issued before submissions were kept
    by = models.CharField(max_length=150)
    in_name_of = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "issue"], name="issue_numbered_once"),
            models.CheckConstraint(condition=~Q(by=F("submitted_by")), name="issue_by_another_than_submitted"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle}/{self.issue}"
