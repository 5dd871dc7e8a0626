"""Versions of a plan: which clause continues which, what is carried over, what a commune takes from the province."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from diaban.core import drafting
from diaban.core.drafting import Draft, Duty, Goal, Piece, Status
from diaban.core.drafting.matching import Change, carried, compared, copied, for_communes, matched, rejoined


def piece(number: int, parent: int | None, label: str, text: str, **given: object) -> Piece:
    return Piece(number, parent, label, text, **given)  # type: ignore[arg-type]


OLD = Draft(
    (
        piece(1, None, "I", "MỤC TIÊU", heading=True, status=Status.ACCEPTED),
        piece(
            2, 1, "1", "Bảo đảm trên 80% số người nghiện được tiếp cận dịch vụ tư vấn, điều trị.",
            status=Status.ACCEPTED,
            goals=(Goal(11, "floor_strict", "trên 80%", 7, status=Status.ACCEPTED),
                   Goal(12, "zero", "dịch vụ", status=Status.REJECTED)),
        ),
        piece(3, 1, "2", "Nâng cao nhận thức của nhân dân.", status=Status.ACCEPTED, no_measure="định hướng"),
        piece(4, None, "II", "TỔ CHỨC THỰC HIỆN", heading=True, status=Status.ACCEPTED),
        piece(
            5, 4, "-1", "Rà soát, lập danh sách điểm, tụ điểm hằng tháng.", status=Status.ACCEPTED,
            duties=(Duty(21, "Rà soát", "Rà soát", 5, level="commune", also=(2,), status=Status.ACCEPTED),),
        ),
        piece(6, 4, "-2", "Báo cáo Ủy ban nhân dân tỉnh.", status=Status.ACCEPTED,
              duties=(Duty(22, "Báo cáo", "Báo cáo", 5, status=Status.ACCEPTED),)),
    )
)  # fmt: skip


def amended() -> Draft:
    """Return an amended text as a reader finds it: one clause changed, one new, one dropped, one moved."""
    return Draft(
        (
            piece(-1, None, "I", "MỤC TIÊU", heading=True),
            piece(-2, -1, "1", "Bảo đảm trên 80% số người nghiện được tiếp cận dịch vụ tư vấn, cai nghiện.",
                  goals=(Goal(-11, "floor_strict", "trên 80%"), Goal(-12, "zero", "cai nghiện"))),
            piece(-3, None, "II", "TỔ CHỨC THỰC HIỆN", heading=True),
            piece(-4, -3, "-1", "Báo cáo Ủy ban nhân dân tỉnh."),
            piece(-5, -3, "-2", "Rà soát,  lập danh sách điểm, tụ điểm hằng tháng."),
            piece(-6, -3, "-3", "Tổ chức hội nghị sơ kết vào tháng sáu với các địa phương."),
        )
    )  # fmt: skip


def test_clauses_are_found_again_by_their_words() -> None:
    pairs = matched(OLD, amended())
    assert pairs == {-1: 1, -2: 2, -3: 4, -4: 6, -5: 5}
    told = [
        (line.change.value, line.before.id if line.before else None, line.after.id if line.after else None)
        for line in compared(OLD, amended(), pairs)
    ]
    assert told == [
        ("kept", 1, -1), ("changed", 2, -2), ("dropped", 3, None), ("kept", 4, -3), ("kept", 6, -4), ("kept", 5, -5),
        ("new", None, -6),
    ]  # fmt: skip


def test_what_people_decided_goes_with_the_words_it_was_about() -> None:
    draft = carried(OLD, amended(), matched(OLD, amended()))
    changed = draft.piece(-2)
    assert changed.status is Status.FOUND
    assert changed.stem == 2
    assert [(one.words, one.indicator, one.status.value) for one in changed.goals] == [
        ("trên 80%", 7, "accepted"),
        ("cai nghiện", None, "found"),
    ]
    kept = draft.piece(-5)
    assert kept.seen
    assert kept.stem == 5
    assert kept.duties[0].also == (-2,)
    assert kept.text == "Rà soát,  lập danh sách điểm, tụ điểm hằng tháng."
    assert draft.piece(-6).stem is None
    ids = [one.id for held in draft.pieces for one in held.found]
    assert len(set(ids)) == len(ids)
    assert all(number < 0 for number in ids)


def test_a_copy_continues_every_clause_and_says_the_same() -> None:
    again = copied(OLD)
    assert [one.text for one in again.pieces] == [one.text for one in OLD.pieces]
    assert list(again.paths().values()) == list(OLD.paths().values())
    assert [one.stem for one in again.pieces] == [1, 2, 3, 4, 5, 6]
    assert again.pieces[4].duties[0].also == (again.pieces[1].id,)
    twice = copied(replace_ids(again))
    assert [one.stem for one in twice.pieces] == [1, 2, 3, 4, 5, 6]  # the stem is the first version's


def replace_ids(draft: Draft) -> Draft:
    """Return the draft as if it were stored: with ids of its own."""
    ids = {one.id: 100 + turn for turn, one in enumerate(draft.pieces)}
    return Draft(
        tuple(
            replace(
                one,
                id=ids[one.id],
                parent=ids.get(one.parent) if one.parent is not None else None,
                duties=tuple(replace(duty, also=tuple(ids[o] for o in duty.also)) for duty in one.duties),
            )
            for one in draft.pieces
        )
    )


def test_a_commune_takes_its_own_tasks_with_the_headings_above() -> None:
    own = for_communes(OLD)
    assert [(one.text, one.stem) for one in own.pieces] == [
        ("TỔ CHỨC THỰC HIỆN", 4),
        ("Rà soát, lập danh sách điểm, tụ điểm hằng tháng.", 5),
    ]
    assert list(own.paths().values()) == ["II", "II.-1"]
    assert not drafting.missing(own)


def test_a_person_may_say_better_what_continues_what() -> None:
    draft = carried(OLD, amended(), matched(OLD, amended()))
    again = rejoined(draft, -6, 2)
    assert (again.piece(-6).stem, again.piece(-2).stem) == (2, None)
    assert rejoined(again, -6, None).piece(-6).stem is None


TEXTS = st.lists(
    st.sampled_from(["rà soát điểm", "báo cáo tỉnh", "tuyên truyền trong trường", "a b c d e", "a b c d f"])
)


def flat(texts: list[str], sign: int) -> Draft:
    return Draft(tuple(piece(sign * turn, None, f"-{turn}", text) for turn, text in enumerate(texts, start=1)))


@given(TEXTS, TEXTS)
def test_no_clause_is_continued_twice_and_none_is_lost(old: list[str], new: list[str]) -> None:
    before, after = flat(old, 1), flat(new, -1)
    pairs = matched(before, after)
    assert len(set(pairs.values())) == len(pairs)
    lines = compared(before, after, pairs)
    assert sorted(line.before.id for line in lines if line.before) == [one.id for one in before.pieces]
    assert [line.after.id for line in lines if line.after] == [one.id for one in after.pieces]
    kept = sum(line.change is Change.KEPT for line in lines)
    assert kept == sum(min(old.count(text), new.count(text)) for text in set(old))


@given(TEXTS)
def test_a_text_matches_itself_whole(texts: list[str]) -> None:
    assert matched(flat(texts, 1), flat(texts, -1)) == {-turn: turn for turn in range(1, len(texts) + 1)}
