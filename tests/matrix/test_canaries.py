"""A word in every text of three places, then every page, file and answer as everyone: who reads it may read it.

Each canary stands in one field of one record. It may come out only to somebody whom the policy lets see the record and
who is cleared for the class of the field. What the addresses ask for besides (searches, reasons of exports, sort
orders) holds the beginning of every canary, so that a search finds them all and an echo is none.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from cast import BY_NAME, CAST, FAR_AWAY, NEXT_DOOR, TODAY
from diaban.apps.access import Permission
from diaban.apps.accounts.models import Assignment, Delegation, User
from diaban.apps.audit import actions as audit
from diaban.apps.choosing.models import Dossier
from diaban.apps.exchange.models import BatchProblem, BatchRow
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.hotspots.models import Hotspot, HotspotStep, Incident, Route
from diaban.apps.localities import actions as localities
from diaban.apps.localities.models import Cycle, Decision, Declaration, DeclarationChange, Standing
from diaban.apps.programme.models import Evidence, Task
from diaban.apps.reports.models import Issue, Submission
from diaban.apps.transformation.models import Answer, Transformation
from diaban.apps.vault.privacy import class_of
from diaban.core.policy import Actor, Subject, can, cleared
from diaban.core.privacy import PrivacyClass
from matrix import programme_birds
from matrix import world as made
from matrix.test_matrix import API, ROUTES
from matrix.world import AT, ENDPOINTS, PLACES, SAMPLES, Sample, World

P = Permission
STEM = "zeisig"
SONG = re.compile(rf"{STEM}(\d+)x")
ASKED = {
    "q": STEM, "tim": STEM, "ly_do": "zeisig ma tran", "xem": "bang", "sort": "name", "tat_ca": "1", "huy": "",
    "doi_tuong": "", "cycle": str(made.YEAR),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Canary:
    """Where it sits, and what lets one read it: any of `opens` at any of `units`, or being one of `parties`."""

    where: str
    kind: PrivacyClass
    units: tuple[int | None, ...]
    opens: tuple[Permission, ...]
    parties: frozenset[str] = frozenset()

    def may_be_heard_by(self, actor: Actor) -> bool:
        if actor.name in self.parties:
            return True
        near = any(can(actor, one, Subject(unit), on=TODAY).allowed for one in self.opens for unit in self.units)
        return near and self.kind in cleared(actor, on=TODAY)


@dataclass
class Aviary:
    """All canaries, by their number."""

    birds: list[Canary] = field(default_factory=list)

    def word(self, canary: Canary) -> str:
        self.birds.append(canary)
        return f"{STEM}{len(self.birds) - 1}x"

    def song(
        self, where: str, kind: PrivacyClass, units: tuple[int | None, ...], *opens: Permission, parties: str = ""
    ) -> str:
        """Return the word of a new canary."""
        return self.word(Canary(where, kind, units, opens, frozenset(parties.split())))

    def plant(
        self, row: models.Model, names: str, units: tuple[int | None, ...], *opens: Permission, parties: str = ""
    ) -> None:
        """Put a canary into each of these fields of a row."""
        values = {}
        for name in names.split():
            where = f"{row._meta.label}.{name} @ {units}"
            values[name] = self.song(where, class_of(type(row), name), units, *opens, parties=parties)
        columns = {one.name for one in row._meta.concrete_fields}
        if "search" in columns and (columns & {"name", "subject", "product"} or isinstance(row, Incident)):
            values["search"] = " ".join(values.values())
        assert type(row)._base_manager.filter(pk=row.pk).update(**values) == 1


# Whoever sees a list of hot-spots in a dossier of the whole area sees their names; see `reports.queries.SPOT_READERS`.
SPOT = (P.HOTSPOT_VIEW, P.AUDIT_VIEW)  # the journal tells of a record by its code and its documents
WHOLE = (P.REPORT_SUBMIT, P.REPORT_ISSUE)


def planted(world: World) -> Aviary:
    """Fill the three places."""
    found = Aviary()
    cycle, an = Cycle.objects.get(), world.cast["an"]
    for code, unit in world.units.items():
        _registers(found, world, code, (unit.pk, None))
        localities.declare(
            cycle=cycle, unit=unit, values={"persons": 4}, by=an, at=AT, declared_by="Công an", document="1", reason=""
        )
        _review(found, cycle, unit.pk)
        _choice(found, world, code, unit.pk)
        _people(found, world, code, unit.pk)
        programme_birds.birds(found, world, code, unit.pk)
        spot = Hotspot.objects.get(pk=world.spots[code].pk)
        kept = {"name": PrivacyClass.PERSONAL, "note": PrivacyClass.SENSITIVE, "reason": PrivacyClass.SENSITIVE}
        birds = {name: Canary(f"journal {name} {code}", kind, (None,), (P.AUDIT_VIEW,)) for name, kind in kept.items()}
        detail = {name: ["trước", found.word(bird)] for name, bird in birds.items()}
        audit.record(by=an, at=AT, verb="hotspot.edit", subject=f"hotspot:{spot.code}", detail=detail)
    whole = (None,)
    for given in Submission.objects.order_by("pk"):
        found.plant(given, "note reason remark in_name_of answered_by by", whole, P.REPORT_VIEW)
    for issue in Issue.objects.all():
        found.plant(issue, "reason in_name_of submitted_by by", whole, P.REPORT_VIEW)
    return found


def _registers(found: Aviary, world: World, code: str, units: tuple[int | None, ...]) -> None:
    spot, incident = world.spots[code], world.incidents[code]
    found.plant(spot, "code name address basis note", units, *SPOT, *WHOLE)
    for step in HotspotStep.objects.filter(hotspot=spot):
        found.plant(step, "document decider reason evidence", units, *SPOT, *WHOLE)
    found.plant(incident, "code place note", units, P.INCIDENT_VIEW, P.AUDIT_VIEW)
    route = Route.everything.get(pk=world.routes[code])
    found.plant(route, "code name decision_number note", units, P.ROUTE_VIEW, P.AUDIT_VIEW)
    batch = world.batches[code]
    sender = str(batch.by.get_username() if batch.by else "")
    found.plant(batch, "file_name sheet_name", units, P.HOTSPOT_RECORD, parties=sender)
    row = BatchRow.objects.create(batch=batch, number=7, key="k", action="new", after={})
    found.plant(row, "key", units, P.HOTSPOT_RECORD, parties=sender)
    problem = BatchProblem.objects.create(batch=batch, row=8, column="name", why={"s": "sai", "p": {}})
    found.plant(problem, "value", units, P.HOTSPOT_RECORD, parties=sender)
    found.plant(world.runs[code], "message", (), parties=sender)
    found.plant(world.analyses[code], "asked_by", units, P.ANALYSIS_VIEW)
    for step in world.alerts[code].steps.all():
        found.plant(step, "words recorded_by", units, P.ANALYSIS_VIEW)
    found.plant(world.notices[code], "msgid topic", (), parties=sender)


def _choice(found: Aviary, world: World, code: str, unit: int) -> None:
    """Fill the dossier that chose the place, and the plan to transform it."""
    units, dossier = (unit,), Dossier.objects.get(code=world.dossiers[code])
    found.plant(dossier, "title note proposed_by appraised_by decided_by", units, P.CHOICE_VIEW)
    found.plant(dossier.choices.get(), "reason", units, P.CHOICE_VIEW)
    for step in dossier.steps.all():
        found.plant(step, "note by in_name_of", units, P.CHOICE_VIEW)
    plan = Transformation.objects.get(code=world.plans[code])
    found.plant(plan, "created_by approved_number", units, P.TRANSFORM_VIEW)
    answer = Answer.objects.create(transformation=plan, prompt="where", text="Ở đây", by="an", at=AT)
    found.plant(answer, "text by", units, P.TRANSFORM_VIEW)
    for passage in plan.passages.all():
        found.plant(passage, "document reason by in_name_of", units, P.TRANSFORM_VIEW)


def _review(found: Aviary, cycle: Cycle, unit: int) -> None:
    units, opens = (unit,), (P.REVIEW_VIEW,)
    standing = Standing.objects.get(cycle=cycle, unit=unit)
    decision = Decision.objects.create(
        standing=standing, number="9/QĐ", date=date(2026, 11, 1), decided_class="I", listing="in",
        proposed_class="I", proposal=standing.proposal, digest=standing.digest, by="an", at=AT,
    )  # fmt: skip
    Standing.objects.filter(pk=standing.pk).update(stage="decided", decision=decision, self_class="I")
    # A paper for the whole area says which figures were declared, by which post, under which document.
    found.plant(standing, "self_note appraisal_note self_by appraised_by self_in_name_of", units, *opens)
    found.plant(decision, "reason by in_name_of", units, *opens)
    found.plant(Declaration.objects.get(cycle=cycle, unit=unit), "declared_by document", (*units, None), *opens)
    for change in DeclarationChange.objects.filter(declaration__unit=unit):
        found.plant(change, "declared_by document reason by", units, *opens)


def _people(found: Aviary, world: World, code: str, unit: int) -> None:
    officer = world.officers[code]
    names = f"{officer.username} dung"  # Dũng stands in for all three, and sees for whom
    # Whoever keeps the registers of the place reads there who wrote what; so does whoever reads the journal.
    opens = (P.ACCOUNT_VIEW, P.AUDIT_VIEW, P.HOTSPOT_VIEW, P.REVIEW_VIEW)
    found.plant(officer, "full_name title", (unit, None), *opens, parties=names)
    found.plant(Assignment.objects.get(user=officer), "document end_reason", (unit,), P.ACCOUNT_VIEW, parties=names)
    found.plant(Delegation.objects.get(pk=world.lent[code].pk), "reason", (unit,), P.ACCOUNT_VIEW, parties=names)


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """Yield every route that can be read with GET and the addresses of its records in the three places."""
    for name, (_asked, _named) in sorted(ROUTES.items()):
        sample = SAMPLES.get(name, made._nothing())
        if name != "accounts:logout" and sample.method == "get":
            for code in _places(sample):
                yield name, reverse(name, kwargs=dict(sample.names(world, code)))
    for code in Task.objects.order_by("pk").values_list("code", flat=True):
        yield "programme:task", reverse("programme:task", args=[code])
    for pk in Evidence.objects.order_by("pk").values_list("pk", flat=True):
        yield "programme:file", reverse("programme:file", args=[pk])
    for name in sorted(API):
        method, address = name.split(" ", 1)
        sample = ENDPOINTS.get(name, made._nothing())
        if method == "GET":
            for code in _places(sample):
                there = address
                for key, value in sample.names(world, code).items():
                    there = re.sub(rf"{{(int:)?{key}}}", str(value), there)
                yield name, f"/api/v1{there}"


def _places(sample: Sample) -> list[str]:
    return list(PLACES.values()) if sample.of in ("unit", "sender") else [PLACES["own"]]


def heard(response: Any) -> set[int]:
    """Return the numbers of the canaries in an answer: its body, unpacked where it is a workbook, and its headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    texts = [str(response.headers), body.decode("utf-8", "replace")]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            texts += [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
    return {int(number) for text in texts for number in SONG.findall(text)}


@pytest.mark.django_db
@pytest.mark.parametrize("username", [one.username for one in CAST])
def test_a_canary_is_heard_only_by_whom_the_policy_lets_near(username: str) -> None:
    world = made.build()
    aviary = planted(world)
    user = User.objects.get(username=username)
    actor = user.rights(TODAY).actor
    client = Client()
    client.force_login(user)
    wrong, all_heard = [], set()
    for name, address in addresses(world):
        for asked in ({}, ASKED):
            with transaction.atomic():
                answer = client.get(address, asked)
                numbers = heard(answer)
                transaction.set_rollback(True)
            all_heard |= numbers
            wrong += [
                f"{name} {address} {sorted(asked)[:1]}: {aviary.birds[number].where} ({aviary.birds[number].kind})"
                for number in sorted(numbers)
                if not aviary.birds[number].may_be_heard_by(actor)
            ]
            if answer.status_code in (403, 404):
                break  # nothing more in the address opens it
    assert not wrong, "\n" + "\n".join(wrong)
    if username in BY_NAME and BY_NAME[username].role in ("provincial_police", "provincial_leader"):
        silent = {bird.where for number, bird in enumerate(aviary.birds) if number not in all_heard}
        loud = ("Hotspot.name", "Incident.place", "Task.title", "Evidence.words", "Extension.reason", "Concern.words")
        assert not {one for one in silent if any(name in one for name in loud)}, "the walk hears nothing"


NOISE = re.compile(rb'\b[A-Za-z0-9]{64}\b|nonce="[^"]*"|<!--[^>]*-->|\d{2}:\d{2}(:\d{2})?')  # what is new at every look


def seen_by(client: Client, world: World) -> dict[str, tuple[int, bytes]]:
    """Return what every address answers, without what is new at every answer."""
    found = {}
    for _name, address in addresses(world):
        if "/xuat" in address or "/nhap-xuat/" in address:
            continue  # files carry the moment; the canaries above listen to them
        with transaction.atomic():
            answer = client.get(address, {"q": STEM})
            found[address] = (answer.status_code, NOISE.sub(b"", b"" if answer.streaming else answer.content))
            transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["an", "binh", "chi", "quan"])
