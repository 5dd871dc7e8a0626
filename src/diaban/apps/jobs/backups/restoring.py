"""Bring an installation back: prove the archive, take it in beside the old, compare, and only then switch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader

from diaban.adapters.archive import ArchiveError, read_members, verify
from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import Actor, record
from diaban.apps.audit.checkpoints import witness_path
from diaban.apps.audit.models import ONLY, Head, Kind
from diaban.apps.audit.verification import verify_database
from diaban.apps.jobs.backups import contents, databases
from diaban.apps.jobs.backups.making import check_room
from diaban.apps.jobs.backups.parts import FilePart, FolderPart, Part, PostgresPart, PreciousPart, SqlitePart
from diaban.apps.vault.keys import ring
from diaban.core.chain import Report
from diaban.core.messages import N_, Message, say

Database = SqlitePart | PostgresPart
Say = Callable[[str], None]


class RestoreRefused(ArchiveError):
    """The archive is sound but is not put in here; nothing was changed, or all was put back."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    manifest: Mapping[str, Any]
    tables: int
    rows: int
    files: int
    sessions: int
    audit: Report  # what a verification of the restored record found, before the restore was added to it
    migrated: int  # migrations that this version added to the archive's


def look(path: Path, passphrase: str, *, tell: Callable[[int], None]) -> Mapping[str, Any]:
    """Read the whole archive and return its manifest; write nothing. Raises `ArchiveError`."""
    with path.open("rb") as source:
        manifest = verify(source, passphrase, tell=tell)
    if manifest.get("format") != contents.FORMAT:
        raise RestoreRefused(
            say(N_("Bản sao lưu do Diaban {version} làm, mới hơn bản đang chạy."), version=manifest["diaban"])
        )
    return manifest


def check_fits(manifest: Mapping[str, Any], *, replace: bool) -> None:
    """Raise `RestoreRefused` when the archive is not for this installation, or would overwrite what is in it."""
    here, there = databases.distinct(), {name: one["engine"] for name, one in manifest["databases"].items()}
    # A database behind a wall may have come with a later version: it begins empty, so it must be empty.
    added = here.keys() - there.keys()
    if {**here, **there} != here or any(here[alias] != "sqlite" and _has_tables(alias) for alias in added):
        raise RestoreRefused(
            say(
                N_(
                    "Bản sao lưu là của {there}, còn máy này dùng {here}."
                    " Đặt DIABAN_DATABASE_URL cùng loại rồi làm lại."
                ),
                there=_engines(there),
                here=_engines(here),
            )
        )
    if change := _unknown_change(manifest):
        raise RestoreRefused(
            say(
                N_(
                    "Bản sao lưu do Diaban {version} làm, mới hơn bản đang chạy (thay đổi {change})."
                    " Cài bản mới rồi làm lại."
                ),
                version=manifest["diaban"],
                change=change,
            )
        )
    if not replace and (held := what_is_here()):
        raise RestoreRefused(
            say(N_("Ở đây đã có dữ liệu ({held}). Thêm --replace nếu muốn thay toàn bộ bằng bản sao lưu."), held=held)
        )


def _unknown_change(manifest: Mapping[str, Any]) -> str:
    """Return a change of the database that this version does not know; empty when it knows them all."""
    known = set(MigrationLoader(None).disk_migrations)
    ours = {app for app, _name in known}  # what an app that has gone since left behind does no harm
    for facts in manifest["databases"].values():
        for app, names in facts["migrations"].items():
            for name in names:
                if app in ours and (app, name) not in known:
                    return f"{app}.{name}"
    return ""


def _has_tables(alias: str) -> bool:
    return bool(connections[alias].introspection.table_names())


def _engines(found: Mapping[str, str]) -> str:
    return ", ".join(f"{alias}: {engine}" for alias, engine in sorted(found.items()))


def what_is_here() -> str:
    """Return in words what a restore would overwrite; empty on a machine where nobody has worked yet."""
    for alias, engine in databases.distinct().items():
        if engine == "sqlite" and not databases.path_of(alias).exists():
            continue
        tables = connections[alias].introspection.table_names()
        if User._meta.db_table in tables and (accounts := User.objects.using(alias).count()):
            return str(say(N_("{n} tài khoản"), n=accounts))
    if files := len(contents.kept_files()):
        return str(say(N_("{n} tệp tải lên"), n=files))
    return ""


def restore(
    path: Path,
    passphrase: str,
    manifest: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    tell: Callable[[int], None],
) -> Restored:
    """Replace everything by the archive whose `manifest` was proved by `look` and `check_fits`.

    The old stays beside the new until the new is in its place, compared and migrated; on any error it is put back.
    Raises `ArchiveError`.
    """
    replaced = _head_here()
    connections.close_all()
    all_of_it = _installation(at)
    _refuse_leftovers(all_of_it.parts)
    for target in all_of_it.targets.values():
        target.check_alone()
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    check_room(Path(settings.DATA_DIR), sum(one["size"] for one in manifest["members"].values()))
    with ExitStack() as back:
        for part in all_of_it.parts:
            back.callback(_undo, part)
        _take_in(path, passphrase, manifest, all_of_it, tell)
        _compare(manifest, all_of_it.targets)
        for part in all_of_it.parts:
            part.switch()
        (Path(settings.DATA_DIR) / "catalogue-stamp").unlink(missing_ok=True)  # the next start compares the units anew
        done = _settled_in(manifest)
        told = {"made_at": manifest["made_at"], "diaban": manifest["diaban"], "rows": done.rows}
        # A restore sets the record back: where it stood before belongs into it.
        told["replaced"] = replaced
        subject = f"backup:{path.name}"[:80]
        record(by=by, at=at, verb="backup.restore", subject=subject, detail=told, kind=Kind.SYSTEM)
        connections.close_all()
        back.pop_all()
    for part in all_of_it.parts:
        part.settle()
    return done


