"""The plain verdict: work first, never arrests alone, one word where the counts bear it, else what is missing."""

from __future__ import annotations

import numpy as np
import pytest

from diaban.engine.evaluation.conduct import Agency, CarriedOut, Fidelity, Outcome
from diaban.engine.evaluation.counts import BeforeAfter
from diaban.engine.evaluation.panel import Panel, comparison_spread
from diaban.engine.evaluation.rings import Around
from diaban.engine.evaluation.selection import chosen_for_being_bad
from diaban.engine.evaluation.verdict import Asked, Confidence, Verdict, assess
from diaban.engine.streams import Stream, generator

DONE = Fidelity((Agency("Công an", 10, 9), Agency("Y tế", 5, 5)))


def outcome(
    treated: tuple[int, int],
    control: tuple[int, int] = (1000, 1000),
    ring: tuple[int, int] | None = None,
    **rest: object,
) -> Outcome:
    rings = () if ring is None else (BeforeAfter(*ring),)
    areas = Around(BeforeAfter(*treated), rings, BeforeAfter(*control))
    return Outcome(str(rest.pop("name", "tin báo")), areas, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "verdict", "headline"),
    [
        (outcome((200, 100)), Verdict.FELL, "Giảm so với nơi so sánh"),
        (outcome((200, 100), ring=(200, 320)), Verdict.MOVED, "Chuyển sang xung quanh"),
        (outcome((400, 400), (4000, 4000)), Verdict.NO_DIFFERENCE, "Không thấy khác nơi so sánh"),
        (outcome((200, 320)), Verdict.ROSE, "Tăng so với nơi so sánh"),
        (outcome((8, 4)), Verdict.TOO_LITTLE, "Chưa đủ số liệu để kết luận"),
        (outcome((200, 100), (1000, 500)), Verdict.NO_DIFFERENCE, "Không thấy khác nơi so sánh"),  # all fell alike
    ],
)
def test_each_word_where_it_is_true(one: Outcome, verdict: Verdict, headline: str) -> None:
    found = assess([one], DONE)
    assert found.verdict is verdict
    assert str(found.headline) == headline


