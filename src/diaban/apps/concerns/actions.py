"""What changes issues: raising one, and the steps of its life. Every step is one row that stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from diaban.apps.access import AccessRefused, Permission, Person, require
from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Agency
from diaban.apps.audit import actions as audit
from diaban.apps.concerns.models import Concern, ConcernStep, Topic
from diaban.apps.concerns.queries import Voice, voice_of
from diaban.apps.concerns.receivers import Asked
from diaban.apps.inbox.actions import tell
from diaban.apps.inbox.models import Notice
from diaban.apps.inbox.people import People
from diaban.apps.places.models import Unit
from diaban.apps.plans.models import Clause
from diaban.apps.programme.models import Task
from diaban.catalogue.concerns_loader import clocks, table
from diaban.core.concerns import Asks, Move, Side
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.messages import N_, Message, say
from diaban.core.policy import Verdict
from diaban.core.text import fold

LONGEST_WORDS = 4000
LOGGED = {"receive": "take_in", "answer": "reply", "close": "settle"}
"""Verbs of the log where the step's own word means something else there."""
ASKED = {Side.RAISER: Permission.CONCERN_RAISE, Side.ADDRESSED: Permission.CONCERN_ANSWER}


@dataclass(frozen=True, slots=True)
class Issue:
    """What is raised, as typed. `unit` None: by an agency of the province."""

    unit: Unit | None
    topic: str
    subject: str
    words: str
    addressed: Agency | None
    document: str = ""
    clause: Clause | None = None
    task: Task | None = None


@transaction.atomic
def raise_concern(*, by: Person, at: datetime, issue: Issue) -> Concern:
    """Raise an issue and start its clocks. Raises `StepRefused` with every reason."""
    require(by, Permission.CONCERN_RAISE, at=at, unit=issue.unit.pk if issue.unit else None)
    today = localdate(at)
    problems = _issue_problems(issue, today)
    voice = voice_of(by, today)
    if problems or issue.addressed is None:
        raise StepRefused(problems)
    watch = clocks(today)
    row = Concern.objects.create(
        code=uuid4().hex[:16],
        unit=issue.unit,
        raiser=Agency.objects.filter(pk__in=voice.agencies).order_by("pk").first() if issue.unit is None else None,
        topic=issue.topic,
        subject=issue.subject.strip(),
        words=issue.words.strip(),
        document=issue.document.strip(),
        addressed=issue.addressed,
        clause=(issue.clause.stem or issue.clause) if issue.clause else None,
        task=issue.task,
        state="raised",
        raised_on=today,
        receive_by=watch.receive_by(today),
        due=watch.answer_by(today),
        first_due=watch.answer_by(today),
        raised_by=by.get_username(),
        created_at=at,
    )
    row.code = f"VM-{row.pk:06d}"
    row.search = fold(f"{row.code} {row.subject}")[:400]
    row.save(update_fields=["code", "search"])
    _write(row, "raise", "", issue.words.strip(), issue.document.strip(), row.addressed, by, at)
    _tell_asked(row, N_("Có vướng mắc mới {code} chờ tiếp nhận, hạn trả lời {due}."), by, at)
    detail = {
        "subject": row.subject,
        "agency": row.addressed.name,
        "unit": issue.unit.uid if issue.unit else "",
        "due": row.due.isoformat() if row.due else "",
    }
    audit.record(by=by, at=at, verb="concern.raise", subject=f"concern:{row.code}", detail=detail)
    return row


def _issue_problems(issue: Issue, on: date) -> list[Problem]:
    found: list[Problem] = []
    if not issue.subject.strip():
        found.append(Problem("subject", say(N_("Ghi vướng mắc bằng một câu ngắn."))))
    if len(issue.subject.strip()) > 200:
        found.append(Problem("subject", say(N_("Câu nêu vướng mắc dài nhất 200 ký tự; phần còn lại ghi ở nội dung."))))
    if not issue.words.strip():
        found.append(Problem("words", say(N_("Ghi nội dung vướng mắc và kiến nghị."))))
    if len(issue.words.strip()) > LONGEST_WORDS:
        found.append(
            Problem("words", say(N_("Nội dung dài nhất {n} ký tự; dẫn số văn bản cho phần còn lại."), n=LONGEST_WORDS))
        )
    if issue.topic not in Topic.values:
        found.append(Problem("topic", say(N_("Chọn nhóm vấn đề."))))
    found += _agency_problems(issue.addressed, issue.unit is not None, on)
    return found


def _agency_problems(agency: Agency | None, in_unit: bool, on: date) -> list[Problem]:
    if agency is None:
        return [Problem("addressed", say(N_("Chọn cơ quan cần trả lời.")))]
    if agency.valid_to is not None and agency.valid_to <= on:
        return [Problem("addressed", say(N_("Cơ quan này không còn; chọn cơ quan kế thừa.")))]
    if agency.level == Agency.Level.COMMUNE and not in_unit:
        return [Problem("addressed", say(N_("Vướng mắc của cơ quan cấp tỉnh không gửi cho cơ quan chung của mọi xã.")))]
    return []


