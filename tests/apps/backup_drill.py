"""The drill: fill, dump while others write, write more, destroy, restore, compare. `python backup_drill.py URL FOLDER`.

A process of its own, because it throws its database away. It goes through the commands that people type; an assertion
that does not hold ends it with a traceback.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
DATABASE, FOLDER = sys.argv[1], Path(sys.argv[2])
HOME, OUT = FOLDER / "home", FOLDER / "out"
PASSPHRASE, PASSWORD, SECRET = "một câu đủ dài để giữ", "mười hai con thuyền", "JBSWY3DPEHPK3PXP"

sys.path[:0] = [str(TESTS), str(TESTS / "apps"), str(TESTS.parent / "src")]
os.environ |= {
    "DIABAN_DATA_DIR": str(HOME),
    "DIABAN_KEY_DIR": str(HOME / "keys"),
    "DIABAN_SECRET_KEY": "only for tests",
    "DIABAN_DATABASE_URL": DATABASE,
    "DJANGO_SETTINGS_MODULE": "diaban.site.settings",
}
for folder in (HOME, HOME / "static", OUT):
    folder.mkdir()

import diaban.commands  # noqa: E402, F401  (sets Django up)

# isort: split
import hotspots_cast  # noqa: E402
from allauth.mfa.models import Authenticator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from typer.testing import CliRunner, Result  # noqa: E402

from cast import jack_of_all_work  # noqa: E402
from diaban.adapters.archive import Cost  # noqa: E402
from diaban.adapters.clock import now  # noqa: E402
from diaban.apps.accounts.actions import add_user  # noqa: E402
from diaban.apps.accounts.keys.models import AppSecret  # noqa: E402
from diaban.apps.accounts.models import User  # noqa: E402
from diaban.apps.audit.checkpoints import make_now, witness_path  # noqa: E402
from diaban.apps.audit.models import Event  # noqa: E402
from diaban.apps.jobs.backups import keeping, making, restoring  # noqa: E402
from diaban.apps.jobs.tasks import back_up  # noqa: E402
from diaban.apps.places.commands import CommandLine  # noqa: E402
from diaban.cli import build  # noqa: E402
from kill import acts  # noqa: E402

# Guessing must be dear for strangers; here only the way through matters.
making.make.__kwdefaults__["cost"] = Cost(passes=1, memory_kib=8, lanes=1)
settings.ALLOWED_HOSTS.append("testserver")
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MOVED_ON = {"audit_log", "audit_head", "accounts_session", "django_session"}  # a restore writes into these itself


def run(*words: str, secret: str = PASSPHRASE) -> Result:
    """Type a command."""
    connections.close_all()
    done = CliRunner().invoke(build(stateless=False), list(words), input=secret + "\n")
    connections.close_all()
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def good(*words: str) -> str:
    done = run(*words)
    assert done.exit_code == 0, done.output
    return done.output


def refused(code: int, why: str, *words: str, secret: str = PASSPHRASE) -> None:
    """A command that says why not, and leaves everything as it is."""
    before = everything()
    done = run(*words, secret=secret)
    assert done.exit_code == code, (done.exit_code, done.output)
    assert why in " ".join(done.output.split()), done.output
    assert everything() == before, "a refusal changed something"


def tables() -> dict[str, str]:
    """Hash every table in its own way, not the product's."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            rows = sorted(map(repr, cursor.fetchall()))
            found[name] = f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()}"
    connections.close_all()
    return found


def files() -> dict[str, str]:
    root = Path(settings.MEDIA_ROOT)
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def everything() -> tuple[dict[str, str], dict[str, str], str]:
    ring = HOME / "keys" / "ring.json"
    return tables(), files(), ring.read_text() if ring.exists() else ""


def settled(found: dict[str, str]) -> dict[str, str]:
    """The tables that a restore itself does not write into."""
    return {name: digest for name, digest in found.items() if name not in MOVED_ON}


def fill() -> hotspots_cast.Province:
    """Put real things in through the actions: places, people, spots with steps, a batch with its file, a secret."""
    call_command("migrate", verbosity=0)
    cast = hotspots_cast.build()
    if not cast.user.assignments.exists():
        jack_of_all_work(cast.user)
    add_user(by=CommandLine(), at=now(), username="binh", password=PASSWORD)
    for number in range(3):
        acts.opened(cast, f"DB-{number}")
        acts.decided(cast, f"DB-{number}", 0)
    batch = acts.taken_in(cast, "tep", 12)
    acts.check(cast, batch)
    acts.apply(cast, batch)
    factor = Authenticator.objects.create(user=cast.user, type="totp", data={})
    AppSecret.objects.create(factor=factor, secret=SECRET, step=0)
    make_now(at=now())
    return cast


