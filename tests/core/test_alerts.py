"""The table of alerts: sound as it is, refused when it lets an alert end unchecked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diaban.catalogue.alerts_loader import table
from diaban.core.alerts import AlertMove, AlertTableError


def test_an_alert_is_looked_into_before_it_ends() -> None:
    made = table()
    assert made.open_states == {"new", "looking", "real", "unreal"}
    assert [move.verb for move in made.from_state("new")] == ["look"]
    assert {move.verb for move in made.from_state("looking")} == {"confirm", "refute"}
    assert {move.verb for move in made.from_state("real")} == {"look_again", "close"}
    assert not made.from_state("closed")
    assert all(made.move(verb).words for verb in ("confirm", "refute", "look_again"))


def test_a_table_that_lets_one_end_unchecked_is_refused() -> None:
    made = table()
    short = AlertMove("ignore", "Bỏ qua", ("new",), "closed")
    with pytest.raises(AlertTableError, match="only after it was checked"):
        replace(made, moves=(*made.moves, short))


def test_a_table_without_an_end_or_with_a_lost_state_is_refused() -> None:
    made = table()
    with pytest.raises(AlertTableError, match="no way to an end"):
        replace(made, moves=tuple(move for move in made.moves if move.verb != "close"))
    with pytest.raises(AlertTableError, match="no way to"):
        replace(made, moves=tuple(move for move in made.moves if move.verb != "refute"))
    with pytest.raises(AlertTableError, match="begins the life"):
        replace(made, moves=tuple(move for move in made.moves if move.verb != "raise"))
