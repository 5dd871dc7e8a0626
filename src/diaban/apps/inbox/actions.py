"""Put notices into inboxes, each thing once to each person; mark them; note what reaches nobody; forget the old."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.inbox.models import MailWish, Notice, Sent, Unreached
from diaban.apps.inbox.words import kept
from diaban.catalogue.reminders_loader import keeping
from diaban.core.messages import Message

_CHUNK = 500  # keys in one question: SQLite takes so many


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody is to be told. `keys` name the things told of: one that they were told of already is left out.

    `several` is the topic under which one notice a day stands for many of its kind; where today's is there already, the
    letter is counted in it. `many` are the words for that notice, with the number as `{n}`. With `gather`, a letter of
    one thing already begins such a notice, in its own words until the next one comes.
    """

    user: User
    keys: tuple[str, ...]
    kind: str
    topic: str
    words: Message
    url: str
    level: int = Notice.Level.INFO
    several: str = ""
    many: Message | None = None
    many_url: str = ""
    gather: bool = False


def tell(
    *,
    to: Iterable[User],
    kind: str,
    topic: str,
    words: Message,
    url: str,
    key: str,
    at: datetime,
    level: int = Notice.Level.INFO,
) -> int:
    """Tell each of `to` one thing, once ever under `key`; return how many were told.

    `words` must name only what every one of them may see. Call it within the act that it tells of: the act's own event
    is in the log.
    """
    return deliver(letters=[Letter(user, (key,), kind, topic, words, url, level) for user in to], at=at)


@transaction.atomic
def deliver(*, letters: Sequence[Letter], at: datetime) -> int:
    """Put letters into inboxes, without what their readers were told before; return how many reminders were new."""
    receivers = {letter.user.pk for letter in letters}
    # Two workers may come with the same letters: the second waits here, and then finds the marks of the first.
    list(User.objects.select_for_update(no_key=True).filter(pk__in=receivers).order_by("pk").values_list("pk"))
    known = told((letter.user.pk, key) for letter in letters for key in letter.keys)
    new = 0
    marks: list[Sent] = []
    for letter in letters:
        fresh = [key for key in dict.fromkeys(letter.keys) if (letter.user.pk, key) not in known]
        if not fresh:
            continue
        known |= {(letter.user.pk, key) for key in fresh}
        notice = _notice(letter, len(fresh), at)
        marks += [Sent(user=letter.user, key=key, on=localdate(at), notice=notice) for key in fresh]
        new += len(fresh)
    Sent.objects.bulk_create(marks, batch_size=_CHUNK)
    return new


def _notice(letter: Letter, n: int, at: datetime) -> Notice:
    """Return the notice that tells of `n` new things: today's for several, where there is one, or a new one."""
    today = Notice.objects.filter(user=letter.user, topic=letter.several).first() if letter.several else None
    if today is not None and letter.many is not None:
        today.count += n
        today.msgid, today.url = letter.many.msgid, letter.many_url
        today.params = kept(letter.many) | {"n": today.count}
        today.created_at, today.read_at = at, None
        today.save(update_fields=["count", "msgid", "url", "params", "created_at", "read_at"])
        return today
    if len(letter.keys) > 1 and letter.many is not None:
        words, topic, url = letter.many, letter.several, letter.many_url
        params = kept(words) | {"n": n}
    else:
        words, topic, url = letter.words, letter.several if letter.gather else letter.topic, letter.url
        params = kept(words)
    return Notice.objects.create(
        user=letter.user,
        kind=letter.kind,
        level=letter.level,
        topic=topic,
        msgid=words.msgid,
        params=params,
        url=url,
        count=n,
        created_at=at,
    )


def told(pairs: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return those of the pairs (account, key) that were told already."""
    wanted = set(pairs)
    keys = sorted({key for _user, key in wanted})
    found: set[tuple[int, str]] = set()
    for part in _parts(keys):
        found |= set(Sent.objects.filter(key__in=part).values_list("user_id", "key"))
    return found & wanted


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(keys), _CHUNK):
        yield keys[begin : begin + _CHUNK]


@transaction.atomic
def mark(*, by: User, at: datetime, ids: Iterable[int] | None = None, read: bool = True) -> int:
    """Mark one's own notices as read (or unread again), all unread ones where no ids are given; return how many."""
    own = Notice.objects.filter(user=by, read_at__isnull=read)
    changed = (own if ids is None else own.filter(pk__in=list(ids))).update(read_at=at if read else None)
    if changed:
        audit.record(by=by, at=at, verb="inbox.mark", subject=_inbox(by), detail={"notices": changed, "as_read": read})
    return changed


@transaction.atomic
def unmark(*, by: User, at: datetime, marked_at: datetime) -> int:
    """Take back a marking of all: what was marked as read at exactly `marked_at` is unread again; return how many."""
    changed = Notice.objects.filter(user=by, read_at=marked_at).update(read_at=None)
    if changed:
        audit.record(by=by, at=at, verb="inbox.mark", subject=_inbox(by), detail={"notices": changed, "as_read": False})
    return changed


@transaction.atomic
def wish_mail(*, by: User, at: datetime, address: str) -> MailWish:
    """Ask to be told by e-mail at `address` (checked by the form) that something new is in the inbox."""
    values = {"address": address, "failed_at": None, "failure": ""}
    first = values | {"wanted_at": at, "counted_until": at}
    wish, _new = MailWish.objects.update_or_create(user=by, defaults=values, create_defaults=first)
    audit.record(by=by, at=at, verb="inbox.mail_on", subject=_inbox(by))
    return wish


@transaction.atomic
def unwish_mail(*, by: User, at: datetime) -> None:
    """Ask for no e-mail any more; the address is forgotten."""
    if MailWish.objects.filter(user=by).delete()[0]:
        audit.record(by=by, at=at, verb="inbox.mail_off", subject=_inbox(by))


@transaction.atomic
def note_unreached(*, source: str, found: Sequence[Unreached]) -> None:
    """Replace what of a source reaches nobody; what was there before keeps the day since which it waits."""
    keys = [one.key for one in found]
    Unreached.objects.filter(source=source).exclude(key__in=keys).delete()
    there = set(Unreached.objects.filter(source=source).values_list("key", flat=True))
    Unreached.objects.bulk_create([one for one in found if one.key not in there], ignore_conflicts=True)


@transaction.atomic
def forget(*, at: datetime) -> int:
    """Delete the notices that were kept long enough; return how many."""
    days = keeping()
    read = Notice.objects.filter(read_at__lt=at - timedelta(days=days.read_days))
    old = Notice.objects.filter(created_at__lt=at - timedelta(days=days.unread_days))
    gone = read.delete()[1].get("inbox.Notice", 0) + old.delete()[1].get("inbox.Notice", 0)
    Sent.objects.filter(on__lt=localdate(at) - timedelta(days=days.sent_days)).delete()
    return gone


def _inbox(user: User) -> str:
    return f"inbox:{user.username}"
