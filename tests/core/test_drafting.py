"""The structure of a plan under a person's hands: whatever is done, paths are one each, order and words stay."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from diaban.core import drafting
from diaban.core.drafting import Draft, DraftError, Duty, Goal, Named, Piece, Status


def piece(number: int, parent: int | None, label: str, text: str, mark: str = "", **given: object) -> Piece:
    return Piece(number, parent, label, text, mark, **given)  # type: ignore[arg-type]


def plan() -> Draft:
    """Return a small plan: two headings, numbered and dashed lines, targets and tasks."""
    return Draft(
        (
            piece(1, None, "I", "MỤC TIÊU", "I.", heading=True),
            piece(2, 1, "1", "Mục tiêu chung", "1.", heading=True),
            piece(
                3, 2, "-1", "Nâng cao nhận thức; không để phát sinh điểm mới", "-",
                goals=(Goal(11, "zero", "điểm mới"),),
            ),
            piece(4, 2, "-2", "Tuyên truyền tại 100% xã", "-", uncertain=True, why="câu cụt"),
            piece(5, 1, "2", "Mục tiêu cụ thể", "2.", heading=True),
            piece(6, 5, "-1", "Trên 80% người được tư vấn", "-"),
            piece(7, None, "II", "TỔ CHỨC", "II.", heading=True),
            piece(
                8, 7, "-1", "Chủ trì rà soát; báo cáo kết quả", "-",
                named=(Named(5, "Công an tỉnh", "Chủ trì", 31),),
                duties=(Duty(21, "Rà soát", "rà soát", also=(3,)), Duty(22, "Báo cáo", "báo cáo kết quả")),
            ),
            piece(9, 8, "+1", "Hằng tháng cập nhật", "+"),
        )
    )  # fmt: skip


def paths(draft: Draft) -> list[str]:
    found = draft.paths()
    return [found[one.id] for one in draft.pieces]


def words(draft: Draft) -> str:
    return "".join("".join(one.text.split()) for one in draft.pieces)


def sound(draft: Draft) -> None:
    """Assert what holds of every draft: one path each, a parent before its children, children together."""
    ids = [one.id for one in draft.pieces]
    assert len(set(ids)) == len(ids)
    found = paths(draft)
    assert len(set(found)) == len(found), found
    for place, one in enumerate(draft.pieces):
        assert one.text == " ".join(one.text.split())
        assert one.text
        if one.parent is not None:
            assert draft.place(one.parent) < place
            between = draft.pieces[draft.place(one.parent) + 1 : place]
            below = {one.parent}
            for other in between:
                assert other.parent in below
                below.add(other.id)
    inside = [one.id for held in draft.pieces for one in (*held.goals, *held.duties)]
    assert len(set(inside)) == len(inside)
    assert all(other in set(ids) for held in draft.pieces for duty in held.duties for other in duty.also)


def test_a_split_gives_each_half_its_own_and_the_children_to_the_second() -> None:
    source = "-  Chủ trì rà soát;\nbáo cáo kết quả\n+ Hằng tháng cập nhật"
    draft = plan().with_piece(8, first=3, last=source.index("\n+"))
    after = drafting.split(draft, 8, len("Chủ trì rà soát;"), source)
    assert words(after) == words(draft)
    assert paths(after)[-3:] == ["II.-1", "II.-2", "II.-2.+1"]
    first, second = after.pieces[7], after.pieces[8]
    assert ([one.id for one in first.duties], [one.id for one in second.duties]) == ([21], [22])
    assert first.named
    assert not second.named
    assert source[first.first : first.last] == "Chủ trì rà soát;"
    assert source[second.first : second.last] == "báo cáo kết quả"


def test_what_is_split_from_a_heading_stands_below_it() -> None:
    after = drafting.split(plan(), 2, len("Mục tiêu"))
    assert paths(after)[:4] == ["I", "I.1", "I.1.~1", "I.1.-1"]


@pytest.mark.parametrize("at", [0, -3, 1000, len("MỤC TIÊU")])
def test_a_split_outside_the_sentence_is_refused(at: int) -> None:
    with pytest.raises(DraftError, match="mỗi nửa"):
        drafting.split(plan(), 1, at)


def test_merging_joins_words_findings_and_children() -> None:
    after = drafting.merge(plan(), 3)
    joined = after.piece(3)
    assert joined.text.endswith("điểm mới Tuyên truyền tại 100% xã")
    assert joined.uncertain
    assert [one.id for one in joined.goals] == [11]
    assert paths(after)[:4] == ["I", "I.1", "I.1.-1", "I.2"]
    with pytest.raises(DraftError, match="cuối"):
        drafting.merge(after, 9)


def test_a_heading_moved_out_takes_what_follows_it() -> None:
    draft = drafting.move_out(plan(), 3)
    assert paths(draft)[:5] == ["I", "I.1", "I.-1", "I.-1.-1", "I.2"]
    with pytest.raises(DraftError, match="ngoài cùng"):
        drafting.move_out(plan(), 1)


def test_moving_in_makes_a_child_of_the_one_before() -> None:
    draft = drafting.move_in(plan(), 5)
    assert paths(draft)[4:6] == ["I.1.2", "I.1.2.-1"]
    with pytest.raises(DraftError, match="đứng trước"):
        drafting.move_in(plan(), 1)


def test_removing_lifts_what_stood_below_or_takes_it_along() -> None:
    lifted = drafting.remove(plan(), 2)
    assert paths(lifted)[:4] == ["I", "I.-1", "I.-2", "I.2"]
    gone = drafting.remove(plan(), 2, whole=True)
    assert paths(gone)[:3] == ["I", "I.2", "I.2.-1"]
    assert gone.piece(8).duties[0].also == ()  # the clause that the task served is gone


def test_a_number_that_stands_twice_is_told_apart() -> None:
    draft = drafting.add_after(plan(), 1, text="Mới", mark="I.")
    assert paths(draft)[6] == "I#2"
    assert draft.pieces[6].status is Status.ADDED
    draft = drafting.correct(draft, draft.pieces[6].id, mark="III.")
    assert paths(draft)[6] == "III"


def test_a_dotted_number_does_not_meet_another_path() -> None:
    draft = drafting.add_after(plan(), 2, text="Mới", mark="1.2.")
    draft = drafting.correct(draft, 4, mark="2.")
    assert paths(draft)[3:5] == ["I.1.2", "I.1.2#2"]


def test_accepting_looks_at_everything_and_keeps_what_was_judged() -> None:
    draft = drafting.judge_duty(plan(), 8, 22, keep=False)
    after = drafting.accept(draft, 8)
    assert [one.status for one in after.piece(8).duties] == [Status.ACCEPTED, Status.REJECTED]
    assert after.piece(8).seen
    certain = drafting.accept_certain(plan())
    assert not certain.piece(4).seen
    assert certain.progress().seen == 8
    assert certain.progress().doubtful == 1


def test_not_measured_needs_nothing_accepted_and_gives_way_to_a_task() -> None:
    accepted = drafting.accept(plan(), 8)
    with pytest.raises(DraftError, match="được chấp nhận"):
        drafting.not_measured(accepted, 8, "định hướng chung")
    draft = drafting.not_measured(plan(), 8, "định hướng chung")
    assert [one.status for one in draft.piece(8).duties] == [Status.REJECTED, Status.REJECTED]
    assert draft.piece(8).seen
    again = drafting.put_duty(draft, 8, Duty(0, "Mới", "rà soát", also=(8, 3, 3)))
    assert again.piece(8).no_measure == ""
    assert again.piece(8).duties[-1].also == (3,)


def test_a_correction_is_told_from_what_was_found() -> None:
    draft = drafting.put_goal(plan(), 3, Goal(11, "zero", "điểm mới", value=Decimal(0)))
    assert draft.piece(3).goals[0].status is Status.CORRECTED
    draft = drafting.put_goal(draft, 3, Goal(0, "floor", "nhận thức"))
    assert draft.piece(3).goals[1].status is Status.ADDED
    with pytest.raises(DraftError, match="không còn"):
        drafting.put_goal(draft, 4, Goal(11, "zero", "điểm mới"))
    with pytest.raises(DraftError, match="để trống"):
        drafting.correct(draft, 3, text="  ")


def test_what_is_missing_is_told_clause_by_clause() -> None:
    draft = drafting.accept_certain(plan())
    told = {(draft.paths()[gap.piece or 0], gap.code, gap.blocks) for gap in drafting.missing(draft)}
    assert told == {
        ("I.1.-2", "unseen", True),
        ("I.1.-1", "goal", False),
        ("I.2.-1", "unsettled", True),
        ("II.-1", "lead", False),
        ("II.-1.+1", "unsettled", True),
    }
    assert drafting.missing(Draft())[0].code == "empty"
    served = drafting.not_measured(drafting.accept(plan(), 8), 3, "đã có nhiệm vụ khác")
    assert 3 in served.served()


class Editing(RuleBasedStateMachine):
    """Every act in any order: the draft stays sound, and no word is lost or made but by removing and adding."""

    def __init__(self) -> None:
        super().__init__()
        self.draft = plan()
        self.words = words(self.draft)

    def pick(self, share: float) -> int:
        return self.draft.pieces[int(share * len(self.draft.pieces))].id

    def keep(self, after: Draft) -> None:
        self.draft = after

    share = st.floats(0, 1, exclude_max=True)

    @rule(share=share, at=st.floats(0, 1))
    def split(self, share: float, at: float) -> None:
        number = self.pick(share)
        try:
            self.keep(drafting.split(self.draft, number, round(at * len(self.draft.piece(number).text))))
        except DraftError:
            return
        assert words(self.draft) == self.words

    @rule(share=share)
    def merge(self, share: float) -> None:
        number = self.pick(share)
        last = self.draft.pieces[-1].id == number
        if last:
            with pytest.raises(DraftError):
                drafting.merge(self.draft, number)
            return
        self.keep(drafting.merge(self.draft, number))
        assert words(self.draft) == self.words

    @rule(share=share, inwards=st.booleans())
    def move(self, share: float, inwards: bool) -> None:
        order = [one.id for one in self.draft.pieces]
        act = drafting.move_in if inwards else drafting.move_out
        try:
            self.keep(act(self.draft, self.pick(share)))
        except DraftError:
            return
        assert [one.id for one in self.draft.pieces] == order
        assert words(self.draft) == self.words

    @rule(share=share)
    def in_and_out_again(self, share: float) -> None:
        number = self.pick(share)
        below = {one.id: one.parent for one in self.draft.pieces}
        try:
            moved = drafting.move_out(drafting.move_in(self.draft, number), number)
        except DraftError:
            return
        assert {one.id: one.parent for one in moved.pieces} == below

    @rule(share=share, mark=st.sampled_from(["", "-", "1.", "a)", "II.", "+", "(1)"]), heading=st.booleans())
    def add(self, share: float, mark: str, heading: bool) -> None:
        assume(len(self.draft.pieces) < 40)
        self.keep(drafting.add_after(self.draft, self.pick(share), text="câu mới", mark=mark, heading=heading))
        self.words = words(self.draft)

    @precondition(lambda self: len(self.draft.pieces) > 3)
    @rule(share=share, whole=st.booleans())
    def remove(self, share: float, whole: bool) -> None:
        number = self.pick(share)
        after = drafting.remove(self.draft, number, whole=whole)
        assume(after.pieces)
        left = [one.id for one in after.pieces]
        assert left == [one.id for one in self.draft.pieces if one.id in set(left)]
        self.keep(after)
        self.words = words(self.draft)

    @rule(share=share, mark=st.sampled_from(["", "-", "2.", "b)", "1.2."]))
    def remark(self, share: float, mark: str) -> None:
        self.keep(drafting.correct(self.draft, self.pick(share), mark=mark))

    @rule(share=share)
    def accept(self, share: float) -> None:
        number = self.pick(share)
        self.keep(drafting.accept(self.draft, number))
        assert self.draft.piece(number).seen

    @rule(share=share)
    def say_not_measured(self, share: float) -> None:
        number = self.pick(share)
        try:
            self.keep(drafting.not_measured(self.draft, number, "lý do"))
        except DraftError:
            assert any(one.status.stands for one in self.draft.piece(number).found)
            return
        assert drafting.settled(self.draft.piece(number), frozenset())

    @invariant()
    def stays_sound(self) -> None:
        sound(self.draft)

    @invariant()
    def what_is_ready_has_nothing_unseen(self) -> None:
        blocking = [gap for gap in drafting.missing(self.draft) if gap.blocks]
        if not blocking:
            assert self.draft.progress().seen == len(self.draft.pieces)


Editing.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestEditing = Editing.TestCase
