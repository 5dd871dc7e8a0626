"""What every page is told: the doors, and whether the data are made up."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest

from diaban.ui.navigation import MOST_SHORT, Door, doors, inbox, record_address


def is_demo() -> bool:
    """Return whether the data are synthetic (`diaban demo` leaves the file `demo` in the data folder)."""
    return bool((settings.DATA_DIR / "demo").exists())


class Frame:
    """Doors worked out when a template first asks for them, so that a fragment does not pay for them."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def doors(self) -> list[Door]:
        return self._doors

    @cached_property
    def _doors(self) -> list[Door]:
        return doors(self.request)

    def short_doors(self) -> list[Door]:
        """Return the doors of a phone's bottom bar."""
        return [door for door in self._doors if door.short][:MOST_SHORT]

    @cached_property
    def inbox(self) -> tuple[str, int] | None:
        """Return the address of the inbox and what is unread in it; None where it does not open."""
        return inbox(self.request)

    def record_url(self) -> str | None:
        return record_address(self.request)


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: `is_demo` and `frame` (`frame.doors`, `frame.record_url`)."""
    return {"is_demo": is_demo(), "frame": Frame(request)}
