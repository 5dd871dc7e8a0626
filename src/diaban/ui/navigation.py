"""The doors of the house, by verb and place.

An entry is shown where its address exists and opens to the person: an app says how that is found out (`keep_doors`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_noop


@dataclass(frozen=True, slots=True)
class Entry:
    """One door: the name of its address, its words, and the short word for a phone's bottom bar (empty = not there)."""

    address: str
    words: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """An entry as drawn on one page."""

    url: str
    label: str
    short: str
    name: str
    current: bool
    waiting: int = 0
    waits: str = ""


ENTRIES = (
    Entry("overview:home", gettext_noop("Tổng quan"), gettext_noop("Tổng quan")),
    Entry("programme:mine", gettext_noop("Việc của tôi"), gettext_noop("Việc")),
    Entry("hotspots:list", gettext_noop("Điểm, tụ điểm"), gettext_noop("Điểm")),
    Entry("hotspots:incidents", gettext_noop("Vụ việc")),
    Entry("hotspots:routes", gettext_noop("Tuyến")),
    Entry("hotspots:series", gettext_noop("Chuỗi số liệu")),
    Entry("analyses:home", gettext_noop("Phân tích")),
    Entry("localities:cycles", gettext_noop("Phân loại địa bàn"), gettext_noop("Phân loại")),
    Entry("plans:list", gettext_noop("Kế hoạch"), gettext_noop("Kế hoạch")),
    Entry("programme:list", gettext_noop("Nhiệm vụ")),
    Entry("transformation:list", gettext_noop("Chuyển hóa")),
    Entry("concerns:list", gettext_noop("Vướng mắc, kiến nghị")),
    Entry("agencies:list", gettext_noop("Cơ quan, phân công")),
    Entry("places:list", gettext_noop("Đơn vị hành chính")),
    Entry("reports:list", gettext_noop("Báo cáo"), gettext_noop("Báo cáo")),
    Entry("exchange:home", gettext_noop("Nhập/xuất")),
    Entry("staff:people", gettext_noop("Người và vai trò"), gettext_noop("Người")),
    Entry("overview:journal", gettext_noop("Nhật ký"), gettext_noop("Nhật ký")),
)
RECORD_ADDRESSES = ("hotspots:quick", "hotspots:incident_new")
MOST_SHORT = 3  # doors in a phone's bottom bar, beside “Ghi nhận” and “Thêm”

Opens = Callable[[HttpRequest, str], bool]
_opens: list[Opens] = []


def keep_doors(opens: Opens) -> None:
    """Say how to find out whether an address opens to the person of a request; called once, when the app is ready."""
    _opens[:] = [opens]


def opens_to(request: HttpRequest, url: str) -> bool:
    """Tell whether the person of the request may open the address."""
    return all(opens(request, url) for opens in _opens)


Waiting = Callable[[HttpRequest], int]
_waiting: dict[str, Waiting] = {}
_waits: dict[str, str] = {}


def announce(address: str, count: Waiting, words: str = "") -> None:
    """Say how to count what waits behind the door `address`, and in words what it is (a msgid)."""
    _waiting[address] = count
    _waits[address] = words


_inbox: list[tuple[str, Waiting]] = []


def keep_inbox(address: str, unread: Waiting) -> None:
    """Say where the inbox is and how to count what is unread in it; called once, when the app is ready."""
    _inbox[:] = [(address, unread)]


def inbox(request: HttpRequest) -> tuple[str, int] | None:
    """Return the address of the inbox and the number of unread notices, for whoever it opens to."""
    for address, unread in _inbox:
        url = _address(address)
        if url is not None and opens_to(request, url):
            return url, unread(request)
    return None


def _address(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def doors(request: HttpRequest) -> list[Door]:
    """Return the doors that open, in order; the current one is that with the longest beginning of the path.

    What waits is counted only for a person who is signed in, and only behind doors that open.
    """
    path = request.path
    counts = _waiting if getattr(getattr(request, "user", None), "is_authenticated", False) else {}
    found = [(entry, url) for entry in ENTRIES if (url := _address(entry.address)) and opens_to(request, url)]
    fitting = [url for _entry, url in found if path == url or (url != "/" and path.startswith(url))]
    here = max(fitting, key=len, default=None)
    return [
        Door(
            url,
            gettext(entry.words),
            gettext(entry.short) if entry.short else "",
            entry.address.replace(":", "-"),
            url == here,
            counts[entry.address](request) if entry.address in counts else 0,
            gettext(words) if (words := _waits.get(entry.address, "")) else "",
        )
        for entry, url in found
    ]


def record_address(request: HttpRequest) -> str | None:
    """Return where a new incident is entered, the one act that a phone offers on every page to who may do it."""
    return next((url for name in RECORD_ADDRESSES if (url := _address(name)) and opens_to(request, url)), None)
