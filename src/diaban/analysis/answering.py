"""A question and a table in, an answer out. The same settings, table and seed give the same answer, bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from diaban.analysis.answer import Answer
from diaban.analysis.questions import emerging, evaluate, gi, knox, scan, watch
from diaban.analysis.questions.asking import Asking
from diaban.analysis.settings import AnySettings
from diaban.analysis.tables import Table
from diaban.engine.executors import Executor, Progress, Threads, quiet
from diaban.engine.streams import new_seed

_ANSWERS: Mapping[str, Callable[[Asking[Any]], Answer]] = {
    "scan": scan.answer,
    "gi": gi.answer,
    "emerging": emerging.answer,
    "knox": knox.answer,
    "watch": watch.answer,
    "evaluate": evaluate.answer,
}


def answer(
    settings: AnySettings,
    table: Table,
    *,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Answer:
    """Return the answer to the question that `settings` are of, put to `table`.

    Without a seed one is chosen and told in the answer; without an executor, threads of this process do the work.
    Raises `TableError` (sentences for people) when the question cannot be put to this table, and `Cancelled` when
    `progress` did.
    """
    asking = Asking(
        settings=settings,
        table=table,
        seed=new_seed() if seed is None else seed,
        executor=executor or Threads(),
        progress=progress,
    )
    return _ANSWERS[settings.question](asking)