def in_a_child(act: Callable[[], None]) -> int:
    """Do something in a fork, from which nothing comes back."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            act()
        finally:
            os._exit(1)
    return pid


def end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def destroy() -> None:
    """Lose the database, the files and the keys."""
    connections.close_all()
    if connection.vendor == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{HOME}/diaban.sqlite3{suffix}").unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connections.close_all()
    for path in (*Path(settings.MEDIA_ROOT).rglob("original"), HOME / "keys" / "ring.json"):
        path.unlink()


def holds() -> None:
    """What must work on whatever was restored."""
    assert "dòng" in good("verify")
    assert AppSecret.objects.get().secret == SECRET
    browser = Client()
    browser.post(reverse("accounts:login"), {"username": "binh", "password": PASSWORD})
    assert "_auth_user_id" in browser.session, "nobody can sign in"
    connections.close_all()


def test_the_way_there_and_back(cast: hotspots_cast.Province) -> Path:
    first = OUT / "first"
    moment = everything()
    assert "0 tệp" not in good("backup", str(first), "--passphrase-stdin")
    dumped = tables()
    assert settled(dumped) == settled(moment[0])
    acts.opened(cast, "SAU-1")
    (Path(settings.MEDIA_ROOT) / "sau").write_text("later")
    make_now(at=now())
    later = witness_path().read_text()
    destroy()
    output = good("restore", str(first), "--passphrase-stdin", "--replace")
    assert "mọi bảng khớp bản kê" in output and "Nhật ký toàn vẹn" in output, output
    kept = witness_path().with_name(witness_path().name + ".1")
    assert kept.read_text() == later, "what the witness told of the time after the backup is not thrown away"
    after = everything()
    assert settled(after[0]) == settled(moment[0])
    assert after[1:] == moment[1:]
    told = Event.objects.order_by("-seq").first()
    assert told is not None and told.verb == "backup.restore" and told.detail["made_at"]
    assert not list(HOME.glob("*.before-restore")) and not list(HOME.glob("*.restoring"))
    holds()
    return first


def test_while_others_write(cast: hotspots_cast.Province) -> None:
    """A dump in the midst of writing holds one moment: the record in it is whole, spots agree with their steps."""
    reading, writing = os.pipe()
    pid = in_a_child(lambda: acts.steps(cast, acts.Line(writing), random.Random(1), "viet"))
    os.read(reading, 1)
    target = OUT / "busy"
    good("backup", str(target), "--passphrase-stdin")
    told = os.read(reading, 1 << 20).count(b'"done"')
    end(pid)
    assert told > 0, "nobody wrote meanwhile"
    good("restore", str(target), "--passphrase-stdin", "--replace")
    from kill import checks

    assert [*checks.database(), *checks.spots("viet", one_event_a_step=True)] == []
    holds()


def test_refusals(first: Path) -> None:
    words = ("restore", "--passphrase-stdin", "--replace")
    refused(2, "Mật khẩu của tệp sao lưu không đúng", *words, str(first), secret="một câu khác hẳn")
    data = first.read_bytes()
    draw = random.Random(7)
    for number in range(6):
        bad = bytearray(data)
        if number % 2:
            del bad[draw.randrange(len(bad)) :]
        else:
            bad[draw.randrange(len(bad))] ^= 1 << draw.randrange(8)
        (OUT / "bad").write_bytes(bad)
        refused(2, "p", *words, str(OUT / "bad"))
    refused(1, "Thêm --replace", "restore", "--passphrase-stdin", str(first))
    refused(1, "cần ít nhất 12 ký tự", "backup", str(OUT / "x"), "--passphrase-stdin", secret="ngắn")
    refused(1, "chọn tên khác", "backup", str(first), "--passphrase-stdin")
    refused(2, "--keep", "backup", str(OUT / "y"), "--keep", "3", "--passphrase-stdin")
    assert not (OUT / "x").exists()


def test_used_by_others(cast: hotspots_cast.Province, first: Path) -> None:
    """A running service keeps its database open: it must be stopped first."""
    reading, writing = os.pipe()
    pid = in_a_child(lambda: hold_open(writing))
    os.read(reading, 1)
    try:
        refused(1, "Dừng diaban serve", "restore", str(first), "--passphrase-stdin", "--replace")
    finally:
        end(pid)


def hold_open(writing: int) -> None:
    User.objects.count()
    os.write(writing, b"x")
    signal.pause()


def test_a_restore_that_fails_puts_the_old_back(first: Path) -> None:
    """Whatever goes wrong after the switch: the old stands again, whole."""
    works = restoring._end_sessions

    def fails() -> Any:
        raise restoring.RestoreRefused(restoring.say("giữa chừng"))

    restoring._end_sessions = fails
    try:
        refused(1, "giữa chừng", "restore", str(first), "--passphrase-stdin", "--replace")
    finally:
        restoring._end_sessions = works
    holds()


def test_a_newer_archive(first: Path) -> None:
    known = restoring.MigrationLoader
    ours = dict.fromkeys(set(known(None).disk_migrations) - {("hotspots", "0001_initial")})
    restoring.MigrationLoader = lambda _link: SimpleNamespace(disk_migrations=ours)
    try:
        refused(1, "mới hơn bản đang chạy", "restore", str(first), "--passphrase-stdin", "--replace")
    finally:
        restoring.MigrationLoader = known


def test_killed_backups_leave_nothing_that_looks_whole() -> None:
    folder = OUT / "killed"
    folder.mkdir()
    for number in range(5):
        target = folder / keeping.name_at(now() + timedelta(days=number))
        pid = in_a_child(lambda target=target: good("backup", str(target), "--passphrase-stdin"))
        time.sleep(0.08 * (number + 1))
        end(pid)
    whole = keeping.backups_in(folder)
    for path in whole:
        good("restore", "--check", str(path), "--passphrase-stdin")  # it had come to its end
    assert all(path.name.endswith(".part") for path in folder.iterdir() if path not in whole)


def test_killed_restores_leave_the_old_or_the_new(cast: hotspots_cast.Province, first: Path) -> None:
    """Never half a database; where the old still lies beside the new, the next restore says so and waits."""
    target = OUT / "second"
    acts.opened(cast, "HAI-1")
    good("backup", str(target), "--passphrase-stdin")
    good("restore", str(first), "--passphrase-stdin", "--replace")
    old = settled(tables())
    for number in range(6):
        words = ("restore", str(target), "--passphrase-stdin", "--replace")
        pid = in_a_child(lambda words=words: good(*words))
        time.sleep(0.1 * (number + 1))
        end(pid)
        wait_until_alone()
        found = settled(tables())
        assert found == old or "HAI-1" in spots(), "half a restore"
        put_back(old)
        good("restore", str(first), "--passphrase-stdin", "--replace")
        assert settled(tables()) == old
    holds()


def wait_until_alone() -> None:
    """Let the server notice that whoever spoke to it is dead."""
    if connection.vendor != "postgresql":
        return
    busy = 1
    while busy:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            (busy,) = cursor.fetchone()
        time.sleep(0.02)
    connections.close_all()


def test_a_restore_killed_on_the_very_spot(first: Path) -> None:
    """Before the switch, right after it, after the migrations: the old can always be had back."""
    old = settled(tables())
    for spot in ("_compare", "_migrate", "_end_sessions"):

        def die(spot: str = spot) -> None:
            setattr(restoring, spot, lambda *_given: os.kill(os.getpid(), signal.SIGKILL))
            run("restore", str(first), "--passphrase-stdin", "--replace")

        os.waitpid(in_a_child(die), 0)
        wait_until_alone()
        assert put_back(old) or spot == "_compare", f"nothing to put back after {spot}"
        assert settled(tables()) == old
    holds()


def spots() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM hotspots_hotspot")
        found = {code for (code,) in cursor.fetchall()}
    connections.close_all()
    return found


def put_back(settled_before: dict[str, str]) -> bool:
    """Do what the refusal asks for: the old back into its place."""
    kept: list[str] = []
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'diaban_before_')")
            kept = [name for (name,) in cursor.fetchall()]
    left = [*HOME.rglob("*.before-restore")]
    connections.close_all()
    if kept or left:
        refused(1, "dừng giữa chừng", "restore", str(OUT / "first"), "--passphrase-stdin", "--replace")
        assert "Đã lấy lại dữ liệu cũ" in good("restore", "--put-back")
        assert settled(tables()) == settled_before, "the old is not what it was"
    assert "Không có lần khôi phục nào" in good("restore", "--put-back")
    return bool(kept or left)


def test_the_daily_backup() -> None:
    folder, file = OUT / "daily", FOLDER / "passphrase"
    settings.BACKUP_DIR, settings.BACKUP_PASSPHRASE_FILE, settings.BACKUP_KEEP = str(folder), str(file), 2
    file.write_text(PASSPHRASE + "\n")
    at = now()
    back_up(at)
    assert keeping.standing().failed_at is not None, "a folder that is not there is a failure that is told"
    folder.mkdir()
    back_up(at)
    back_up(at)
    assert len(keeping.backups_in(folder)) == 1
    assert keeping.standing().failed_at is None
    for days in (1, 2, 3):
        back_up(at + days * timedelta(days=1))
    names = [path.name for path in keeping.backups_in(folder)]
    assert len(names) == 2 and names[-1] == keeping.name_at((at + timedelta(days=3)).replace(minute=0, second=0)), names
    good("restore", "--check", str(folder / names[-1]), "--passphrase-file", str(file))


def main() -> None:
    cast = fill()
    first = test_the_way_there_and_back(cast)
    test_refusals(first)
    test_used_by_others(cast, first)
    test_a_restore_that_fails_puts_the_old_back(first)
    test_a_newer_archive(first)
    test_while_others_write(cast)
    test_killed_backups_leave_nothing_that_looks_whole()
    test_killed_restores_leave_the_old_or_the_new(cast, first)
    test_a_restore_killed_on_the_very_spot(first)
    test_the_daily_backup()
    print("drilled")  # noqa: T201


if __name__ == "__main__":
    main()
