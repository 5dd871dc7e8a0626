"""Propose localities to transform: what was chosen, why where it departs from the ranking, whom to compare with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.choosing.actions.refusals import Refused, refuse
from diaban.apps.choosing.actions.steps import locked, step, step_of
from diaban.apps.choosing.models import Choice, Dossier
from diaban.apps.choosing.queries.working import Working, digest_of, working_of
from diaban.apps.localities.models import Cycle
from diaban.apps.places import queries as places
from diaban.core.choosing.dossier import State

MOST_CHOSEN = 60


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen commune (uid). `other`: the commune to compare with, empty: the proposed one; `reason` where owed."""

    uid: str
    reason: str = ""
    other: str = ""


@transaction.atomic
def propose(
    *,
    cycle: Cycle,
    title: str,
    picks: Sequence[Pick],
    passed: Mapping[str, str] | None = None,
    note: str = "",
    supersedes: Dossier | None = None,
    by: Person,
    at: datetime,
) -> Dossier:
    """Propose communes of a review and freeze what the proposal rests on. Raises `Refused` with everything wrong.

    Every commune that departs from the ranking owes a reason: chosen though its place is not among the first as many,
    or among the first and not chosen (`passed`: uid → reason). `supersedes` is a decided dossier that this one
    replaces once it is decided itself.
    """
    if supersedes is not None and supersedes.state != State.DECIDED:
        raise refuse(_("Chỉ thay thế được hồ sơ đã quyết định và chưa bị thay thế."), "supersedes")
    drawn = _drawn(cycle, title, picks, passed or {}, by, at)
    n = Dossier.objects.select_for_update().filter(cycle=cycle).count() + 1
    dossier = Dossier.objects.create(
        code=f"LC-{cycle.year}-{n:02d}",
        cycle=cycle,
        title=title.strip(),
        state=State.PROPOSED,
        working=drawn.working,
        digest=drawn.digest,
        as_of=timezone.localdate(at),
        note=note.strip(),
        proposed_by=by.get_username(),
        proposed_in_name_of=drawn.giver,
        proposed_at=at,
        supersedes=supersedes,
    )
    _keep_choices(dossier, drawn)
    step(dossier, "propose", "", note=note, by=by, giver=drawn.giver, at=at)
    record(by=by, at=at, verb="choice.submit", subject=f"choice:{dossier.code}", detail=_told(dossier, drawn))
    return dossier


@transaction.atomic
def revise(
    *,
    dossier: Dossier,
    title: str,
    picks: Sequence[Pick],
    passed: Mapping[str, str] | None = None,
    note: str = "",
    by: Person,
    at: datetime,
) -> Dossier:
    """Propose a returned dossier anew, on the figures of today; who revises it is its proposer from then on."""
    row = locked(dossier)
    act = step_of(row, "revise")
    drawn = _drawn(row.cycle, title, picks, passed or {}, by, at)
    before = row.state
    row.state, row.title, row.note = act.target, title.strip(), note.strip()
    row.working, row.digest, row.as_of = drawn.working, drawn.digest, timezone.localdate(at)
    row.proposed_by, row.proposed_in_name_of, row.proposed_at = by.get_username(), drawn.giver, at
    row.appraised_by, row.appraised_in_name_of, row.appraised_at = "", "", None
    row.save()
    row.choices.all().delete()
    _keep_choices(row, drawn)
    step(row, "revise", before, note=note, by=by, giver=drawn.giver, at=at)
    record(by=by, at=at, verb="choice.revise", subject=f"choice:{row.code}", detail=_told(row, drawn))
    return row


@dataclass(frozen=True, slots=True)
class _Drawn:
    working: Working
    digest: str
    choices: list[dict[str, Any]]
    giver: str


def _drawn(
    cycle: Cycle, title: str, picks: Sequence[Pick], passed: Mapping[str, str], by: Person, at: datetime
) -> _Drawn:
    """Return the frozen working and the rows of choices; raise `Refused` with all that is wrong."""
    working = working_of(cycle, timezone.localdate(at), max(len(picks), 1), [pick.uid for pick in picks])
    lines = {line["uid"]: line for line in working["lines"]}
    problems: list[tuple[str, object]] = [] if title.strip() else [("title", _("Cần đặt tên cho đợt lựa chọn."))]
    if not picks:
        problems.append(("", _("Chưa chọn địa bàn nào.")))
    if len(picks) > MOST_CHOSEN:
        problems.append(("", format_lazy(_("Mỗi đợt chọn nhiều nhất {n} địa bàn."), n=MOST_CHOSEN)))
    uids = [pick.uid for pick in picks]
    if len(set(uids)) < len(uids):
        problems.append(("", _("Một địa bàn được chọn hai lần.")))
    unknown = [uid for uid in [*uids, *passed] if uid not in lines]
    if unknown:
        problems.append(("", format_lazy(_("Không có đơn vị “{uid}” trong kỳ phân loại này."), uid=unknown[0])))
    if problems:
        raise Refused(problems)
    held = places.known()
    granted = [require(by, Permission.CHOICE_PROPOSE, at=at, unit=held.ids[uid]) for uid in uids]
    choices = _chosen(picks, lines, working, problems) + _passed(set(uids), lines, len(picks), passed, problems)
    if problems:
        raise Refused(problems)
    givers = {one.grant.giver for one in granted if one.grant}
    return _Drawn(working, digest_of(working), choices, givers.pop() if len(givers) == 1 else "")


