"""Acts on tasks, told at once to whom they concern. Call them within the act, before its event is written.

Nobody is told of what they did themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.timezone import localdate

from diaban.apps.access import Person
from diaban.apps.accounts.models import User
from diaban.apps.inbox.actions import Letter, deliver
from diaban.apps.inbox.models import Notice
from diaban.apps.inbox.people import People
from diaban.apps.programme.models import Extension, Step, Task, Turn
from diaban.apps.programme.reminders.receivers import Chain
from diaban.apps.programme.reminders.words import name_of, sees, task_url
from diaban.core.messages import N_, Message, say
from diaban.core.reminders import Receiver

TOGETHER_FROM: Final = 6


@dataclass(frozen=True, slots=True)
class _News:
    """One thing to tell: `named` to those who see the task, `unnamed` to the others."""

    turn: Turn
    kind: str
    key: str
    named: Message
    unnamed: Message
    many: Message | None = None  # the words for all of its kind of one day, where they are gathered

    def letters(self, readers: Iterable[User], *, by: Person, at: datetime) -> list[Letter]:
        on, task = localdate(at), self.turn.task
        return [
            Letter(
                user=reader,
                keys=(self.key,),
                kind=self.kind,
                topic=f"turn:{self.turn.pk}",
                words=self.named if sees(reader, task, on) else self.unnamed,
                url=task_url(task),
                several=f"{self.kind}:{on.isoformat()}" if self.many else "",
                many=self.many,
                many_url=reverse("programme:list"),
                gather=self.many is not None,
            )
            for reader in readers
            if reader.username != by.get_username()
        ]


def tasks_given(*, tasks: Sequence[Task], by: Person, at: datetime) -> int:
    """Tell whoever answers for each task that it was given; call it again when a task gets another post.

    A plan that is put to work gives one commune dozens at once: from `TOGETHER_FROM` on they are one notice.
    """
    rows = Turn.objects.filter(pk__in=[task.current_id for task in tasks if task.current_id]).select_related("task")
    chain = Chain((turn.task for turn in rows), People(localdate(at)))
    single: dict[int, list[Letter]] = {}
    for turn in rows.order_by("task"):
        for letter in _given(turn).letters(chain.find(turn.task, Receiver.HOLDER), by=by, at=at):
            single.setdefault(letter.user.pk, []).append(letter)
    letters = [one for own in single.values() for one in (_together(own, at) if len(own) >= TOGETHER_FROM else own)]
    return deliver(letters=letters, at=at)


def _given(turn: Turn) -> _News:
    words = {"code": turn.task.code, "title": name_of(turn)}
    if turn.due is None:
        named = say(N_("Được giao {code} “{title}”."), **words)
    else:
        named = say(N_("Được giao {code} “{title}”, hạn {due}."), **words, due=turn.due)
    key = f"task:{turn.task_id}:given:{turn.task.post_id or 0}"
    return _News(turn, Notice.Kind.GIVEN, key, named, say(N_("Được giao một nhiệm vụ.")))


def _together(letters: Sequence[Letter], at: datetime) -> list[Letter]:
    """Return the letters to one person as one that tells their number."""
    keys = tuple(key for letter in letters for key in letter.keys)
    many = say(N_("Được giao {n} nhiệm vụ."), n=0)
    several = f"given:{localdate(at).isoformat()}"
    return [replace(letters[0], keys=keys, several=several, many=many, many_url=reverse("programme:mine"))]


def extension_asked(*, extension: Extension, by: Person, at: datetime) -> int:
    """Tell whoever may decide that more time is asked for."""
    turn = extension.turn
    named = say(
        N_("Xin gia hạn {code} “{title}” đến {until}."),
        code=turn.task.code,
        title=name_of(turn),
        until=extension.until,
    )
    news = _News(
        turn, Notice.Kind.ASKED, f"extension:{extension.pk}:asked", named, say(N_("Có đề nghị gia hạn một nhiệm vụ."))
    )
    return _tell(news, lambda chain: chain.find(turn.task, Receiver.DECIDER, reporter=extension.asked_by), by, at)


def extension_decided(*, extension: Extension, by: Person, at: datetime) -> int:
    """Tell whoever asked for more time what was decided."""
    turn, words = extension.turn, {"code": extension.turn.task.code, "title": name_of(extension.turn)}
    if extension.decision == Extension.Decision.GRANTED and extension.granted_until is not None:
        named = say(N_("Được gia hạn {code} “{title}” đến {until}."), **words, until=extension.granted_until)
    else:
        named = say(N_("Không được gia hạn {code} “{title}”; xem lý do ở trang nhiệm vụ."), **words)
    key = f"extension:{extension.pk}:decided"
    news = _News(turn, Notice.Kind.ANSWER, key, named, say(N_("Đã có quyết định về đề nghị gia hạn một nhiệm vụ.")))
    return _tell(news, lambda chain: chain.people.called([extension.asked_by]), by, at)


def turn_sent_back(*, step: Step, reporter: str, by: Person, at: datetime) -> int:
    """Tell `reporter` (a user name), or who answers for the task, that the report was sent back."""
    named = say(
        N_("Báo cáo {code} “{title}” bị trả lại; xem ý kiến, làm tiếp và báo cáo lại."),
        code=step.turn.task.code,
        title=name_of(step.turn),
    )
    return _judged(step, named, say(N_("Một báo cáo nhiệm vụ bị trả lại.")), reporter, by, at)


def turn_confirmed(*, step: Step, reporter: str, by: Person, at: datetime) -> int:
    """Tell `reporter` (a user name), or who answers for the task, that the work was confirmed: one notice a day."""
    words = {"code": step.turn.task.code, "title": name_of(step.turn)}
    named = say(N_("{code} “{title}” đã được xác nhận hoàn thành."), **words)
    many = say(N_("{n} nhiệm vụ đã được xác nhận hoàn thành."), n=0)
    return _judged(step, named, say(N_("Một nhiệm vụ đã được xác nhận hoàn thành.")), reporter, by, at, many)


def told_of_reminder(turn: Turn, *, key: str, by: Person, at: datetime) -> int:
    """Tell whoever answers for the turn that somebody above waits for it; return how many were told."""
    words = {"code": turn.task.code, "title": name_of(turn)}
    if turn.due is None:
        named = say(N_("Cấp trên nhắc thực hiện {code} “{title}”."), **words)
    else:
        named = say(N_("Cấp trên nhắc thực hiện {code} “{title}”, hạn {due}."), **words, due=turn.due)
    news = _News(turn, Notice.Kind.REMINDER, key, named, say(N_("Cấp trên nhắc thực hiện một nhiệm vụ.")))
    return _tell(news, lambda chain: chain.find(turn.task, Receiver.HOLDER), by, at)


def _judged(
    step: Step, named: Message, unnamed: Message, reporter: str, by: Person, at: datetime, many: Message | None = None
) -> int:
    task = step.turn.task
    news = _News(step.turn, Notice.Kind.ANSWER, f"step:{step.pk}", named, unnamed, many)
    return _tell(news, lambda chain: chain.people.called([reporter]) or chain.find(task, Receiver.HOLDER), by, at)


def _tell(news: _News, readers: Callable[[Chain], Sequence[User]], by: Person, at: datetime) -> int:
    chain = Chain([news.turn.task], People(localdate(at)))
    return deliver(letters=news.letters(readers(chain), by=by, at=at), at=at)
