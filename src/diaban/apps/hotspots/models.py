"""The registers of places: hot-spots with their whole life, incidents with what was seized, key routes. No persons."""

from __future__ import annotations

from typing import Final, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from diaban.apps.places.models import Unit

NO_PERSONAL_DATA: Final = _(
    "Không ghi tên, số định danh của người; không ghi nội dung chuyên án, cơ sở bí mật, biện pháp nghiệp vụ."
)


Row = TypeVar("Row", bound="Voidable")


class Counted(models.Manager[Row]):
    """The records that count: those recorded by mistake are left out."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(voided_at__isnull=True)


class Voidable(models.Model):
    """A record that can be declared recorded by mistake: kept and shown, counted nowhere (see `actions.voiding`)."""

    voided_at = models.DateTimeField(null=True)
    voided_on = models.DateField(null=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    void_document = models.CharField(max_length=200, blank=True)
    void_decider = models.CharField(max_length=200, blank=True)
    void_reason = models.TextField(blank=True)

    class Meta:
        abstract = True


class Kind(models.TextChoices):
    """Only the last kind feeds criterion b) of QĐ 28/2025/QĐ-TTg, Điều 4 (definition: Điều 2 khoản 1)."""

    AT_RISK = "diem_nguy_co", _("Điểm nguy cơ")
    POINT = "diem_phuc_tap", _("Điểm phức tạp")
    GATHERING = "tu_diem_phuc_tap", _("Tụ điểm phức tạp")
    HARBOURING = "diem_to_chuc_chua_chap", _("Điểm tổ chức, chứa chấp sử dụng")


class Grade(models.TextChoices):
    """How well a hot-spot is established (QĐ 28/2025/QĐ-TTg, Điều 2 khoản 1)."""

    SUSPECTED = "nghi_van", _("Nghi vấn")
    DOCUMENTED = "co_tai_lieu", _("Có tài liệu xác định")


class Form(models.TextChoices):
    PLACE = "place", _("Địa điểm cụ thể")
    AREA = "area", _("Khu vực")
    VEHICLE = "vehicle", _("Phương tiện di chuyển")


class Behaviour(models.TextChoices):
    DEALING = "mua_ban", _("Mua bán")
    ORGANISING = "to_chuc", _("Tổ chức sử dụng")
    HARBOURING = "chua_chap", _("Chứa chấp")
    USING = "su_dung", _("Sử dụng")


class Agency(models.TextChoices):
    """The body that discovers first handles (Luật 120/2025/QH15, Điều 11 khoản 4)."""

    COMMUNE_POLICE = "cong_an_xa", _("Công an cấp xã")
    PROVINCIAL_POLICE = "pc04", _("Phòng PC04 Công an tỉnh")
    BORDER_GUARD = "bien_phong", _("Bộ đội Biên phòng")
    COAST_GUARD = "canh_sat_bien", _("Cảnh sát biển")
    CUSTOMS = "hai_quan", _("Hải quan")
    OTHER = "khac", _("Cơ quan khác")


class Hotspot(models.Model):
    """A place, an area or a vehicle. What it is now; how it came there is in its steps.

    `state`, `kind`, `grade`, `unit`, the dates and `reformed_count` repeat what the steps say, so that lists are one
    query; only `actions` writes them, in the transaction that writes the step.
    """

    code = models.CharField(max_length=40)
    province = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")  # whose register gave the code
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    grade = models.CharField(max_length=12, choices=Grade.choices)
    form = models.CharField(max_length=8, choices=Form.choices, default=Form.PLACE)
    address = models.CharField(max_length=300, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")  # as of the last step that set it
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    outline = models.JSONField(null=True)  # GeoJSON Polygon, for an area
    behaviours = models.CharField(max_length=60, blank=True)  # codes of Behaviour, joined by commas
    lead_agency = models.CharField(max_length=16, choices=Agency.choices, blank=True)
    state = models.CharField(max_length=16)  # a state of the workflow "hotspot"
    detected_on = models.DateField(null=True)
    listed_on = models.DateField(null=True)
    eliminated_on = models.DateField(null=True)
    removed_on = models.DateField(null=True)
    reformed_on = models.DateField(null=True)
    reformed_count = models.PositiveSmallIntegerField(default=0)
    watch_until = models.DateField(null=True)  # null while watched: no watch period is set
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    basis = models.CharField(max_length=200, blank=True)  # document of the step that put it on the list
    note = models.TextField(blank=True, help_text=NO_PERSONAL_DATA)
    search = models.CharField(max_length=560)  # fold(code name address)
    name_sort = models.CharField(max_length=900)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["province", "code"], name="hotspot_code_once_in_a_province"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="hotspot_point_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"]),
            models.Index(fields=["state", "kind", "id"]),
            # Thin enough to be read whole: a search reads this instead of the wide rows.
            models.Index(fields=["state", "search"]),
            models.Index(fields=["kind", "id"]),
            models.Index(fields=["code", "id"]),
            models.Index(fields=["name_sort", "id"]),
            models.Index(fields=["listed_on", "id"]),
            models.Index(fields=["eliminated_on", "id"]),
            models.Index(fields=["updated_at", "id"]),
            models.Index(fields=["reformed_count", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def behaviour_codes(self) -> tuple[str, ...]:
        """The behaviours seen there."""
        return tuple(self.behaviours.split(",")) if self.behaviours else ()


class HotspotStep(models.Model):
    """One line of a hot-spot's log; never changed except for `stands` and `until`, which follow from later lines.

    The line that stands with `on <= day < until` tells the state, unit and kind at the end of `day`, so a count on
    any day is one plain filter. `undoes` is the `seq` of the line that this one takes back.
    """

    hotspot = models.ForeignKey(Hotspot, on_delete=models.CASCADE, related_name="steps")
    seq = models.PositiveSmallIntegerField()
    verb = models.CharField(max_length=16)
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    from_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    from_kind = models.CharField(max_length=24, blank=True)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    grade = models.CharField(max_length=12, blank=True)
    on = models.DateField()
    until = models.DateField(null=True)  # day of the next line that stands
    stands = models.BooleanField(default=True)
    undoes = models.PositiveSmallIntegerField(null=True)
    document = models.CharField(max_length=200)
    decider = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    target = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField()
    recorded_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hotspot", "seq"], name="hotspot_step_once")]
        indexes = [
            # Wide enough that "open in this period" reads it instead of the rows.
            models.Index(
                fields=["on", "until", "to_state", "hotspot"], condition=Q(stands=True), name="hotspot_step_open"
            ),
            models.Index(fields=["verb", "on"], condition=Q(stands=True), name="hotspot_step_verb"),
        ]


class IncidentKind(models.TextChoices):
    DEALING = "mua_ban", _("Mua bán")
    TRANSPORT = "van_chuyen", _("Vận chuyển")
    POSSESSION = "tang_tru", _("Tàng trữ")
    ORGANISING = "to_chuc", _("Tổ chức sử dụng")
    HARBOURING = "chua_chap", _("Chứa chấp")
    USING = "su_dung", _("Sử dụng trái phép")
    GROWING = "trong_cay", _("Trồng cây có chứa chất ma túy")
    MAKING = "san_xuat", _("Sản xuất")
    FOUND = "phat_hien_tang_vat", _("Phát hiện tang vật")
    OTHER = "khac", _("Việc khác")


class Source(models.TextChoices):
    """How it came to be known. Kept apart, so that a map of reports is not fed by the patrols it sends out."""

    REPORTED = "reported", _("Tin báo, tố giác, trình báo")
    PATROL = "patrol", _("Tuần tra, kiểm tra phát hiện")
    TIP = "tip", _("Hòm thư, nguồn tin ẩn danh")
    OTHER = "other", _("Nguồn khác")


class PlaceType(models.TextChoices):
    RESIDENTIAL = "residential", _("Khu dân cư")
    PUBLIC = "public", _("Nơi công cộng")
    BUSINESS = "business", _("Cơ sở kinh doanh có điều kiện về ANTT")
    SCHOOL = "school", _("Trường học")
    INDUSTRIAL = "industrial", _("Khu công nghiệp")
    COASTAL = "coastal", _("Ven biển, bãi biển, cảng")
    ON_THE_WAY = "road", _("Trên tuyến giao thông")
    OTHER = "other", _("Nơi khác")


class Incident(Voidable):
    """An event on a day at a place, with outcome counts. Counts that are null were not reported.

    `objects` are those that count; `everything` holds those recorded by mistake too.
    """

    code = models.CharField(max_length=40)
    province = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=300, blank=True)
    place_type = models.CharField(max_length=12, choices=PlaceType.choices, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    kind = models.CharField(max_length=20, choices=IncidentKind.choices)
    source = models.CharField(max_length=10, choices=Source.choices)
    hotspot = models.ForeignKey(Hotspot, null=True, on_delete=models.PROTECT, related_name="incidents")
    cases = models.PositiveIntegerField(null=True)  # vụ
    arrested = models.PositiveIntegerField(null=True)  # persons arrested on the area
    prosecuted = models.PositiveIntegerField(null=True)
    fined = models.PositiveIntegerField(null=True)  # administrative fines
    no_suspect = models.BooleanField(default=False)  # "vô chủ": drifted ashore, left behind
    note = models.TextField(blank=True, help_text=NO_PERSONAL_DATA)
    search = models.CharField(max_length=400)  # fold(code place)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = Counted()
    everything = models.Manager()  # noqa: DJ012 - `objects` first: it is the default

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["province", "code"], name="incident_code_once_in_a_province"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="incident_point_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(no_suspect=False) | Q(arrested__isnull=True) | Q(arrested=0),
                name="incident_without_suspect_has_no_arrest",
            ),
        ]
        indexes = [
            models.Index(fields=["on", "id", "arrested", "voided_at"]),
            models.Index(fields=["unit", "on"]),
            models.Index(fields=["kind", "on"]),
            models.Index(fields=["search", "arrested", "voided_at"]),  # read whole by a search, like that of hot-spots
            models.Index(fields=["code", "id"]),
        ]

    def __str__(self) -> str:
        return self.code


class Seizure(models.Model):
    """What was seized, in whole smallest units of one measure (mg, viên, ml, cây, m²); never added across measures."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="seizures")
    substance = models.CharField(max_length=24)  # code in catalogue/substances.yaml
    measure = models.CharField(max_length=6)  # code of a measure that the substance allows
    amount = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "substance", "measure"], name="seizure_once_per_measure"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="seizure_not_empty"),
        ]
        indexes = [models.Index(fields=["substance", "measure"])]


