"""Administrative units as they were and are: names, codes, levels, parents, populations and outlines, all dated."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    PROVINCE = "province", _("Cấp tỉnh")
    DISTRICT = "district", _("Cấp huyện")
    COMMUNE = "commune", _("Cấp xã")


class Kind(models.TextChoices):
    """The title that stands before a unit's name."""

    TINH = "tinh", _("Tỉnh")
    THANH_PHO_TW = "thanh_pho_tw", _("Thành phố trực thuộc trung ương")
    THANH_PHO = "thanh_pho", _("Thành phố")
    QUAN = "quan", _("Quận")
    HUYEN = "huyen", _("Huyện")
    THI_XA = "thi_xa", _("Thị xã")
    PHUONG = "phuong", _("Phường")
    XA = "xa", _("Xã")
    THI_TRAN = "thi_tran", _("Thị trấn")
    DAC_KHU = "dac_khu", _("Đặc khu")


class Unit(models.Model):
    """A territory with one identity from its first day to its last, whatever it was called."""

    uid = models.CharField(max_length=40, unique=True)  # "26506@2025-07-01"

    def __str__(self) -> str:
        return self.uid


class Spell(models.Model):
    """What a unit was called, coded, ranked and placed under, during `[valid_from, valid_to)`."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="spells")
    name = models.CharField(max_length=120)  # with its title: "Phường Vũng Tàu"
    name_folded = models.CharField(max_length=120, db_index=True)
    code = models.CharField(max_length=10, db_index=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    level = models.CharField(max_length=10, choices=Level.choices)
    parent = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="child_spells")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    instrument = models.CharField(max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="spell_not_empty"
            ),
            models.UniqueConstraint(fields=["unit", "valid_from"], name="spell_once_a_day"),
        ]
        indexes = [models.Index(fields=["level", "valid_from", "valid_to"])]

    def __str__(self) -> str:
        return self.name


class Lineage(models.Model):
    """Part or all of `source`'s territory became part of `target` on a day.

    `share_num / share_den` is the part of the source's population that went; both empty means unknown.
    """

    source = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="successor_edges")
    target = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="predecessor_edges")
    on = models.DateField()
    share_num = models.PositiveIntegerField(null=True)
    share_den = models.PositiveIntegerField(null=True)
    basis = models.CharField(max_length=40, blank=True)  # whole | population | area | declared
    instrument = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target", "on"], name="lineage_once")]


class Population(models.Model):
    """Residents of a unit on a day, with its source: a census count or a declared "nhân khẩu hiện đang cư trú"."""

    class Source(models.TextChoices):
        CENSUS = "census", _("Tổng điều tra")
        RESIDENT = "resident", _("Nhân khẩu hiện đang cư trú")
        ESTIMATE = "estimate", _("Ước tính")

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="populations")
    as_of = models.DateField()
    value = models.PositiveIntegerField()
    source_kind = models.CharField(max_length=10, choices=Source.choices)
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "as_of", "source_kind"], name="population_once_a_day_and_kind")
        ]


class Area(models.Model):
    """Natural area ("diện tích tự nhiên") of a unit in km² as published for a day."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="areas")
    as_of = models.DateField()
    km2 = models.DecimalField(max_digits=10, decimal_places=4)
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "as_of"], name="area_once_a_day")]


class Boundary(models.Model):
    """An outline of a unit, as GeoJSON geometry in WGS 84, valid during `[valid_from, valid_to)`."""

    class Quality(models.TextChoices):
        OFFICIAL = "official", _("Chính thức")
        INDICATIVE = "indicative", _("Tham khảo")

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="boundaries")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    geometry = models.JSONField()
    display = models.JSONField(null=True)  # a thinner copy for the screen; empty when the geometry is small itself
    min_lon = models.FloatField()
    min_lat = models.FloatField()
    max_lon = models.FloatField()
    max_lat = models.FloatField()
    quality = models.CharField(max_length=10, choices=Quality.choices)
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "valid_from"], name="boundary_once_a_day")]


class WorkArea(models.Model):
    """Where this installation works: the territory of its roots, on whatever day is asked.

    A root may have ended: "tỉnh Bà Rịa - Vũng Tàu" (until 30/6/2025) means, today, the 30 units of Thành phố Hồ Chí
    Minh that were made of it. A root may be a province, a district or single communes.
    """

    name = models.CharField(max_length=120)
    roots = models.ManyToManyField(Unit, related_name="+")
    is_current = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="one_current_work_area")
        ]

    def __str__(self) -> str:
        return self.name


class RegisterStamp(models.Model):
    """One row whose token changes with every change of units, spells, lineage or points: processes compare it."""

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token
