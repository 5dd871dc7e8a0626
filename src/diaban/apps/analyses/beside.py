"""What other pages show of analyses: where a hot-spot was proposed from, whether it returns, whether work helped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, rights_of
from diaban.apps.analyses.models import Analysis, Counted, Proposal, Question
from diaban.apps.analyses.pictures import answer_charts, answer_map
from diaban.apps.analyses.queries import askable_units, sees_points, visible_analyses
from diaban.apps.analyses.shown import spots_of, text_of
from diaban.apps.hotspots.facts import Fact
from diaban.apps.hotspots.models import Hotspot
from diaban.ui.charts import Chart
from diaban.ui.svgmap import MapPicture


def watch_fact(request: HttpRequest, spot: Hotspot) -> Fact | None:
    """Say what the newest answer about a resolved hot-spot was, or lead to where one asks."""
    rights = rights_of(request)
    asked = visible_analyses(rights).filter(hotspot=spot, answered_at__isnull=False)
    newest = asked.order_by("-answered_at", "-pk").first()
    label = _("Sau triệt xóa")
    if newest is not None:
        words = str(text_of(newest.headline, _, spots_of(newest)))
        return Fact(label, f"{newest.last:%d/%m/%Y}: {words}", reverse("analyses:result", args=[newest.code]))
    if spot.eliminated_on is None or spot.lon is None or askable_units(rights) == frozenset():
        return None
    return Fact(
        label, _("Hỏi: có dấu hiệu trở lại không?"), f"{reverse('analyses:ask', args=['watch'])}?diem={spot.pk}"
    )


MOST_LOOKED_AT: Final = 60


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The newest answer to whether work in a commune helped (None: nobody asked yet), its curve, and where one asks."""

    analysis: Analysis | None
    headline: str
    charts: list[Chart]
    ask: str


def evaluation_of(request: HttpRequest, uid: str, starts: date) -> Evaluation | None:
    """Return what a plan for the commune shows of its effect; None for whoever neither sees nor may ask anything."""
    rights = rights_of(request)
    if not rights.holds(Permission.ANALYSIS_VIEW):
        return None
    asked = visible_analyses(rights).filter(question=Question.EVALUATE, counted=Counted.COMMUNES)
    rows = asked.filter(answered_at__isnull=False).order_by("-answered_at", "-pk")[:MOST_LOOKED_AT]
    newest = next((one for one in rows if uid in one.settings.get("units", ())), None)
    may = all(rights.can(one).allowed for one in (Permission.ANALYSIS_RUN, Permission.INCIDENT_VIEW))
    query = urlencode({"xa": uid, "tu": starts.isoformat()})
    ask = f"{reverse('analyses:ask', args=['evaluate'])}?{query}" if may else ""
    if newest is None:
        return Evaluation(None, "", [], ask) if ask else None
    headline = str(text_of(newest.headline, _, spots_of(newest)))
    return Evaluation(newest, headline, answer_charts(newest)[:1], ask)


@dataclass(frozen=True, slots=True)
class AreaAnswer:
    """The newest answer about the whole area that has a map: its sentence, map and first curve."""

    analysis: Analysis
    headline: str
    map: MapPicture
    charts: list[Chart]


def area_answer(request: HttpRequest) -> AreaAnswer | None:
    """Return what a dossier of the area shows of it; None where nobody asked, or the reader doesn't see all of it."""
    rights = rights_of(request)
    if not rights.holds(Permission.ANALYSIS_VIEW):
        return None
    asked = visible_analyses(rights).filter(unit=None, question__in=(Question.SCAN, Question.HEAT))
    newest = asked.filter(answered_at__isnull=False).order_by("-last", "-answered_at", "-pk").first()
    if newest is None:
        return None
    picture = answer_map(newest, exact=sees_points(rights, newest))
    if picture is None:
        return None
    headline = str(text_of(newest.headline, _, spots_of(newest)))
    return AreaAnswer(newest, headline, picture, answer_charts(newest)[:1])


def origin_fact(request: HttpRequest, spot: Hotspot) -> Fact | None:
    """Say from which answer somebody proposed the hot-spot, to whom the answer is within sight."""
    made = Proposal.objects.filter(hotspot=spot).select_related("analysis").first()
    if made is None or not visible_analyses(rights_of(request)).filter(pk=made.analysis_id).exists():
        return None
    words = _("Phân tích {code}, dòng {row}").format(code=made.analysis.code, row=made.row + 1)
    return Fact(_("Đề nghị từ"), words, reverse("analyses:result", args=[made.analysis.code]))
