"""The demonstration's programme: who answers for what, plan 208 carried on, its tasks and how they went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from diaban.demo.accounts import Cast
from diaban.demo.programme import asking, giving, plans, progress, responsible, transforming

__all__ = ["load"]


def load(*, cast: Cast, last_day: date, say: Callable[[str], None], seed: int) -> None:
    """Put the programme in, through the actions, dated as if it had been entered at the time.

    Nothing before the plan was carried on: a demonstration that ends earlier has no tasks.
    """
    posts = responsible.load(cast=cast, last_day=last_day)
    say(f"  {len(posts.commune_heads)} chức danh cấp xã, {len(posts.provincial)} chức danh cấp tỉnh")
    plan = plans.load(cast=cast, last_day=last_day)
    if plan is None:
        return
    given = giving.load(plan, cast=cast, last_day=last_day)
    say(f"  {given} nhiệm vụ")
    transforming.load(cast=cast, last_day=last_day)
    say(f"  {progress.load(cast=cast, last_day=last_day, seed=seed)} lần thực hiện đã báo cáo")
    say(f"  {asking.load(last_day=last_day)} vướng mắc, kiến nghị")
