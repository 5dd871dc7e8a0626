"""What the command line does with workbooks. Each function says its lines through `say` and returns an exit code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from django.http import QueryDict

from diaban.adapters.clock import now, today
from diaban.adapters.workbooks import save_template
from diaban.adapters.workbooks.legacy import ENCODINGS
from diaban.apps.access import AccessRefused, House, Permission
from diaban.apps.accounts.models import User
from diaban.apps.exchange import queries
from diaban.apps.exchange.actions import BatchRefused, apply_batch, check_batch, discard, receive, undo_batch
from diaban.apps.exchange.actions.reach import require_held
from diaban.apps.exchange.marks import Why, purposes_of, sheet_out, write_out
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.registry import Context, Sheet, sheet_by_code
from diaban.apps.exchange.sentences import told
from diaban.apps.places.scope import read_scope

Say = Callable[[str], None]
Step = Callable[[int, int], None]
_SHOWN = 50
_PIECE = 2**20


class _Stop(Exception):
    """The command cannot go on; the text says why."""


def ignore(done: int, total: int) -> None:
    """Take no notice of progress."""


def template(sheet: str, output: Path, say: Say, *, options: Mapping[str, str] | None = None) -> int:
    """Write the template of a register's sheet; `options` such as `cycle` fill it beforehand."""
    try:
        found = _sheet(sheet)
        save_template(found.spec, output, found.template_rows(options or {}, today(), House("cli").rights(today())))
    except (_Stop, OSError) as error:
        say(str(error))
        return 1
    say(f"Đã ghi mẫu “{found.spec.title}”: {output}")
    return 0


def import_file(
    sheet: str,
    path: Path,
    say: Say,
    *,
    user: str = "",
    apply: bool = False,
    valid_only: bool = False,
    legacy: str = "",
    options: Mapping[str, str] | None = None,
    annotated: Path | None = None,
    progress: Step = ignore,
) -> int:
    """Check a file and, with `apply`, write it: every row, or with `valid_only` those without errors.

    `annotated` receives a copy of the file with every problem written in. Without `apply` nothing stays but a line in
    the list of batches. Returns 0, or 1 when the file is refused, has errors that stop the writing, or moved meanwhile.
    """
    try:
        by = _user(user)
        given = _options(_sheet(sheet), options or {})
        if legacy and legacy not in ENCODINGS:
            raise _Stop(f"--legacy {legacy}: chỉ nhận {' hoặc '.join(ENCODINGS)}.")
        batch = receive(sheet=sheet, file_name=path.name, data=path.read_bytes(), options=given, by=by, at=now())
        batch.legacy = legacy
        check_batch(batch, context=Context(by, now(), given, batch.number), step=progress)
        good = _tell(batch, say, annotated)
        if not good or not apply or not batch.to_write or (batch.error_rows and not valid_only):
            return _leave(batch, by, say, failed=not good or bool(batch.error_rows), asked=apply)
        batch.mode = Batch.Mode.VALID if valid_only else Batch.Mode.ALL
        batch.save(update_fields=["mode"])
        apply_batch(batch, by=by, at=now(), step=progress)
    except (_Stop, BatchRefused, AccessRefused, OSError) as error:
        say(str(error))
        return 1
    say(f"Đã ghi lô {batch.number}: {batch.new} dòng thêm mới, {batch.changed} dòng sửa.")
    return 0


def undo(number: str, say: Say, *, user: str = "", progress: Step = ignore) -> int:
    """Take a written batch back. Returns 1 when it cannot be, naming the rows."""
    try:
        batch = Batch.objects.filter(number=number).first()
        if batch is None:
            raise _Stop(f"Không có lô {number}.")
        undo_batch(batch, by=_user(user), at=now(), step=progress)
    except (_Stop, BatchRefused, AccessRefused) as error:
        say(str(error))
        return 1
    say(f"Đã hoàn tác lô {number}.")
    return 0