@transaction.atomic
def take_step(
    *,
    by: Person,
    at: datetime,
    concern: Concern,
    verb: str,
    words: str = "",
    document: str = "",
    agency: Agency | None = None,
) -> Concern:
    """Take one step of the table. Raises `AccessRefused` for the wrong side, `StepRefused` with every other reason."""
    row = (
        Concern.objects.select_for_update(of=("self",)).select_related("unit", "raiser", "addressed").get(pk=concern.pk)
    )
    today = localdate(at)
    move = table().find(verb)
    if move is None or not move.sources:
        raise StepRefused([Problem("", say(N_("Không có bước này.")))])
    voice = voice_of(by, today)
    _require_side(voice, move, row, by, at)
    if problems := _step_problems(row, move, words, agency, today):
        raise StepRefused(problems)
    before = row.state
    row.state = move.target
    _set_clocks(row, move, agency, today)
    row.save()
    _write(row, verb, before, words.strip(), document.strip(), row.addressed, by, at)
    _tell_of(row, move, by, at)
    detail = {"from": table().state(before).title, "to": table().state(row.state).title}
    if agency is not None and Asks.AGENCY in move.asks:
        detail["agency"] = agency.name
    if document.strip():
        detail["document"] = document.strip()
    audit.record(by=by, at=at, verb=f"concern.{LOGGED.get(verb, verb)}", subject=f"concern:{row.code}", detail=detail)
    return row


def _require_side(voice: Voice, move: Move, row: Concern, by: Person, at: datetime) -> None:
    permission = ASKED[move.side]
    require(by, permission, at=at, unit=row.unit_id)
    if not voice.stands(move.side, row):
        if move.side is Side.RAISER:
            reason = say(N_("Bước này của nơi đã nêu vướng mắc."))
        else:
            reason = say(N_("Bước này của cơ quan được hỏi; tài khoản không nói thay cơ quan đó."))
        raise AccessRefused(Verdict(False, "outside", reason, permission))


def _step_problems(row: Concern, move: Move, words: str, agency: Agency | None, on: date) -> list[Problem]:
    if row.state not in move.sources:
        state = table().state(row.state).title
        sentence = N_("Vướng mắc đang ở bước “{state}” nên không “{step}” được.")
        return [Problem("", say(sentence, state=say(state), step=say(move.title)))]
    found: list[Problem] = []
    if Asks.WORDS in move.asks and not words.strip():
        found.append(Problem("words", _what_to_write(move)))
    if len(words.strip()) > LONGEST_WORDS:
        found.append(Problem("words", say(N_("Nội dung dài nhất {n} ký tự."), n=LONGEST_WORDS)))
    if Asks.AGENCY in move.asks:
        found += _agency_problems(agency, row.unit_id is not None, on)
        if agency is not None and agency.pk == row.addressed_id:
            found.append(Problem("addressed", say(N_("Chọn cơ quan khác với cơ quan đang giữ."))))
    return found


def _what_to_write(move: Move) -> Message:
    if move.verb == "answer":
        return say(N_("Ghi nội dung trả lời, hoặc số văn bản trả lời và ý chính."))
    return say(N_("Ghi lý do."))


def _set_clocks(row: Concern, move: Move, agency: Agency | None, today: date) -> None:
    watch = clocks(row.raised_on)
    if move.verb == "receive":
        row.receive_by = None
    elif move.verb == "answer":
        row.receive_by = row.due = None
        row.answered_on = today
        row.first_answered_on = row.first_answered_on or today
    elif move.verb == "forward" and agency is not None:
        row.addressed = agency
        row.forwards += 1
        row.receive_by, row.due = watch.receive_by(today), watch.answer_by(today)
    elif move.verb == "ask_again":
        row.due = watch.answer_by(today)
    if table().state(row.state).waits is None:
        row.final, row.closed_on = True, today
        row.receive_by = row.due = None


def _write(
    row: Concern, verb: str, before: str, words: str, document: str, agency: Agency, by: Person, at: datetime
) -> None:
    ConcernStep.objects.create(
        concern=row,
        seq=row.steps.count() + 1,
        verb=verb,
        from_state=before,
        to_state=row.state,
        on=localdate(at),
        words=words,
        document=document,
        agency=agency,
        due=row.due,
        recorded_by=by.get_username(),
        recorded_at=at,
    )


def _tell_of(row: Concern, move: Move, by: Person, at: datetime) -> None:
    """Tell whoever has the next word that it is theirs."""
    if move.verb == "forward":
        _tell_asked(row, N_("Vướng mắc {code} được chuyển đến, hạn trả lời {due}."), by, at)
    elif move.verb == "ask_again":
        _tell_asked(row, N_("Vướng mắc {code} được hỏi lại, hạn trả lời {due}."), by, at)
    elif move.verb == "answer":
        raiser = User.objects.filter(username=row.raised_by, is_active=True)
        _tell(
            row,
            raiser,
            say(N_("Vướng mắc {code} đã có trả lời; xem và khép lại, hoặc hỏi lại."), code=row.code),
            by,
            at,
        )


def _tell_asked(row: Concern, msgid: str, by: Person, at: datetime) -> None:
    due = f"{row.due:%d/%m/%Y}" if row.due else ""
    readers = Asked([row], People(localdate(at))).holders(row)
    _tell(row, readers, say(msgid, code=row.code, due=due), by, at)


def _tell(row: Concern, to: Iterable[User], words: Message, by: Person, at: datetime) -> None:
    tell(
        to=[one for one in to if one.username != by.get_username()],
        kind=Notice.Kind.CONCERN,
        topic=f"concern:{row.pk}",
        words=words,
        url=reverse("concerns:detail", args=[row.code]),
        key=f"concern:{row.pk}:{row.steps.count()}",
        at=at,
    )
