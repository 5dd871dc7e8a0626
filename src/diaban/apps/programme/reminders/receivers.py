"""Whom to tell of a task: the post that answers for it and, where nobody fills a place, the next one up the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from diaban.apps.access import Permission
from diaban.apps.accounts.models import User
from diaban.apps.agencies import queries as agencies
from diaban.apps.inbox.people import People
from diaban.apps.programme.models import Task
from diaban.core.reminders import Receiver

POLICE: Final = "provincial_police"
LEADER: Final = "provincial_leader"


class Chain:
    """Finds the receivers for the tasks that it was made with; the registers of posts are read once for all of them."""

    def __init__(self, tasks: Iterable[Task], people: People) -> None:
        self.people = people
        rows = list({task.pk: task for task in tasks}.values())
        pairs = {(task.lead_id, task.unit_id) for task in rows}
        self._heads = agencies.heads_of(pairs, people.on)
        self._posts: dict[tuple[int, int | None], list[int]] = {}
        found = agencies.posts_on(people.on).filter(agency__in={agency for agency, _unit in pairs})
        for agency, unit, pk in found.order_by("pk").values_list("agency", "unit", "pk"):
            self._posts.setdefault((agency, unit), []).append(pk)
        known = {pk for held in self._posts.values() for pk in held}
        named = {task.post_id for task in rows if task.post_id} | known
        there = set(agencies.posts_on(people.on).filter(pk__in=named - known).values_list("pk", flat=True)) | known
        self._holders = {pk: user.pk for pk, user in agencies.holders_of(there, people.on).items()}

    def find(self, task: Task, to: Receiver, *, reporter: str = "") -> Sequence[User]:
        """Return whom `to` means for the task. `reporter` is the user name of whoever may not decide on it."""
        ways: dict[Receiver, Callable[[], Sequence[User]]] = {
            Receiver.HOLDER: lambda: self._holder(task),
            Receiver.HEAD: lambda: self._head(task) or self._holder(task),
            Receiver.LEADER: lambda: self._leader(task) or self._police(task) or self._province(task),
            Receiver.POLICE: lambda: self._police(task) or self._province(task),
            Receiver.PROVINCE: lambda: self._province(task) or self._police(task),
            Receiver.DECIDER: lambda: self._decider(task, reporter),
        }
        return ways[to]()

    def _held(self, posts: Iterable[int | None]) -> Sequence[User]:
        return self.people.known(self._holders[pk] for pk in posts if pk in self._holders)

    def _head(self, task: Task) -> Sequence[User]:
        head = self._heads.get((task.lead_id, task.unit_id))
        return self._held([head.pk]) if head is not None else ()

    def _holder(self, task: Task) -> Sequence[User]:
        """Return the holder of the task's post, else of the agency's head post, else of its others, else who is near.

        Near are those who report in the unit itself; of the province's tasks, whoever gives them.
        """
        found = self._held([task.post_id]) or self._head(task)
        found = found or self._held(self._posts.get((task.lead_id, task.unit_id), ()))
        if not found and task.unit_id is not None:
            found = self.people.who_may(Permission.TASK_REPORT, task.unit_id, near=True)
        return found or self.people.who_may(Permission.TASK_ASSIGN, task.unit_id, near=True) or self._police(task)

    def _leader(self, task: Task) -> Sequence[User]:
        if task.unit_id is None:
            return self._head(task)
        return self.people.who_may(Permission.TASK_CONFIRM, task.unit_id, near=True)

    def _police(self, task: Task) -> Sequence[User]:
        return self.people.in_role(POLICE, Permission.TASK_ASSIGN, task.unit_id)

    def _province(self, task: Task) -> Sequence[User]:
        return self.people.in_role(LEADER, Permission.TASK_CONFIRM, task.unit_id)

    def _decider(self, task: Task, reporter: str) -> Sequence[User]:
        """Return who may decide on the level on which the task was given: the standing body before the leaders."""
        level = task.giver_id
        near: Sequence[User] = (
            self.people.in_role(POLICE, Permission.TASK_CONFIRM, None)
            if level is None
            else self.people.who_may(Permission.TASK_CONFIRM, level, near=True)
        )
        for found in (near, self.people.who_may(Permission.TASK_CONFIRM, level)):
            if others := [user for user in found if user.username != reporter]:
                return others
        return ()