class Route(Voidable):
    """A key route (QĐ 28/2025/QĐ-TTg, Điều 3): a line along road, rail, water, air or sea that crosses units."""

    class Reach(models.TextChoices):
        INTRA = "intra", _("Nội tỉnh")
        INTER = "inter", _("Liên tỉnh")

    class Mode(models.TextChoices):
        ROAD = "road", _("Đường bộ")
        RAIL = "rail", _("Đường sắt")
        RIVER = "river", _("Đường thủy nội địa")
        SEA = "sea", _("Đường biển")
        AIR = "air", _("Đường hàng không")
        OTHER = "other", _("Luồng khác")

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    reach = models.CharField(max_length=6, choices=Reach.choices)
    mode = models.CharField(max_length=6, choices=Mode.choices, default=Mode.ROAD)
    decision_number = models.CharField(max_length=100, blank=True)
    decision_on = models.DateField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    line = models.JSONField(default=list)  # [[lon, lat], …] in WGS 84, along the route
    note = models.TextField(blank=True, help_text=NO_PERSONAL_DATA)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = Counted()
    everything = models.Manager()  # noqa: DJ012 - `objects` first: it is the default

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="route_not_empty"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RouteUnit(models.Model):
    """A route crosses a unit during `[valid_from, valid_to)`; `position` is the order along the line."""

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="crossings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["route", "unit", "valid_from"], name="route_crosses_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="route_crossing_not_empty"
            ),
        ]


class ProvinceValue(models.Model):
    """A value that no public text gives, entered by the province: "do đơn vị đặt". Dated; the latest one counts."""

    class Key(models.TextChoices):
        WATCH_MONTHS = "watch_months", _("Thời hạn theo dõi chống tái phức tạp (tháng)")
        ELIMINATION = "elimination", _("Thế nào là «triệt xóa»")
        POINT = "point", _("Thế nào là «điểm phức tạp», «điểm nguy cơ»")
        GATHERING = "gathering", _("Thế nào là «tụ điểm phức tạp»")

    key = models.CharField(max_length=20, choices=Key.choices)
    value = models.TextField(blank=True)  # empty: no longer set
    effective_from = models.DateField()
    document = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "effective_from"], name="province_value_once_a_day")]
