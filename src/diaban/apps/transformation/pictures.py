"""Twelve months of incidents, one small picture for each way they came to be known."""

from __future__ import annotations

from django.utils.translation import gettext as _

from diaban.apps.hotspots.models import Source
from diaban.apps.hotspots.queries.series import Figure
from diaban.apps.transformation.queries import Scan
from diaban.core.units import Quality
from diaban.ui.charts import Chart, Panel, small_multiples
from diaban.ui.charts.model import Value


def shown_value(figure: Figure) -> Value:
    """Return a figure as a chart draws it; None where it is not known."""
    if not figure.known or figure.amount is None or figure.quality is Quality.NOT_COMPARABLE:
        return None
    return float(figure.amount) if figure.amount != int(figure.amount) else int(figure.amount)


def months_chart(scan: Scan) -> Chart | None:
    """Draw the incidents of the last twelve months by source, all on one scale; None where nothing may be shown."""
    if not scan.by_source:
        return None
    panels, sums = [], {}
    for source, figures in scan.by_source.items():
        values = [shown_value(one) for one in figures]
        name = str(Source(source).label) if source else _("Mọi nguồn")
        panels.append(Panel(name, values))
        sums[source] = sum(value or 0 for value in values)
    labels = [f"{one.index}/{one.year}" for one in scan.months]
    if Source.REPORTED in sums:
        title = _("12 tháng: người dân báo và qua hòm thư {a} vụ việc, tuần tra phát hiện {b}").format(
            a=int(sums[Source.REPORTED] + sums.get(Source.TIP, 0)), b=int(sums.get(Source.PATROL, 0))
        )
    else:
        title = _("12 tháng: {n} vụ việc").format(n=int(sum(sums.values())))
    note = _(
        "Mỗi nguồn một hình, cùng một thang. Vụ việc do tuần tra phát hiện theo mức tuần tra; không cộng các nguồn."
    )
    return small_multiples(title, labels, panels, header=_("Tháng"), note=note)
