"""Who a user name belongs to, for pages that tell who did something."""

from __future__ import annotations

from collections.abc import Iterable

from diaban.apps.accounts.models import User


def people(usernames: Iterable[str]) -> dict[str, str]:
    """Return each user name with the person's name before it: "Nguyễn Văn An (nvan)". One query.

    A name that is no account (the set-up, the command line, an account that ended) stays as it is.
    """
    wanted = set(usernames)
    known = dict(User.objects.filter(username__in=wanted).values_list("username", "full_name"))
    return {name: f"{known[name]} ({name})" if known.get(name) else name for name in wanted}
