"""Plans as data: the text as it was read, its clauses, what each asks for, and the versions it went through."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from diaban.apps.agencies.models import Agency
from diaban.apps.jobs.models import Run
from diaban.apps.places.models import Unit


class Plan(models.Model):
    """A plan or a set of targets, through all its versions. `unit` empty: of the whole working area.

    `parent` is the plan that this one carries out in a commune.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("Kế hoạch")
        PROGRAMME = "programme", _("Chương trình, bộ chỉ tiêu nhiều năm")
        REGISTRATION = "registration", _("Đăng ký chỉ tiêu hằng năm")

    code = models.SlugField(max_length=60, unique=True)  # "kh208-2022"
    name = models.CharField(max_length=200)  # short, for lists: "KH 208/KH-UBND (2022–2025)"
    kind = models.CharField(max_length=14, choices=Kind.choices, default=Kind.PLAN)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)  # its last day
    search = models.TextField(blank=True)  # folded name and number of the newest version
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="plan_ends_after",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """One text of a plan. A draft is edited; in force it is only followed; an amendment makes the next version."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Đang rà soát")
        IN_FORCE = "in_force", _("Đang thực hiện")
        SUPERSEDED = "superseded", _("Đã thay bằng bản sau")
        ENDED = "ended", _("Đã kết thúc")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    seq = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    number = models.CharField(max_length=80, blank=True)
    date = models.DateField(null=True)
    effective = models.DateField(null=True)
    issuer = models.CharField(max_length=200, blank=True)
    signer = models.CharField(max_length=120, blank=True)
    field = models.CharField(max_length=120, blank=True)
    title = models.TextField(blank=True)
    bases = models.JSONField(default=list)  # [{"kind", "number", "date", "issuer", "title", "words"}]
    text = models.TextField(blank=True)  # the original, as it was read
    source = models.CharField(max_length=200, blank=True)  # name of the file, or "catalogue"
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the file's bytes
    notes = models.JSONField(default=list)  # what the reader says of the whole: cut, layout, doubts
    in_force_from = models.DateField(null=True)
    in_force_to = models.DateField(null=True)  # the first day on which the next version holds
    reason = models.CharField(max_length=500, blank=True)  # why it was amended
    read_by = models.CharField(max_length=150)
    read_at = models.DateTimeField()
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")  # that reads a long text

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "seq"], name="version_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="draft"), name="version_one_draft"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="in_force"), name="version_one_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.plan_id} ({self.seq})"


class Mark(models.TextChoices):
    """How a piece of structure came to be, and whether somebody looked at it."""

    FOUND = "found", _("Máy đọc, chưa xem")
    ACCEPTED = "accepted", _("Đã chấp nhận")
    CORRECTED = "corrected", _("Đã sửa")
    ADDED = "added", _("Thêm tay")
    REJECTED = "rejected", _("Đã bỏ")


class Clause(models.Model):
    """One sentence or heading of a version. `stem`: the same clause in the first version that had it (empty: this one).

    Tasks hold on to the stem, so that they follow the clause through amendments.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="clauses")
    stem = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="later")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    position = models.PositiveIntegerField()  # order in the text
    depth = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=80)  # "I.2.-1"
    mark = models.CharField(max_length=20, blank=True)  # what stood before it: "1.", "a)", "-"
    text = models.TextField()
    heading = models.BooleanField(default=False)
    uncertain = models.BooleanField(default=False)
    why = models.CharField(max_length=300, blank=True)  # what made the reader unsure
    readings = models.JSONField(default=list)  # several ways to read a garbled sentence, each a text
    first_char = models.PositiveIntegerField(null=True)  # where it stands in Version.text
    last_char = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=10, choices=Mark.choices, default=Mark.FOUND)
    no_measure = models.CharField(max_length=300, blank=True)  # why nothing is measured or done for it
    agencies = models.ManyToManyField(Agency, through="ClauseAgency", related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "path"], name="clause_path_once"),
            models.UniqueConstraint(fields=["version", "position"], name="clause_position_once"),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def key(self) -> int:
        """Return the id that tasks hold on to."""
        return self.stem_id or self.pk


class ClauseAgency(models.Model):
    """An agency that a clause names, and in which words. `agency` is empty while the register does not know `name`."""

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="named")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clause", "agency"], name="clause_names_agency_once")]