def test_what_happens_elsewhere_changes_nothing_here(username: str) -> None:
    """No number, order, code, suggestion or length on a page tells of records out of sight. An, who sees all, knows."""
    world = made.build()
    client = Client()
    client.force_login(User.objects.get(username=username))
    before = seen_by(client, world)
    an, day = world.cast["an"], date(2026, 10, 2)
    for code in (NEXT_DOOR, FAR_AWAY):
        unit = world.units[code]
        paper: dict[str, Any] = {
            "document": "2/QĐ",
            "decider": "Giám đốc Công an tỉnh",
            "verb": "enlist",
            "grade": "co_tai_lieu",
        }
        spot = hotspots.create_hotspot(
            by=an, at=AT, name=f"{STEM} {code}", unit=unit, kind="diem_phuc_tap", on=day, **paper
        )
        hotspots.record_incident(
            by=an, at=AT, on=day, unit=unit, kind="mua_ban", source="reported", cases=3, arrested=4, hotspot=spot
        )
        values = {"persons": 40, "points": 3, "arrested": 9}
        localities.declare(
            cycle=Cycle.objects.get(), unit=unit, values=values, by=an, at=AT, declared_by="Công an", document="1",
            reason="",
        )  # fmt: skip
        programme_birds.elsewhere(world, code)
    after = seen_by(client, world)
    changed = {one for one in before if before[one] != after[one]}
    assert changed if username == "an" else not changed, changed


@pytest.mark.django_db
def test_evidence_of_others_work_changes_nothing_for_a_department() -> None:
    """Giang sees every task. Of the evidence of work in which her department takes no part she sees not even a sign."""
    world = made.build()
    turns = [programme_birds.alone(world, code) for code in world.units]
    client = Client()
    client.force_login(world.cast["giang"])
    before = seen_by(client, world)
    for turn in turns:
        programme_birds.show_all(turn, world)
    after = seen_by(client, world)
    assert {one for one in before if before[one] != after[one]} == set()
