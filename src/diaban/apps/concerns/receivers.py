"""Whom to tell of an issue: the head of the agency asked and, where nobody fills that place, whoever may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from diaban.apps.access import Permission
from diaban.apps.accounts.models import User
from diaban.apps.agencies import queries as agencies
from diaban.apps.concerns.models import Concern
from diaban.apps.concerns.queries import Voice, voice_of
from diaban.apps.inbox.people import People
from diaban.core.reminders import Receiver

POLICE: Final = "provincial_police"
LEADER: Final = "provincial_leader"


class Asked:
    """Finds the receivers for the issues that it was made with; the registers of posts are read once for all."""

    def __init__(self, concerns: Iterable[Concern], people: People) -> None:
        self.people = people
        pairs = {(row.addressed_id, row.unit_id) for row in concerns}
        heads = agencies.heads_of(pairs, people.on) if pairs else {}
        self._posts = {pair: post.pk for pair, post in heads.items()}
        self._users = agencies.holders_of(self._posts.values(), people.on) if heads else {}
        self._voices: dict[int, Voice] = {}

    def find(self, row: Concern, to: Receiver) -> Sequence[User]:
        """Return whom `to` means for the issue, the next one up the chain where nobody fills the place."""
        ways: dict[Receiver, Callable[[], Sequence[User]]] = {
            Receiver.POLICE: lambda: self._police(row) or self._province(row),
            Receiver.PROVINCE: lambda: self._province(row) or self._police(row),
        }
        return ways.get(to, lambda: self.holders(row))()

    def holders(self, row: Concern) -> Sequence[User]:
        """Return who holds the head post of the agency asked.

        Where nobody holds it, or the holder has no role that answers, everybody who may answer is told as well: the
        agency's other people, those near the unit, and whoever answers for the province.
        """
        user = self._users.get(self._posts.get((row.addressed_id, row.unit_id), 0))
        held = self.people.known([user.pk]) if user is not None else []
        if any(self._voice(one).answers(row) for one in held):
            return held
        found = self.people.who_may(Permission.CONCERN_ANSWER, row.unit_id)
        return list({one.pk: one for one in (*held, *found) if one in held or self._voice(one).answers(row)}.values())

    def _voice(self, user: User) -> Voice:
        if user.pk not in self._voices:
            self._voices[user.pk] = voice_of(user, self.people.on)
        return self._voices[user.pk]

    def _police(self, row: Concern) -> Sequence[User]:
        return self.people.in_role(POLICE, Permission.CONCERN_ANSWER, row.unit_id)

    def _province(self, row: Concern) -> Sequence[User]:
        return self.people.in_role(LEADER, Permission.CONCERN_ANSWER, row.unit_id)
