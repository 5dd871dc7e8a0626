"""What waits behind the door of issues."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext_noop

from diaban.apps.access import rights_of
from diaban.apps.accounts.models import User
from diaban.apps.concerns.queries import voice_of, waiting_for

NEXT_WORD = gettext_noop("vướng mắc chờ tiếp nhận, trả lời, hoặc chờ xem trả lời")


def next_word(request: HttpRequest) -> int:
    """Return of how many issues this person has the next word."""
    return waiting_for(voice_of(cast(User, request.user), rights_of(request).on)).count()