def _chosen(
    picks: Sequence[Pick],
    lines: Mapping[str, Mapping[str, Any]],
    working: Working,
    problems: list[tuple[str, object]],
) -> list[dict[str, Any]]:
    proposed = {pair["chosen"]: pair for pair in working["pairs"]}
    near = {uid: {pair["other"]: pair for pair in pairs} for uid, pairs in working["nearest"].items()}
    uids, used, rows = {pick.uid for pick in picks}, dict[str, int](), []
    for pick in picks:
        line, pair = lines[pick.uid], proposed.get(pick.uid)
        if pick.other and pick.other != (pair or {}).get("other"):
            pair = near.get(pick.uid, {}).get(pick.other) or {"other": pick.other, "distance": None}
        other = pair["other"] if pair else ""
        deviates = line["place"] is None or line["place"] > len(picks)
        if deviates and not pick.reason.strip():
            problems.append((f"reason_{pick.uid}", _because(line["name"], _("chọn dù không đứng trong nhóm đầu"))))
        if other and (other not in lines or other in uids):
            sentence = _("{name}: địa bàn so sánh phải là một xã khác, không được chọn trong đợt này.")
            problems.append((f"other_{pick.uid}", format_lazy(sentence, name=line["name"])))
        used[other] = used.get(other, 0) + 1
        rows.append(
            {
                "uid": pick.uid,
                "role": Choice.Role.CHOSEN,
                "place": line["place"],
                "deviates": deviates,
                "reason": pick.reason.strip(),
                "other": other,
                "distance": pair["distance"] if pair else None,
                "again": bool(other) and used[other] > 1,
            }
        )
    return rows


def _passed(
    chosen: set[str],
    lines: Mapping[str, Mapping[str, Any]],
    k: int,
    passed: Mapping[str, str],
    problems: list[tuple[str, object]],
) -> list[dict[str, Any]]:
    """Return those whose place is among the first and that are not chosen, unless one on the same place as the last is.

    Where the last place is shared somebody has to be left out: that is no departure from the ranking.
    """
    edge = max((line["place"] for uid, line in lines.items() if uid in chosen and line["place"]), default=0)
    rows = []
    for uid, line in lines.items():
        place = line["place"]
        if uid in chosen or place is None or place > k:
            continue
        shared = place + line["tied"] > k and place == edge
        if shared and not passed.get(uid, "").strip():
            continue
        if not passed.get(uid, "").strip():
            problems.append((f"passed_{uid}", _because(line["name"], _("không chọn dù đứng trong nhóm đầu"))))
        rows.append(
            {"uid": uid, "role": Choice.Role.PASSED, "place": place, "deviates": True,
             "reason": passed.get(uid, "").strip()}
        )  # fmt: skip
    return rows


def _because(name: str, what: str) -> object:
    return format_lazy(_("{name}: {what} thì cần ghi lý do."), name=name, what=what)


def _keep_choices(dossier: Dossier, drawn: _Drawn) -> None:
    ids = places.known().ids
    Choice.objects.bulk_create(
        Choice(
            dossier=dossier,
            unit_id=ids[row["uid"]],
            comparison_id=ids[row["other"]] if row.get("other") else None,
            **{name: row[name] for name in row.keys() - {"uid", "other"}},
        )
        for row in drawn.choices
    )


def _told(dossier: Dossier, drawn: _Drawn) -> dict[str, Any]:
    told: dict[str, Any] = {
        "units": [row["uid"] for row in drawn.choices if row["role"] == Choice.Role.CHOSEN],
        "passed": [row["uid"] for row in drawn.choices if row["role"] == Choice.Role.PASSED],
        "digest": dossier.digest,
        "in_name_of": drawn.giver,
        "supersedes": dossier.supersedes.code if dossier.supersedes else "",
    }
    return {name: value for name, value in told.items() if value}
