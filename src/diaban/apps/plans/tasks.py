"""Long work on plans: reading a long text."""

from __future__ import annotations

from django.utils.translation import gettext as _

from diaban.adapters.clock import now
from diaban.apps.access import Permission
from diaban.apps.accounts.models import User
from diaban.apps.jobs.progress import Progress, WorkFailed, work
from diaban.apps.plans.actions.reading import read_version
from diaban.apps.plans.models import Version
from diaban.apps.plans.refusals import Refused


@work("plans.read", Permission.PLAN_KEEP)
def read_long(progress: Progress, *, version: int, user: int) -> str:
    """Read the text of a version into a draft."""
    progress.step(0, 2)
    held = Version.objects.select_related("plan").get(pk=version)
    try:
        done = read_version(version=held, by=User.objects.get(pk=user), at=now())
    except Refused as refused:
        raise WorkFailed(refused) from refused
    progress.step(2, 2)
    return _("Đã đọc {n} điều khoản.").format(n=done.clauses.count())
