"""Weighted displacement quotient, beside the difference for those who ask: it has no interval, and fails on zeros.

K. J. Bowers and S. D. Johnson, "Measuring the geographical displacement and diffusion of benefit effects of crime
prevention activity", J. Quantitative Criminology 19 (2003); gross, net and total net effect: R. T. Guerette, Analyzing
Crime Displacement and Diffusion, POP Center tool guide 10 (2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from diaban.engine.evaluation.counts import BeforeAfter


class Undefined(StrEnum):
    """Why there is no quotient."""

    CONTROL_ZERO = "control_zero"  # the comparison area has no event in a period: a share of it is no number
    NO_SUCCESS = "no_success"  # the treated area did not fall against the comparison: nothing could move


@dataclass(frozen=True, slots=True)
class Quotient:
    """Descriptions of a before and after; None where division by zero leaves them without a value.

    - `gross` = Rb - Ra, fall of the treated area alone. `net` = Rb/Cb - Ra/Ca, above 0 is a fall against the control.
    - `success` = Ra/Ca - Rb/Cb, `buffer` = Da/Ca - Db/Cb.
    - `quotient` = buffer / success: above 0 the benefit spread, below 0 some moved, below -1 more than was gained.
    - `total_net` = (Rb Ca/Cb - Ra) + (Db Ca/Cb - Da), events prevented in both areas.

    It is a description only: a quotient says nothing of chance. Decide by `displacement`.
    """

    gross: int
    net: float | None
    success: float | None
    buffer: float | None
    quotient: float | None
    total_net: float | None
    undefined: Undefined | None


def wdq(treated: BeforeAfter, around: BeforeAfter, control: BeforeAfter) -> Quotient:
    """Return the quotient of a treated area, the area around it and a comparison area."""
    gross = treated.before - treated.after
    if not (control.before and control.after):
        total_net = None
        if control.before:
            total_net = float(-treated.after - around.after)
        return Quotient(gross, None, None, None, None, total_net, Undefined.CONTROL_ZERO)
    success = treated.after / control.after - treated.before / control.before
    buffer = around.after / control.after - around.before / control.before
    ratio = control.after / control.before
    total_net = treated.before * ratio - treated.after + around.before * ratio - around.after
    if success >= 0:
        return Quotient(gross, -success, success, buffer, None, total_net, Undefined.NO_SUCCESS)
    return Quotient(gross, -success, success, buffer, buffer / success, total_net, None)