@dataclass(frozen=True, slots=True)
class _Installation:
    """Everything that a restore replaces, by the names that it has in an archive."""

    targets: Mapping[str, Database]
    folder: FolderPart
    singles: Mapping[str, FilePart]

    @property
    def parts(self) -> list[Part]:
        """Databases last: whatever fails before them leaves the record of the house untouched."""
        return [self.folder, *self.singles.values(), *self.targets.values()]


def _installation(at: datetime) -> _Installation:
    targets: dict[str, Database] = {
        contents.member_of(alias): SqlitePart(databases.path_of(alias))
        if engine == "sqlite"
        else PostgresPart(alias, f"{at:%Y%m%d%H%M%S}")
        for alias, engine in databases.distinct().items()
    }
    places = contents.single_files()
    singles = {name: FilePart(place) for name, place in places.items()}
    singles[contents.RING] = PreciousPart(places[contents.RING], stays=True)
    singles[contents.WITNESS] = PreciousPart(places[contents.WITNESS])
    return _Installation(targets, FolderPart(Path(settings.MEDIA_ROOT)), singles)


def _settled_in(manifest: Mapping[str, Any]) -> Restored:
    """Bring what was restored to this version, end its sessions, look at its record; return what there is to tell."""
    migrated = _migrate(manifest)
    sessions = _end_sessions()
    tables = [table for one in manifest["databases"].values() for table in one["tables"].values()]
    return Restored(
        manifest,
        tables=len(tables),
        rows=sum(table["rows"] for table in tables),
        files=sum(name.startswith(contents.FILES) for name in manifest["members"]),
        sessions=sessions,
        audit=verify_database(keys=ring(), witness=witness_path()),
        migrated=migrated,
    )


def _head_here() -> dict[str, Any]:
    """Return where the audit of the database that is replaced stands; empty when there is none."""
    try:
        found = Head.objects.filter(pk=ONLY).values("seq", "hash").first()
    except DatabaseError:  # no database yet, or one of an older version
        return {}
    return dict(found or {})


def _end_sessions() -> int:
    """End every session of the archive: one that was ended since would come back to life. Return how many."""
    found = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects.all()
    count: int = found.count()
    found.delete()
    return count


def _refuse_leftovers(parts: list[Part]) -> None:
    if left := "; ".join(filter(None, (part.leftover() for part in parts))):
        raise RestoreRefused(
            say(
                N_(
                    "Lần khôi phục trước dừng giữa chừng; dữ liệu cũ còn ở: {left}."
                    " Lấy lại: diaban restore --put-back. Không cần nữa: xóa, rồi làm lại."
                ),
                left=left,
            )
        )


def put_back(*, by: Actor, at: datetime) -> str:
    """Bring back the old that a restore left which was cut short; return where it lay, empty when there is nothing.

    Raises `ArchiveError` when a database is in use.
    """
    connections.close_all()
    all_of_it = _installation(at)
    left = "; ".join(filter(None, (part.leftover() for part in all_of_it.parts)))
    if not left:
        return ""
    for target in all_of_it.targets.values():
        target.check_alone()
        if isinstance(target, PostgresPart):
            target.take_up()
    for part in all_of_it.parts:
        part.undo()
    record(by=by, at=at, verb="backup.put_back", subject="backup:-", kind=Kind.SYSTEM)
    connections.close_all()
    return left


def _undo(part: Part) -> None:
    connections.close_all()
    part.undo()


def _take_in(
    path: Path,
    passphrase: str,
    manifest: Mapping[str, Any],
    all_of_it: _Installation,
    tell: Callable[[int], None],
) -> None:
    folder, single = all_of_it.folder, {**all_of_it.singles, **all_of_it.targets}
    folder.clear()

    def sink(name: str, pieces: Iterator[bytes]) -> None:
        if name.startswith(contents.FILES):
            folder.take(name.removeprefix(contents.FILES), pieces)
        elif name in single:
            single[name].take(name, pieces)

    with path.open("rb") as source:
        if read_members(source, passphrase, sink, tell=tell) != manifest:
            raise RestoreRefused(say(N_("Tệp sao lưu bị thay trong lúc khôi phục; không dùng.")))


def _compare(manifest: Mapping[str, Any], targets: Mapping[str, Database]) -> None:
    """Raise `RestoreRefused` when any table differs from what the manifest says."""
    for facts in manifest["databases"].values():
        told = {name: (table["rows"], table["sha256"]) for name, table in facts["tables"].items()}
        found = dict(targets[facts["member"]].tables())
        if different := sorted(name for name in told.keys() | found.keys() if told.get(name) != found.get(name)):
            raise RestoreRefused(_differs(different))


def _differs(tables: list[str]) -> Message:
    return say(
        N_("Dữ liệu đưa vào khác bản kê ở các bảng: {tables}. Đã trả lại như cũ."), tables=", ".join(tables[:10])
    )


def _migrate(manifest: Mapping[str, Any]) -> int:
    """Apply the migrations that the archive's version did not have; return how many."""
    before = sum(len(names) for one in manifest["databases"].values() for names in one["migrations"].values())
    try:
        for alias in databases.distinct():
            call_command("migrate", database=alias, interactive=False, verbosity=0)
        after = sum(len(MigrationLoader(connections[alias]).applied_migrations) for alias in databases.distinct())
    except DatabaseError as error:
        raise RestoreRefused(
            say(N_("Không đưa được dữ liệu cũ lên bản này: {error}. Đã trả lại như cũ."), error=str(error))
        ) from None
    finally:
        with suppress(DatabaseError):
            connections.close_all()
    return after - before
