"""One record of every kind in three places: at home (Vũng Tàu), next door (Tam Thắng), far away (Côn Đảo).

A route that names a record has its entry in `SAMPLES`: which records, and which permission opens them to the eye. A
new route without an entry fails the matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from cast import BY_NAME, FAR_AWAY, HOME, NEXT_DOOR, TODAY, play_all
from diaban.adapters.workbooks import write_template
from diaban.apps.access import House, Permission
from diaban.apps.accounts.models import Delegation, User
from diaban.apps.agencies import actions as agencies
from diaban.apps.agencies.models import Agency, Holding, Post
from diaban.apps.analyses import actions as analyses
from diaban.apps.analyses.models import Alert, Analysis
from diaban.apps.choosing import actions as choosing
from diaban.apps.concerns import actions as concerns
from diaban.apps.exchange import actions as exchange
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.registry import sheet_by_code
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.hotspots.models import Hotspot, Incident
from diaban.apps.inbox.models import Notice
from diaban.apps.jobs.models import Run
from diaban.apps.localities import actions as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.places import actions as place_actions
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.plans import actions as plans
from diaban.apps.plans.models import Version
from diaban.apps.programme import actions as programme
from diaban.apps.programme.models import Turn
from diaban.apps.reports import actions as reports
from diaban.apps.transformation import actions as transformation

AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
PLACES: Final = {"own": HOME, "neighbour": NEXT_DOOR, "foreign": FAR_AWAY}
HOUSE = House("ma trận")
YEAR = 2026
PLAN = "kh208-2022"


@dataclass
class World:
    """The cast and what there is in each of the three places (by the code of the unit)."""

    cast: dict[str, User]
    units: dict[str, Unit]
    spots: dict[str, Hotspot] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    routes: dict[str, int] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    officers: dict[str, User] = field(default_factory=dict)
    lent: dict[str, Delegation] = field(default_factory=dict)
    dossiers: dict[str, str] = field(default_factory=dict)
    plans: dict[str, str] = field(default_factory=dict)  # of transformation
    turns: dict[str, Turn] = field(default_factory=dict)  # of a task of the commune
    whole_task: str = ""  # code of a task of the province
    evidence: dict[str, int] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    own_plans: dict[str, Version] = field(default_factory=dict)  # drafts of communes' own plans
    posts: dict[str, int] = field(default_factory=dict)
    charges: dict[str, int] = field(default_factory=dict)
    concerns: dict[str, str] = field(default_factory=dict)
    analyses: dict[str, Analysis] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)


def build() -> World:
    """Make the world; the acts are those of An, who may do them everywhere."""
    place_actions.load_catalogue(by=HOUSE, at=AT)
    cast = play_all()
    world = World(cast, {code: places.unit_by_code(code, TODAY) for code in PLACES.values()})
    an, day = cast["an"], date(2026, 10, 1)
    for code, unit in world.units.items():
        paper = {"document": f"{code}/QĐ", "decider": "Giám đốc Công an tỉnh"}
        world.spots[code] = hotspots.create_hotspot(
            by=an, at=AT, name=f"Điểm tại {code}", unit=unit, kind="diem_phuc_tap", grade="co_tai_lieu", on=day,
            verb="enlist", **paper,
        )  # fmt: skip
        world.incidents[code] = hotspots.record_incident(
            by=an, at=AT, on=day, unit=unit, kind="mua_ban", source="reported", cases=1
        )
        route = hotspots.record_route(
            by=an,
            at=AT,
            values={"name": f"Tuyến {code}", "reach": "intra", "decision_number": "1/QĐ", "valid_from": day},
            units=[unit],
        )
        world.routes[code] = route.pk
    parent = plans.load_from_catalogue(code=PLAN, by=HOUSE, at=AT)
    for code, unit in world.units.items():
        world.own_plans[code] = plans.make_commune_plan(parent=parent, unit=unit, by=HOUSE, at=AT)
    localities.open_cycle(year=YEAR, by=an, at=AT)
    _choices(world)
    _tasks(world)
    _posts(world)
    _reports(cast)
    _analyses(world)
    workbook = write_template(sheet_by_code("hotspots").spec, [])
    for name in ("binh", "ha", "khoa"):
        sender = cast[name]
        code = BY_NAME[name].code
        batch = exchange.receive(sheet="hotspots", file_name="so.xlsx", data=workbook, options={}, by=sender, at=AT)
        Batch.objects.filter(pk=batch.pk).update(state=Batch.State.CHECKED)
        world.batches[code] = batch
        world.runs[code] = Run.objects.create(kind="exchange.check", by=sender, created_at=AT)
        world.notices[code] = Notice.objects.create(
            user=sender, kind=Notice.Kind.REMINDER, topic="turn:1", msgid="ma trận", url="/", created_at=AT
        )
        world.officers[code] = sender
        world.lent[code] = Delegation.objects.create(
            assignment=sender.assignments.get(),
            receiver=cast["dung"],
            start=date(2020, 1, 1),
            end=date(2099, 1, 1),
            reason="ma trận",
            given_by=sender.username,
            given_at=AT,
        )
    assert Cycle.objects.count() == 1
    return world


ANSWER: Final[Mapping[str, Any]] = {
    "schema": "diaban.analysis/1", "question": "scan", "level": "found", "rows": "clusters",
    "headline": {"msgid": "Một cụm", "params": {}}, "sentences": [], "columns": [], "numbers": {}, "curves": [],
    "clusters": [{"observed": 1}], "shapes": [], "geodesic": True, "cautions": [], "methods": ["scan"],
    "reproduce": {"program": "ma trận", "libraries": {}, "replicates": 99, "command": ""},
}  # fmt: skip


def _analyses(world: World) -> None:
    """Have a question about each place answered, and an alert raised there."""
    for code, unit in world.units.items():
        first, last, found = date(2026, 1, 1), date(2026, 10, 31), {"question": "scan"}
        order = analyses.Order("scan", unit, first, last, ["reported"], found)
        row = analyses.ask(by=HOUSE, at=AT, order=order, queue=False)
        kept = {"seed": 1, "digest": "0" * 64, "events": 1, "left_out": {}, "where": [[[unit.uid, 1]]]}
        row = analyses.keep_answer(by=HOUSE, at=AT, analysis=row, document=ANSWER, **kept)
        seen = analyses.Seen("cluster", f"cluster:{code}", ANSWER["headline"], unit=unit, row=0)
        alert = analyses.raise_alert(by=HOUSE, at=AT, analysis=row, seen=seen)
        assert alert is not None
        world.analyses[code], world.alerts[code] = row, alert


def _reports(cast: dict[str, User]) -> None:
    """Issue the dossier of the year once, and have another submission of it wait."""
    cycle = Cycle.objects.get()
    given = reports.submit(by=cast["an"], at=AT, cycle=cycle)
    reports.issue(by=cast["phuc"], at=AT, submission=given)
    reports.submit(by=cast["an"], at=AT, cycle=cycle, reason="ma trận")


def _choices(world: World) -> None:
    """Have each place chosen for itself, by three other hands."""
    for code, unit in world.units.items():
        pick = choosing.Pick(unit.uid, "ma trận")
        given = choosing.propose(cycle=Cycle.objects.get(), title=code, picks=[pick], by=House("một"), at=AT)
        choosing.appraise(dossier=given, by=House("hai"), at=AT)
        choosing.decide(dossier=given, number=f"{code}/QĐ", date=AT.date(), by=House("ba"), at=AT)
        world.dossiers[code] = given.code
        plan = transformation.make(unit=unit, choice=given.choices.get(), starts=AT.date(), by=House("một"), at=AT)
        world.plans[code] = plan.code


def _posts(world: World) -> None:
    """Have a post in each place answer for the place and its hot-spot."""
    agency = Agency.objects.get(code="matrix-police")
    for code, unit in world.units.items():
        post = agencies.make_post(by=HOUSE, at=AT, agency=agency, unit=unit, title=f"Trưởng {code}", heads=False)
        given = {"by": HOUSE, "at": AT, "post": post, "start": AT.date(), "document": "ma trận"}
        charge = agencies.charge_units(units=[unit], **given)[0]
        agencies.charge_hotspots(hotspots=[world.spots[code]], **given)
        world.posts[code], world.charges[code] = post.pk, charge.pk
        asked = Agency.objects.get(code="matrix-health")
        issue = concerns.Issue(unit, "means", "Vướng mắc ma trận", "ma trận", asked)
        world.concerns[code] = concerns.raise_concern(by=HOUSE, at=AT, issue=issue).code


def _tasks(world: World) -> None:
    """Give each place a task in which the department of health, for which Giang speaks, takes part."""
    agency = Agency.objects.create(code="matrix-police", name="Công an xã ma trận", level="commune", line="police")
    health = Agency.objects.create(code="matrix-health", name="Sở Y tế ma trận", level="province", line="health")
    post = Post.objects.create(agency=health, title="Chuyên viên ma trận", created_at=AT)
    Holding.objects.create(post=post, user=world.cast["giang"], start=date(2020, 1, 1), given_by="ma trận", given_at=AT)
    given = programme.Order(
        title="Việc ma trận", lead=agency, starts=date(2026, 11, 1), due=date(2026, 12, 1), others=(health,)
    )
    for code, unit in world.units.items():
        task = programme.give_task(order=given, unit=unit, by=HOUSE, at=AT, from_above=False)
        turn = task.turns.get()
        shown = programme.Shown(kind="file", words="ma trận", file_name="a.csv", data=b"a;b\n")
        world.turns[code] = turn
        world.evidence[code] = programme.add_evidence(turn=turn, given=shown, by=HOUSE, at=AT).pk
        asked = programme.ask_extension(turn=turn, until=date(2026, 12, 20), reason="ma trận", by=HOUSE, at=AT)
        world.extensions[code] = asked.pk
    world.whole_task = programme.give_task(order=replace(given, lead=health, others=()), by=HOUSE, at=AT).code


Names = Callable[[World, str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Sample:
    """How a route names a record of a place, and what opens that record to the eye (None: it is its sender's alone).

    `method` is how a route that does not show a page is asked.
    """

    names: Names
    seen_by: Permission | None = None
    method: str = "get"
    body: str = "{}"
    needs: tuple[Permission, ...] = ()  # held besides, because of what the address names (the register of a workbook)
    parties: bool = False  # whoever lent and whoever received see it as well
    of: str = "unit"  # unit: the policy decides by its unit; sender: only its sender; nothing: it names no record;
    # whole: it belongs to the whole area


def _nothing(**fixed: Any) -> Sample:
    return Sample(lambda _world, _code: fixed, of="nothing")


def _posted(sample: Sample) -> Sample:
    return replace(sample, method="post")


P = Permission
_analysis = Sample(lambda world, code: {"code": world.analyses[code].code}, P.ANALYSIS_VIEW)
_alert = Sample(lambda world, code: {"code": world.alerts[code].code}, P.ANALYSIS_VIEW)
_concern = Sample(lambda world, code: {"code": world.concerns[code]}, P.CONCERN_VIEW)
_post = Sample(lambda world, code: {"pk": world.posts[code]}, P.TASK_VIEW)
_spot = Sample(lambda world, code: {"pk": world.spots[code].pk}, P.HOTSPOT_VIEW)
_incident = Sample(lambda world, code: {"pk": world.incidents[code].pk}, P.INCIDENT_VIEW)
_route = Sample(lambda world, code: {"pk": world.routes[code]}, P.ROUTE_VIEW)
_standing = Sample(lambda world, code: {"year": YEAR, "uid": world.units[code].uid}, P.REVIEW_VIEW)
_unit = Sample(lambda world, code: {"uid": world.units[code].uid}, P.UNIT_VIEW)
_batch = Sample(lambda world, code: {"number": world.batches[code].number}, P.HOTSPOT_RECORD)
_officer = Sample(lambda world, code: {"username": world.officers[code].username}, P.ACCOUNT_VIEW)
_dossier = Sample(lambda world, code: {"code": world.dossiers[code]}, P.CHOICE_VIEW)
_plan = Sample(lambda world, code: {"code": world.plans[code]}, P.TRANSFORM_VIEW)
_submission = Sample(lambda w, c: {"year": YEAR, "turn": 2}, of="whole")
_notice = Sample(lambda world, code: {"pk": world.notices[code].pk}, of="sender", method="post")
_run = Sample(lambda world, code: {"pk": world.runs[code].pk}, of="sender")

_own_plan = Sample(lambda w, c: {"code": w.own_plans[c].plan.code}, P.PLAN_VIEW)
_version = Sample(lambda w, c: {"code": w.own_plans[c].plan.code, "seq": 1}, P.PLAN_VIEW)


def _clause_of(world: World, code: str) -> dict[str, Any]:
    version = world.own_plans[code]
    clause = version.clauses.filter(heading=False).order_by("position")[0]
    return {"code": version.plan.code, "seq": 1, "clause": clause.pk}


_clause = Sample(_clause_of, P.PLAN_VIEW)
_found = Sample(lambda w, c: _clause_of(w, c) | {"pk": 0}, P.PLAN_VIEW)


def _of_turn(**fixed: Any) -> Sample:
    return Sample(lambda w, c: {"code": w.turns[c].task.code, "seq": 1} | fixed, P.TASK_VIEW)


_task = Sample(lambda w, c: {"code": w.turns[c].task.code}, P.TASK_VIEW)
_evidence = Sample(lambda w, c: {"pk": w.evidence[c]}, P.TASK_VIEW)
_more_time = Sample(lambda w, c: {"pk": w.extensions[c]}, P.TASK_VIEW)

SAMPLES: Final[Mapping[str, Sample]] = {
    "plans:detail": _own_plan,
    "plans:version": _version,
    "plans:version_number": Sample(lambda w, c: {"pk": w.own_plans[c].pk}, P.PLAN_VIEW),
    "plans:indicator": _nothing(code="A2"),
    "plans:compare": _own_plan,
    "plans:amend": _own_plan,
    "plans:end": _own_plan,
    "plans:own": _nothing(code=PLAN),
    "plans:edit": _version,
    "plans:act": _posted(_version),
    "plans:head": _version,
    "plans:force": _version,
    "plans:discard": _version,
    "plans:rematch": _posted(_clause),
    "plans:add": _clause,
    "plans:clause": _clause,
    "plans:goal": _found,
    "plans:duty": _found,
    "choosing:ranking": _nothing(year=YEAR),
    "choosing:propose": _nothing(year=YEAR),
    "choosing:dossier": _dossier,
    "choosing:revise": _dossier,
    "choosing:appraise": _dossier,
    "choosing:send_back": _dossier,
    "choosing:decide": _dossier,
    "choosing:withdraw": _dossier,
    "transformation:plan": _plan,
    "transformation:answers": _plan,
    "transformation:phases": _plan,
    "transformation:give": _plan,
    "transformation:step": replace(_plan, names=lambda w, c: {"code": w.plans[c], "verb": "begin"}),
    "transformation:approve": replace(_plan, names=lambda w, c: {"code": w.plans[c], "verb": "approve"}),
    "hotspots:detail": _spot,
    "hotspots:edit": _spot,
    "hotspots:step": Sample(lambda w, c: {"pk": w.spots[c].pk, "verb": "plan"}, P.HOTSPOT_VIEW),
    "hotspots:undo": _spot,
    "hotspots:void": Sample(lambda w, c: {"what": "diem", "pk": w.spots[c].pk}, P.HOTSPOT_VIEW),
    "hotspots:restore": Sample(lambda w, c: {"what": "diem", "pk": w.spots[c].pk}, P.HOTSPOT_VIEW),
    "hotspots:incident": _incident,
    "hotspots:incident_edit": _incident,
    "hotspots:route": _route,
    "hotspots:route_edit": _route,
    "hotspots:export": _nothing(form="csv"),
    "hotspots:incidents_export": _nothing(form="csv"),
    "hotspots:series_export": _nothing(form="csv"),
    "localities:cycle": _nothing(year=YEAR),
    "localities:settings": _nothing(year=YEAR),
    "localities:move": _posted(_nothing(year=YEAR)),
    "localities:province": Sample(lambda w, c: {"year": YEAR}, of="whole"),
    "localities:decide_many": _posted(_nothing(year=YEAR)),
    "localities:appraise_many": _posted(_nothing(year=YEAR)),
    "localities:standing": _standing,
    "localities:declare": _standing,
    "localities:take": _posted(_standing),
    "localities:self_assess": _posted(_standing),
    "localities:appraise": _posted(_standing),
    "localities:send_back": _posted(_standing),
    "localities:decide": _posted(_standing),
    "programme:export": _nothing(form="csv"),
    "programme:task": _task,
    "programme:edit": _task,
    "programme:post": _task,
    "programme:cascade": Sample(lambda w, _c: {"code": w.whole_task}, of="whole"),
    "programme:clauses": _task,
    "programme:close": replace(_task, names=lambda w, c: {"code": w.turns[c].task.code, "how": "ket-thuc"}),
    "programme:evidence": _of_turn(),
    "programme:extension": _of_turn(),
    "programme:work": _of_turn(verb="progress"),
    "programme:judge": _of_turn(verb="confirm"),
    "programme:settle": _of_turn(verb="drop"),
    "programme:file": _evidence,
    "programme:evidence_withdraw": _evidence,
    "programme:decide": _more_time,
    "programme:extension_withdraw": _posted(_more_time),
    "programme:tree": _nothing(code=PLAN),
    "programme:summary": _nothing(code=PLAN),
    "agencies:new": Sample(lambda w, c: {}, of="whole"),
    "agencies:load": Sample(lambda w, c: {}, of="whole", method="post"),
    "agencies:post": _post,
    "agencies:post_edit": _post,
    "agencies:post_end": _post,
    "agencies:holder": _post,
    "agencies:vacate": _post,
    "agencies:hand_over": _post,
    "agencies:charge_end": Sample(lambda w, c: {"pk": w.charges[c]}, P.TASK_VIEW),
    "agencies:agency": _nothing(code="matrix-police"),
    "agencies:agency_edit": Sample(lambda w, c: {"code": "matrix-police"}, of="whole"),
    "agencies:agency_end": Sample(lambda w, c: {"code": "matrix-police"}, of="whole"),
    "agencies:post_new": _nothing(code="matrix-police"),
    "analyses:ask": _nothing(question="scan"),
    "analyses:result": _analysis,
    "analyses:again": _posted(_analysis),
    "analyses:export": replace(_analysis, names=lambda w, c: {"code": w.analyses[c].code, "form": "json"}),
    "analyses:propose": replace(_analysis, names=lambda w, c: {"code": w.analyses[c].code, "row": 0}),
    "analyses:alert": _alert,
    "analyses:alert_step": replace(_alert, names=lambda w, c: {"code": w.alerts[c].code, "verb": "look"}),
    "concerns:detail": _concern,
    "concerns:step": replace(_concern, names=lambda w, c: {"code": w.concerns[c], "verb": "receive"}),
    "places:detail": _unit,
    "places:declare": _unit,
    "exchange:template": replace(_nothing(sheet="hotspots"), needs=(P.HOTSPOT_RECORD,)),
    "exchange:upload": replace(_nothing(sheet="hotspots"), needs=(P.HOTSPOT_RECORD,)),
    "exchange:export": replace(_nothing(sheet="hotspots", extension="csv"), needs=(P.HOTSPOT_VIEW,)),
    "overview:journal_export": _nothing(extension="csv"),
    "exchange:batch": _batch,
    "exchange:recheck": _posted(_batch),
    "exchange:annotated": _batch,
    "exchange:confirm": _batch,
    "exchange:write": _posted(_batch),
    "exchange:undo": _batch,
    "exchange:discard": _posted(_batch),
    "inbox:open": _notice,
    "inbox:read": _notice,
    "inbox:unread": _notice,
    "jobs:run": _run,
    "jobs:progress": _run,
    "jobs:cancel": _posted(_run),
    "staff:person": _officer,
    "staff:describe": _officer,
    "staff:assign": _officer,
    "staff:hand_over": _officer,
    "staff:code": _posted(_officer),
    "staff:close": _posted(_officer),
    "staff:reopen": _posted(_officer),
    "staff:end": Sample(lambda w, c: {"pk": w.officers[c].assignments.get().pk}, P.ACCOUNT_VIEW),
    "staff:take_back": Sample(lambda w, c: {"pk": w.lent[c].pk}, P.ACCOUNT_MANAGE, "post", parties=True),
    "staff:role": _nothing(code="commune_police"),
    "reports:draft": _nothing(year=YEAR),
    "reports:submit": Sample(lambda w, c: {"year": YEAR}, of="whole", method="post"),
    "reports:submission": _submission,
    "reports:issue": _posted(_submission),
    "reports:send_back": _posted(_submission),
    "accounts:session_end": _posted(_nothing(mark="khong-co")),
    "accounts:unlink": _posted(_nothing(pk=1)),
    "accounts:factor_remove": _posted(_nothing(pk=1)),
    "reports:detail": Sample(lambda w, c: {"year": YEAR, "number": 1}, of="whole"),
    "reports:download": Sample(lambda w, c: {"year": YEAR, "number": 1, "fmt": "docx"}, of="whole"),
}

STEP: Final = '{"verb": "plan", "on": "2026-11-01", "document": "1/KH", "decider": "Trưởng Công an"}'
PROOF: Final = '{"kind": "document", "words": "x", "document": "1/BC"}'
FIGURES: Final = '{"figures": {}, "declared_by": "Công an xã"}'
ENDPOINTS: Final[Mapping[str, Sample]] = {
    "GET /plans/{code}": _own_plan,
    "GET /units/{uid}": _unit,
    "GET /hotspots/{int:pk}": _spot,
    "POST /hotspots/{int:pk}/steps": replace(_spot, body=STEP),
    "GET /incidents/{int:pk}": _incident,
    "GET /reviews/{int:year}/units": _nothing(year=YEAR),
    "GET /reviews/{int:year}/units/{uid}": _standing,
    "PUT /reviews/{int:year}/units/{uid}/figures": replace(_standing, body=FIGURES),
    "GET /runs/{int:pk}": _run,
    "GET /tasks/{code}": _task,
    "POST /tasks/{code}/turns/{int:seq}/progress": replace(_of_turn(), body='{"percent": 10}'),
    "POST /tasks/{code}/turns/{int:seq}/evidence": replace(_of_turn(), body=PROOF),
    "POST /tasks/{code}/turns/{int:seq}/report": replace(_of_turn(), body='{"words": "xong"}'),
    "POST /notices/{int:pk}/read": _notice,
}
"""The same for the API, by method and address."""
