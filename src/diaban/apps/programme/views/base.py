"""What the pages of one task share: who asks, the task that is seen, an answer that is checked before it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from diaban.adapters.clock import today
from diaban.apps.access import AccessRefused, Rights, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.hotspots.forms import refuse
from diaban.apps.programme.models import Task, Turn
from diaban.apps.programme.queries.page import found_tasks
from diaban.apps.programme.queries.sight import Seats, may, seats_of
from diaban.core.lifecycle import StepRefused
from diaban.core.lifecycle.steps import Part


def actor(request: HttpRequest) -> User:
    """Return who is signed in; the middleware lets nobody else in."""
    return cast(User, request.user)


@dataclass(frozen=True, slots=True)
class Asked:
    """A task that somebody asks for, and what they are to it."""

    task: Task
    rights: Rights
    seats: Seats

    def ask(self, part: Part) -> None:
        """Raise `AccessRefused` (403) unless the person may act in this part; the action asks again."""
        verdict = may(part, self.task, rights=self.rights, seats=self.seats)
        if not verdict.allowed:
            raise AccessRefused(verdict)


def asked_task(request: HttpRequest, code: str) -> Asked:
    """Return the task; 404 when it is out of sight, as when there is none."""
    rights = rights_of(request)
    return Asked(get_object_or_404(found_tasks(rights), code=code), rights, seats_of(actor(request), today()))


def turn_of(asked: Asked, seq: int) -> Turn:
    """Return one turn of the task, or 404."""
    turn: Turn = get_object_or_404(asked.task.turns, seq=seq)
    turn.task = asked.task
    return turn


def filled(request: HttpRequest, form: forms.Form, act: Callable[[Mapping[str, Any]], object]) -> bool:
    """Do the act with a form's answers; put the reasons of a refusal beside the fields. Say whether it was done."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except StepRefused as refusal:
        refuse(form, refusal)
        return False
    return True


def done(request: HttpRequest, asked: Asked, words: str, turn: Turn | None = None) -> HttpResponse:
    """Say that it was done and go back to the task."""
    messages.success(request, words)
    answer = redirect("programme:task", asked.task.code)
    if turn is not None and turn.pk != asked.task.current_id:
        answer["Location"] += f"?lan={turn.seq}"
    return answer


def form_page(
    request: HttpRequest, asked: Asked | None, form: forms.Form, *, title: str, button: str, **more: Any
) -> HttpResponse:
    """Show the form of an act; a refused one with status 422."""
    context = {"task": asked.task if asked else None, "form": form, "title": title, "button": button, **more}
    return render(request, "programme/task_form.html", context, status=422 if form.errors else 200)


def check_page(
    request: HttpRequest, asked: Asked | None, form: forms.Form, *, title: str, button: str, **more: Any
) -> HttpResponse:
    """Read the answers of a form back before they are written."""
    answers = [
        (bound.label, shown(bound.field, form.cleaned_data.get(bound.name)))
        for bound in form
        if form.cleaned_data.get(bound.name) not in (None, "", [])
    ]
    context = {"task": asked.task if asked else None, "form": form, "title": title, "button": button}
    return render(request, "programme/task_check.html", context | {"answers": answers, **more})


def shown(field: forms.Field, value: Any) -> Any:
    """Return an answer as it is read back."""
    if isinstance(field, forms.MultipleChoiceField):
        names = dict(field.choices)  # type: ignore[arg-type]
        return ", ".join(str(names.get(one.uid, one.uid)) for one in value)
    if isinstance(value, QuerySet):
        return ", ".join(str(one) for one in value)
    if isinstance(value, Model):
        return str(value)
    if isinstance(field, forms.ChoiceField) and isinstance(value, str):
        return dict(field.choices).get(value, value)  # type: ignore[arg-type]
    return value
