"""The way of a dossier of chosen localities: proposed, appraised, decided, each by another person. The whole table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from diaban.core.messages import N_, Message, say


class State(StrEnum):
    """How far a dossier has gone."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    APPRAISED = "appraised"
    DECIDED = "decided"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Hand(StrEnum):
    """Whose hands are on a dossier: what one hand submits, another judges."""

    PROPOSER = "proposer"
    APPRAISER = "appraiser"
    DECIDER = "decider"


@dataclass(frozen=True, slots=True)
class Act:
    """One act: from which states it may be done and where it leads; whose hand does it, apart from which others.

    `owes`: what must be said with it: "opinion", "number".
    """

    name: str
    title: str
    sources: tuple[State, ...]
    target: State
    hand: Hand
    apart_from: tuple[Hand, ...] = ()
    owes: str = ""


_ACTS: Final = (
    Act("revise", N_("Sửa và trình lại"), (State.RETURNED,), State.PROPOSED, Hand.PROPOSER),
    Act("appraise", N_("Thẩm định"), (State.PROPOSED,), State.APPRAISED, Hand.APPRAISER, (Hand.PROPOSER,)),
    Act(
        "send_back",
        N_("Trả lại kèm ý kiến"),
        (State.PROPOSED, State.APPRAISED),
        State.RETURNED,
        Hand.APPRAISER,
        (Hand.PROPOSER,),
        owes="opinion",
    ),
    Act(
        "decide",
        N_("Ghi quyết định"),
        (State.APPRAISED,),
        State.DECIDED,
        Hand.DECIDER,
        (Hand.PROPOSER, Hand.APPRAISER),
        owes="number",
    ),
    Act(
        "withdraw",
        N_("Rút đề xuất"),
        (State.PROPOSED, State.RETURNED, State.APPRAISED),
        State.WITHDRAWN,
        Hand.PROPOSER,
        owes="opinion",
    ),
)
ACTS: Final = MappingProxyType({act.name: act for act in _ACTS})
TITLES: Final = MappingProxyType(
    {
        State.PROPOSED: N_("Chờ thẩm định"),
        State.RETURNED: N_("Đã trả lại"),
        State.APPRAISED: N_("Chờ quyết định"),
        State.DECIDED: N_("Đã quyết định"),
        State.SUPERSEDED: N_("Đã bị thay thế"),
        State.WITHDRAWN: N_("Đã rút"),
    }
)


class ActRefused(ValueError):
    """An act that the table does not permit in this state; `message` says what is permitted instead."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def permitted(state: State) -> tuple[Act, ...]:
    """Return the acts that may be done in `state`, the usual next one first."""
    return tuple(act for act in _ACTS if state in act.sources)


def advance(state: State, name: str) -> State:
    """Return the state that act `name` leads to from `state`; raise `ActRefused` if the table does not permit it."""
    act = ACTS[name]
    if state not in act.sources:
        raise ActRefused(
            say(
                N_("Hồ sơ đang ở trạng thái “{state}”: không làm được việc “{act}”."),
                state=say(TITLES[state]),
                act=say(act.title),
            )
        )
    return act.target
