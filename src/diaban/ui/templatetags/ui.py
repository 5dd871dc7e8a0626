"""Filters and tags of the design system: `{% load ui %}`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaban.ui import formats
from diaban.ui.context import is_demo
from diaban.ui.svgmap import LegendItem
from diaban.ui.svgmap.marks import disc, drawing

register = template.Library()

CLASS_WORDS = {
    "I": gettext_noop("Loại I"),
    "II": gettext_noop("Loại II"),
    "III": gettext_noop("Loại III"),
    "none": gettext_noop("Không thuộc loại"),
    "free": gettext_noop("Không ma túy"),
    "unknown": gettext_noop("Chưa xác định"),
}


def short_class(code: str) -> str:
    """Return the one short form of a class, for badges, legends and filters."""
    return _(CLASS_WORDS.get(code, code))


def not_reported() -> SafeString:
    """Return the words that stand where nothing was reported."""
    return format_html('<span class="missing">{}</span>', _("chưa báo cáo"))


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """`1.234,5`; nothing for None (use `reported` where a missing figure must be named)."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        value = Decimal(value)
    return formats.grouped(value, places)


@register.filter
def reported(value: Any, places: int | None = None) -> str:
    """The number, or "chưa báo cáo" when it is None: absence is never shown as zero or as a blank."""
    return not_reported() if value is None or value == "" else number(value, places)


@register.filter
def percent(value: Any, places: int = 1) -> str:
    """A ratio as a percentage (0.125 → `12,5 %`); "chưa báo cáo" for None."""
    return not_reported() if value is None or value == "" else formats.percent(value, places)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """dd/mm/yyyy, nothing for None."""
    return formats.day(value) if value else ""


@register.filter
def moment(value: dt.datetime | None) -> str:
    """`14:05 31/12/2026` on Vietnam's clock, nothing for None."""
    return formats.moment(value) if value else ""


def _query(context: template.Context) -> QueryDict:
    request = context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


def _with(query: QueryDict, changes: dict[str, Any]) -> str:
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        elif isinstance(value, list | tuple):
            query.setlist(name, [str(one) for one in value])
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The current query string with `changes`; None or "" removes a key. Filters stay in the address."""
    return _with(_query(context), changes)


@register.simple_tag(takes_context=True)
def hidden_query(context: template.Context, *leave_out: str) -> SafeString:
    """The current query as hidden inputs, without the names in `leave_out`: a small form keeps the other filters."""
    query = _query(context)
    inputs = [
        format_html('<input type="hidden" name="{}" value="{}">', name, value)
        for name, values in query.lists()
        if name not in leave_out
        for value in values
    ]
    return SafeString("".join(inputs))


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, name: str, label: str, kind: str = "", first: str = "asc") -> SafeString:
    """A `<th>` that sorts (`?sort=name`, `?sort=-name`); `kind="num"` aligns right, `first` is the first click."""
    query = _query(context)
    current = query.get("sort") or str(context.get("sort") or "")
    if current.lstrip("-") == name:
        state = "descending" if current.startswith("-") else "ascending"
        target = name if current.startswith("-") else f"-{name}"
    else:
        state, target = "", name if first == "asc" else f"-{name}"
    return format_html(
        '<th scope="col" class="sortable {}"{}><a href="{}">{}<span class="sort-mark" aria-hidden="true"></span></a>'
        "</th>",
        kind,
        format_html(' aria-sort="{}"', state) if state else "",
        _with(query, {"sort": target, "page": None}),
        label,
    )


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Rows shown, of how many, with previous and next."""
    return {"page": page, "request": context.get("request")}


@register.simple_tag
def class_badge(code: str | None, note: str = "") -> SafeString:
    """The class of a commune as a badge; `code` is I, II, III, none, free, unknown or None (= unknown)."""
    key = str(code) if code else "unknown"
    words = short_class(key)
    title = format_html(' title="{}"', note) if note else ""
    return format_html('<span class="class-badge" data-class="{}"{}>{}</span>', key, title, words)


@register.simple_tag
def chip(label: str | Promise, tone: str = "neutral", title: str = "") -> SafeString:
    """A state in words; tone: neutral, info, ok, wait, warn, conflict, closed."""
    return format_html(
        '<span class="chip" data-tone="{}"{}>{}</span>', tone, format_html(' title="{}"', title) if title else "", label
    )


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, label: str = "", hint: str = "", wide: bool = False) -> dict[str, Any]:
    """A form field with label, hint and error, tied together for screen readers."""
    widget = getattr(bound.field.widget, "input_type", "") or type(bound.field.widget).__name__.lower()
    grouped = getattr(bound.field.widget, "use_fieldset", False)
    return {
        "field": bound,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "own_hint": hint,
        "wide": wide,
        "kind": widget,
        "grouped": grouped,
        "optional": not bound.field.required,
    }


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """Every error of the form at its top, each a link to its field; takes the focus when the page opens."""
    return {"form": form, "fields": [bound for bound in form if bound.errors] if form.is_bound else []}


@register.inclusion_tag("ui/demo_band.html")
def demo_band() -> dict[str, bool]:
    """The band that says the data are made up; also on pages that Django renders without a request (500)."""
    return {"shown": is_demo()}


@register.simple_tag
def legend_sign(item: LegendItem, identity: str) -> SafeString:
    """The little picture before the words of a legend's row."""
    if item.sign == "mark":
        inner = f'<g transform="translate(12 8)">{drawing(item.shape, item.fill)}</g>'
    elif item.sign == "disc":
        inner = f'<g transform="translate(12 8) scale(0.8)">{disc("n")}</g>'
    elif item.sign == "line":
        inner = format_html('<path class="map__route map__route--{}" d="M1 8H23"/>', item.tone)
    else:
        hatched = item.tone in ("class-unknown", "step-missing")
        fill = format_html(' fill="url(#{}-hatch-small)"', identity) if hatched else ""
        inner = format_html('<path class="legend__area {}"{} d="M1 1H23V15H1Z"/>', item.tone, fill)
        if item.tone == "class-free":
            inner += '<text class="map__tick" x="12" y="8" dy="0.35em">✓</text>'
    kind = "area" if item.sign == "area" else "sign"
    return SafeString(
        f'<svg class="legend__sign legend__sign--{kind}" viewBox="0 0 24 16" aria-hidden="true">{inner}</svg>'
    )