class Indicator(models.Model):
    """What is measured. `source` says from where: "register:<key>" is computed here, "declared" is entered."""

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    measure = models.CharField(max_length=40)  # unit of measure: "điểm", "xã", "người", "%"
    kind = models.CharField(max_length=12)  # stock | flow | cumulative
    numerator = models.CharField(max_length=300, blank=True)
    denominator = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=60)
    reference = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.title

    @property
    def register(self) -> str:
        """The key under which the registers give the figure; empty where it is declared."""
        return self.source.removeprefix("register:") if self.source.startswith("register:") else ""

    @property
    def is_growth(self) -> bool:
        """Whether the figure itself is a change in percent: its numerator is a difference ("… trừ …")."""
        return self.measure == "%" and " trừ " in self.numerator


class Target(models.Model):
    """What a clause promises to reach, in the clause's own `words`; `reading` tells which way they are read here."""

    class Kind(models.TextChoices):
        FLOOR = "floor", _("Tối thiểu")
        FLOOR_STRICT = "floor_strict", _("Trên mức")
        CEILING = "ceiling", _("Tối đa")
        CEILING_STRICT = "ceiling_strict", _("Dưới mức")
        COVERAGE = "coverage", _("Phủ 100 %")
        GROWTH_CAP = "growth_cap", _("Tăng dưới mức")
        ZERO = "zero", _("Không để xảy ra")
        MUST_RISE = "must_rise", _("Phải tăng")
        MUST_FALL = "must_fall", _("Phải giảm")
        DONE = "done", _("Phải có")
        FOLLOW = "follow", _("Theo dõi, không đặt mức")

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="targets")
    indicator = models.ForeignKey(Indicator, null=True, on_delete=models.PROTECT, related_name="targets")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    op = models.CharField(max_length=8, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    upper = models.DecimalField(max_digits=14, decimal_places=4, null=True)  # of a range "5-10%": its higher end
    measure = models.CharField(max_length=40, blank=True)
    against = models.CharField(max_length=120, blank=True)
    by = models.CharField(max_length=120, blank=True)
    words = models.TextField()
    reading = models.CharField(max_length=300, blank=True)
    uncertain = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Mark.choices, default=Mark.FOUND)


class Reported(models.Model):
    """A figure that an agency declares for an indicator that no register computes. Corrections are new rows."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="reported")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    numerator = models.DecimalField(max_digits=16, decimal_places=4)
    denominator = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    document = models.CharField(max_length=200)
    declared_by = models.CharField(max_length=150)
    declared_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)  # when a later row took its place

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="reported_period_not_empty")
        ]
        indexes = [models.Index(fields=["indicator", "last_day"])]


class Duty(models.Model):
    """What looks like a task in a clause, for whom and by when; accepted, the programme makes a task of it.

    `lead_name` and `other_names` are agencies of the text that the register does not know (yet). `also` are further
    clauses that the same task carries out.
    """

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="duties")
    title = models.CharField(max_length=400)
    words = models.TextField()
    lead = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    lead_name = models.CharField(max_length=200, blank=True)
    others = models.ManyToManyField(Agency, related_name="+")
    other_names = models.JSONField(default=list)
    also = models.ManyToManyField(Clause, related_name="served_by")
    level = models.CharField(max_length=10, default="province")  # province | commune: who carries it out
    due = models.DateField(null=True)
    deadline = models.CharField(max_length=200, blank=True)  # the words of the text
    regime = models.CharField(max_length=20, blank=True)  # recurrence: period regime ("nd09") and grain
    grain = models.CharField(max_length=10, blank=True)  # month | quarter | half | year
    product = models.CharField(max_length=300, blank=True)
    uncertain = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Mark.choices, default=Mark.FOUND)


class Edit(models.Model):
    """One act on a draft: what rows were before and after it, so that it can be undone step by step.

    `changes` holds {"clauses" | "named" | "targets" | "duties": {id: [before, after]}}; None stands for no row.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="edits")
    seq = models.PositiveIntegerField()
    act = models.CharField(max_length=20)
    path = models.CharField(max_length=80, blank=True)  # the clause that it began at, as it was called then
    changes = models.JSONField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "seq"], name="edit_once")]
