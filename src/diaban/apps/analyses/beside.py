"""What a hot-spot's page says of analyses: the answer that it was proposed from, and where to ask about it."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import rights_of
from diaban.apps.analyses.models import Proposal
from diaban.apps.analyses.queries import askable_units, visible_analyses
from diaban.apps.analyses.shown import spots_of, text_of
from diaban.apps.hotspots.facts import Fact
from diaban.apps.hotspots.models import Hotspot


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


def origin_fact(request: HttpRequest, spot: Hotspot) -> Fact | None:
    """Say from which answer somebody proposed the hot-spot, to whom the answer is within sight."""
    made = Proposal.objects.filter(hotspot=spot).select_related("analysis").first()
    if made is None or not visible_analyses(rights_of(request)).filter(pk=made.analysis_id).exists():
        return None
    words = _("Phân tích {code}, dòng {row}").format(code=made.analysis.code, row=made.row + 1)
    return Fact(_("Đề nghị từ"), words, reverse("analyses:result", args=[made.analysis.code]))