def export(sheet: str, output: Path, say: Say, *, user: str = "", query: str = "", reason: str = "") -> int:
    """Write the rows that the list page with `query` ("loai=…&q=…") shows to that user to an .xlsx or .csv file."""
    try:
        found, by = _sheet(sheet), _user(user)
        extension = output.suffix.lower().lstrip(".")
        if extension not in ("xlsx", "csv"):
            raise _Stop(f"{output}: chỉ xuất được .xlsx hoặc .csv.")
        address = QueryDict(query)
        scope = read_scope(address, own=by.unit, on=today())
        rights = require_held(by, Permission.REGISTER_EXPORT, found.shows, at=now())
        out = sheet_out(found, address, scope=scope, rights=rights, on=today())
        if out.personal and extension == "xlsx":
            raise _Stop(
                f"“{found.spec.title}” có dữ liệu của người: xuất .xlsx ở trang Nhập/xuất, có đặt mật khẩu; "
                "hoặc xuất .csv, không gồm các cột đó."
            )
        why = Why(purposes_of(rights, found.shows)[0], reason or "Xuất bằng dòng lệnh", address.urlencode())
        with output.open("wb") as target, write_out(out, why, extension=extension, by=by, at=now()) as source:
            while piece := source.read(_PIECE):
                target.write(piece)
    except (_Stop, AccessRefused, OSError) as error:
        say(str(error))
        return 1
    say(f"Đã xuất “{found.spec.title}”: {output}")
    return 0


def _sheet(code: str) -> Sheet:
    try:
        return sheet_by_code(code)
    except LookupError as error:
        raise _Stop(str(error)) from None


def _user(name: str) -> User:
    """Return the user who acts: the one named, or the only one there is."""
    users = User.objects.filter(is_active=True)
    if name:
        found = users.filter(username=name).first()
        if found is None:
            raise _Stop(f"Không có người dùng “{name}”.")
        return found
    few = list(users.order_by("pk")[:2])
    if len(few) != 1:
        raise _Stop("Ghi rõ người nhập: --user TÊN (việc nhập, xuất được ghi vào nhật ký theo người).")
    return few[0]


def _options(sheet: Sheet, given: Mapping[str, str]) -> dict[str, str]:
    """Return the sheet's options, checked by its own form."""
    if sheet.options_form is None:
        if given:
            raise _Stop(f"Bảng “{sheet.spec.title}” không có tùy chọn nào.")
        return {}
    form = sheet.options_form(dict(given))
    if not form.is_valid():
        lines = [f"--option {name}=…: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
        raise _Stop("\n".join(lines))
    return {name: str(value) for name, value in form.cleaned_data.items()}


def _tell(batch: Batch, say: Say, annotated: Path | None) -> bool:
    """Say what the check found; write the annotated copy. Return whether the file could be read."""
    if batch.state == Batch.State.REFUSED:
        say(told(batch.refusal))
        if batch.offered_legacy:
            say(f"Thêm --legacy {batch.offered_legacy} để chuyển sang Unicode.")
        return False
    say(
        f"Lô {batch.number}: {batch.new} dòng thêm mới, {batch.changed} dòng sửa, {batch.same} dòng không đổi, "
        f"{batch.error_rows} dòng lỗi."
    )
    for one in queries.shown(batch, list(queries.problems(batch)[:_SHOWN])):
        say(f"  {batch.sheet_name} dòng {one.row}, {one.title or one.code}: “{one.value}” – {one.why}. {one.accepted}")
    if batch.problem_count > _SHOWN:
        say(f"  … và {batch.problem_count - _SHOWN} lỗi nữa.")
    if annotated is not None and batch.problem_count:
        annotated.write_bytes(queries.annotated(batch)[0])
        say(f"Bản sao có ghi từng lỗi: {annotated}")
    return True


def _leave(batch: Batch, by: User, say: Say, *, failed: bool, asked: bool) -> int:
    """Drop a batch that is not written, and say why it was not."""
    discard(batch, by=by, at=now())
    if asked and failed:
        say("Chưa ghi gì. Sửa tệp, hoặc thêm --valid-only để chỉ ghi các dòng hợp lệ.")
    elif asked:
        say("Không có gì để ghi.")
    elif not failed:
        say("Chưa ghi gì. Thêm --apply để ghi.")
    return 1 if failed else 0
