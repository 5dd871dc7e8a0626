"""Logs and error pages that repeat nothing of what people typed or what is stored.

What a log line may hold: where in the program, which kind of error, our own codes. What it may not: the text of an
exception (it often quotes the value), a path or a query string, a form, a cookie, a header, a local variable.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Final

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.debug import ExceptionReporter

from diaban.adapters.clock import VIETNAM

HIDDEN: Final = "‹…›"
OURS: Final = "diaban"
_CODE: Final = re.compile(r"[A-Za-z0-9_.:/@#()-]{1,80}")
_DEEPEST: Final = 10  # exceptions behind an exception


class BareFormatter(logging.Formatter):
    """Writes a record without the values that it carries.

    Our own lines keep arguments that look like codes (a route, a kind of work); lines of others keep only numbers, and
    a sentence of theirs without arguments is left out, because a value may already be inside it: the place in the
    source says which sentence it was. A traceback keeps files, lines and kinds of errors, never their text.
    """

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, VIETNAM).isoformat(timespec="seconds")
        line = f"{when} {record.levelname} {record.name} {record.module}:{record.lineno} {_sentence(record)}"
        if record.exc_info:
            line = f"{line}\n{bare_traceback(record.exc_info[1])}"
        return line.rstrip()


def bare_traceback(error: BaseException | None) -> str:
    """Return the traceback of an error and of those behind it: files, lines, kinds; no text of any error."""
    return "\n".join(_told(error)) if error is not None else ""


def _told(error: BaseException) -> Iterator[str]:
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain and len(chain) < _DEEPEST:
        chain.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    for number, one in enumerate(reversed(chain)):
        if number:
            yield "then:"
        yield from _frames(one.__traceback__)
        yield f"{type(one).__module__}.{type(one).__qualname__}"


def _frames(tb: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(tb):
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"


def _sentence(record: logging.LogRecord) -> str:
    ours = record.name == OURS or record.name.startswith(f"{OURS}.")
    parts: list[str] = []
    if isinstance(record.msg, str) and (ours or record.args):
        try:
            parts.append(record.msg % _bare_arguments(record.args, ours) if record.args else record.msg)
        except (TypeError, ValueError, KeyError):
            parts.append(record.msg)
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        parts.append(f"[{request.method} {_route(request)} {getattr(record, 'status_code', '')}]".replace(" ]", "]"))
    return " ".join(parts) or HIDDEN


def _route(request: HttpRequest) -> str:
    """Return the name of the route; the path itself may hold what somebody typed."""
    match = getattr(request, "resolver_match", None)
    return str(match.view_name) if match is not None else "(no route)"


def _bare_arguments(args: Any, ours: bool) -> Any:
    if isinstance(args, Mapping):
        return {name: _bare(value, ours) for name, value in args.items()}
    return tuple(_bare(value, ours) for value in args)


def _bare(value: object, ours: bool) -> object:
    if isinstance(value, bool | int | float | type(None)):
        return value
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, BaseException):
        return type(value).__name__
    if ours and _CODE.fullmatch(str(value)):
        return str(value)
    return HIDDEN


class BareReporter(ExceptionReporter):
    """Error reports, those of `DIABAN_DEBUG=1` too, without local variables, forms, cookies, settings or error text."""

    def get_traceback_html(self) -> SafeString:
        page = "<!DOCTYPE html><meta charset=utf-8><title>500</title><pre>{}</pre>"
        return format_html(page, bare_traceback(self.exc_value))

    def get_traceback_text(self) -> SafeString:
        return mark_safe(bare_traceback(self.exc_value))  # noqa: S308 -- sent as text/plain
