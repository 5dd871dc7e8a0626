"""Who answers for what: agencies, the named posts in them, who holds a post, and what is in its charge.

Work is given to a post, not to a person: when the holder changes, everything open goes to the next one.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from diaban.apps.hotspots.models import Hotspot
from diaban.apps.places.models import Unit


class Agency(models.Model):
    """A body that a plan names. One of the commune level ("Công an cấp xã") stands for itself in every commune."""

    class Level(models.TextChoices):
        CENTRAL = "central", _("Trung ương")
        PROVINCE = "province", _("Cấp tỉnh")
        DISTRICT = "district", _("Cấp huyện")
        COMMUNE = "commune", _("Cấp xã")

    class Line(models.TextChoices):
        POLICE = "police", _("Công an")
        ADMINISTRATION = "administration", _("Ủy ban nhân dân và sở, ngành")
        HEALTH = "health", _("Y tế, lao động – xã hội")
        UNION = "union", _("Mặt trận và đoàn thể")
        OTHER = "other", _("Khác")

    code = models.SlugField(max_length=60, unique=True)  # "so_y_te"
    name = models.CharField(max_length=160)  # "Sở Y tế"
    short = models.CharField(max_length=60, blank=True)  # "SYT", for narrow columns
    level = models.CharField(max_length=10, choices=Level.choices)
    line = models.CharField(max_length=16, choices=Line.choices)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)  # the first day on which it no longer exists
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="predecessors")
    reference = models.CharField(max_length=200, blank=True)  # the document that made or ended it
    search = models.CharField(max_length=2000, blank=True)  # folded spellings, each between bars: "|so y te|syt|"
    name_sort = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A named post ("Phó Chủ tịch UBND phường"): in a province's agency, or in a commune's (then with its unit)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    heads = models.BooleanField(default=False)  # answers for the agency (in the unit): late work is told to this post
    ended_on = models.DateField(null=True)  # the first day on which the post no longer exists
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "unit", "title"], condition=Q(ended_on__isnull=True), name="post_once_in_unit"
            ),
            models.UniqueConstraint(
                fields=["agency", "title"],
                condition=Q(ended_on__isnull=True, unit__isnull=True),
                name="post_once_in_agency",
            ),
        ]
        indexes = [models.Index(fields=["unit", "agency"])]

    def __str__(self) -> str:
        return self.title


class Holding(models.Model):
    """Who holds a post during `[start, end)`. At most one holder at a time; rows are ended, not deleted."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="holdings")
    start = models.DateField()
    end = models.DateField(null=True)
    document = models.CharField(max_length=200, blank=True)
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="holding_ends_after"),
            models.UniqueConstraint(fields=["post"], condition=Q(end__isnull=True), name="holding_one_at_a_time"),
        ]
        indexes = [models.Index(fields=["user", "end"])]


class Charge(models.Model):
    """What a post answers for during `[start, end)`: a commune, or a hot-spot. A task names its post itself."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="charges")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    hotspot = models.ForeignKey(Hotspot, null=True, on_delete=models.PROTECT, related_name="charges")
    start = models.DateField()
    end = models.DateField(null=True)
    document = models.CharField(max_length=200, blank=True)
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, hotspot__isnull=True) | Q(unit__isnull=True, hotspot__isnull=False),
                name="charge_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="charge_ends_after"),
            models.UniqueConstraint(fields=["unit"], condition=Q(end__isnull=True), name="charge_of_unit_once"),
            models.UniqueConstraint(fields=["hotspot"], condition=Q(end__isnull=True), name="charge_of_hotspot_once"),
        ]
        indexes = [models.Index(fields=["post", "end"])]