def test_what_is_missing_is_told_in_events_and_periods() -> None:
    found = assess([outcome((8, 4), per_period=2.0)], DONE)
    assert found.needed is not None
    assert found.needed.events > 100
    assert found.needed.periods == -(-found.needed.events // 2)
    text = " ".join(map(str, found.reasons))
    assert f"cần khoảng {found.needed.events} vụ" in text
    assert f"{found.needed.periods} kỳ" in text
    assert found.confidence is Confidence.NONE


def test_no_event_before_needs_something_else() -> None:
    found = assess([outcome((0, 0), (0, 0))])
    assert found.verdict is Verdict.TOO_LITTLE
    assert found.needed is None
    assert "không có gì để so" in " ".join(map(str, found.reasons))


def test_work_that_was_not_done_cannot_have_worked() -> None:
    fidelity = Fidelity((Agency("Công an", 10, 5), Agency("Y tế", 5, 1)))
    found = assess([outcome((200, 100))], fidelity)
    assert fidelity.judged is CarriedOut.LOW
    assert found.verdict is Verdict.NOT_CARRIED_OUT
    assert "6/15" in str(found.reasons[0])
    assert "80 %" in str(found.reasons[0])


def test_unknown_work_is_flagged() -> None:
    for fidelity in (None, Fidelity(()), Fidelity((Agency("Công an", 2, 2),))):
        found = assess([outcome((200, 100))], fidelity)
        assert found.verdict is Verdict.FELL
        assert "Chưa đủ số về việc đã làm" in str(found.reasons[0])


def test_arrests_alone_decide_nothing() -> None:
    found = assess([outcome((200, 100), name="bắt giữ", enforcement=True)], DONE)
    assert found.verdict is Verdict.ONE_SIDED
    assert len(found.accompanying) == 1
    assert found.deciding == ()


def test_arrests_beside_another_indicator_do_not_decide() -> None:
    basket = [outcome((200, 60), name="bắt giữ", enforcement=True), outcome((400, 400), (4000, 4000))]
    assert assess(basket, DONE).verdict is Verdict.NO_DIFFERENCE


def test_contradiction_is_no_success() -> None:
    found = assess([outcome((200, 100)), outcome((200, 320), name="khám sức khỏe")], DONE)
    assert found.verdict is Verdict.TOO_LITTLE
    assert "ngược nhau" in " ".join(map(str, found.reasons))


def test_two_that_agree_on_work_that_was_done_are_sure() -> None:
    basket = [outcome((200, 100)), outcome((200, 110), name="cấp cứu")]
    assert assess(basket, DONE).confidence is Confidence.HIGH
    assert assess(basket).confidence is Confidence.MODERATE
    assert assess(basket[:1], DONE).confidence is Confidence.MODERATE


def test_a_place_that_came_down_by_itself_is_no_success() -> None:
    draw = generator(61, Stream.EVALUATION_BOOTSTRAP)
    before = draw.poisson(60, 60)  # all places are alike; six are chosen for what chance gave them
    chosen = np.isin(np.arange(60), np.argsort(-before)[:6])
    after = np.full(60, 60)
    selection = chosen_for_being_bad(before, after, chosen)
    areas = Around(BeforeAfter(int(before[chosen].sum()), 360), (), BeforeAfter(9000, 9000))
    plain = assess([Outcome("tin báo", areas)], DONE)
    careful = assess([Outcome("tin báo", areas, selection=selection)], DONE)
    assert not selection.fell
    assert plain.verdict is Verdict.FELL
    assert careful.verdict is Verdict.NO_DIFFERENCE
    assert "tự giảm" in " ".join(map(str, careful.reasons))


def test_more_indicators_ask_for_more() -> None:
    borderline = outcome((100, 75))  # p about 0.07 alone would not do; at 0.05 / 5 even less
    basket = [borderline, *(outcome((50, 50), name=f"chỉ số {n}") for n in range(4))]
    assert all(one.ratio.level == pytest.approx(0.99) for one in assess(basket, DONE).deciding)


def test_nothing_done_is_seldom_called_success() -> None:
    draw = generator(62, Stream.EVALUATION_BOOTSTRAP)
    rows = draw.poisson([40, 40, 60, 60, 400, 400], (300, 6))
    found = [assess([outcome((a, b), (e, f), ring=(c, d))], DONE).verdict for a, b, c, d, e, f in rows.tolist()]
    assert sum(one in (Verdict.FELL, Verdict.MOVED) for one in found) / 300 < 0.045


@pytest.mark.parametrize("bad", [{"level": 1.0}, {"worthwhile": 1.2}, {"power": 0.0}, {"share": 0.0}])
def test_settings_without_a_meaning_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Asked(**bad)


def test_baskets_and_tasks_are_checked() -> None:
    with pytest.raises(ValueError, match="at least one outcome"):
        assess([])
    with pytest.raises(ValueError, match="name of its own"):
        assess([outcome((1, 1)), outcome((1, 1))])
    with pytest.raises(ValueError, match="3 done of 2"):
        Agency("Y tế", 2, 3)


def test_difference_and_quotient_accompany_and_never_decide() -> None:
    (found,) = assess([outcome((200, 100), (1000, 1100), ring=(100, 100), lengths=(12.0, 12.0))], DONE).deciding
    assert found.difference is not None
    assert found.difference.estimate == pytest.approx((100 - 200 - (1100 - 1000) / 5) / 12)
    assert found.change.estimate == pytest.approx(100 - 200 * 1.1, abs=0.1)
    assert found.quotient is not None
    assert found.quotient.quotient == pytest.approx((100 / 1100 - 100 / 1000) / (100 / 1100 - 200 / 1000))
    (bare,) = assess([outcome((0, 5), (0, 10))]).deciding
    assert bare.difference is None
    assert bare.quotient is None


def test_a_stated_share_of_the_work_is_enough_to_judge_by() -> None:
    low, good = Fidelity(stated=0.5), Fidelity(stated=0.9)
    assert assess([outcome((200, 100))], low).verdict is Verdict.NOT_CARRIED_OUT
    assert assess([outcome((200, 100))], good).verdict is Verdict.FELL
    assert "50 %" in str(assess([outcome((200, 100))], low).reasons[0])
    with pytest.raises(ValueError, match="stands alone"):
        Fidelity((Agency("Y tế", 2, 2),), stated=0.5)


def test_a_place_that_drifts_like_the_others_is_no_effect() -> None:
    """Sixty places whose growth differs by itself, many events: without their spread most are called effects."""
    naive = careful = 0
    for replicate in range(100):
        draw = generator(63, Stream.EVALUATION_BOOTSTRAP, replicate)
        size = draw.uniform(100, 600, 60)
        counts = draw.poisson(np.column_stack([size, size * np.exp(draw.normal(0, 0.3, 60))]))
        treated = np.arange(60) == 0
        sums = [BeforeAfter(*counts[flags].sum(axis=0).tolist()) for flags in (treated, ~treated)]
        areas = Around(sums[0], (), sums[1])
        spread = comparison_spread(Panel(counts, treated, 1))
        strong = (Verdict.FELL, Verdict.ROSE)
        naive += assess([Outcome("tin báo", areas)]).verdict in strong
        found = assess([Outcome("tin báo", areas, spread=spread)])
        careful += found.verdict in strong
        if found.verdict is Verdict.TOO_LITTLE:
            assert "nhiều nơi hơn" in " ".join(map(str, found.reasons))
    assert naive > 50
    assert careful < 12
