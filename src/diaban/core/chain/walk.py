"""Walk along a chain and tell everything that is not as it was written: what, where, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Literal

from diaban.core.chain.form import EVENT_LABEL, HEAD_LOST, Checkpoint, Row, genesis
from diaban.core.messages import N_, Message, say

MOST_FINDINGS: Final = 200  # of these each is told; of more, how many
Kind = Literal[
    "altered", "missing", "extra", "unlinked", "head", "tail", "checkpoint", "rollback", "witness", "guard", "file"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `seq` is the number of the event where it shows (0: before the first)."""

    kind: Kind
    seq: int
    at: str
    message: Message


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain as it is kept beside it. `genuine` tells whether its keyed mark fits; None: not asked."""

    seq: int
    hash: str
    genuine: bool | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands beside the events. `head` None: it is gone. `witness` None: no witness file was asked for."""

    origin: str
    head: Head | None
    checkpoints: Sequence[Checkpoint] = ()
    witness: Sequence[Checkpoint] | None = None


@dataclass(slots=True)
class Report:
    """What a verification saw. It passes only when there was a chain, it came to its end and found nothing."""

    events: int = 0
    checkpoints: int = 0
    attested: int = 0  # number of the last event under a good checkpoint
    findings: list[Finding] = field(default_factory=list)
    untold: int = 0  # findings over MOST_FINDINGS
    notes: list[Message] = field(default_factory=list)
    complete: bool = False

    @property
    def passed(self) -> bool:
        """Whether the whole chain was looked at and is whole."""
        return self.complete and not self.findings

    def add(self, kind: Kind, seq: int, at: str, message: Message) -> None:
        """Note a finding."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(kind, seq, at, message))
        else:
            self.untold += 1


def verify(rows: Iterable[Row], evidence: Evidence, *, is_signed: Callable[[Checkpoint], bool]) -> Report:
    """Return what is wrong with a chain. `rows` come by `seq` (from a file: as they stand there).

    `is_signed` says whether a checkpoint carries a good signature of a key that is trusted. Damage is told once, where
    it is, and the walk goes on behind it: a changed event does not make every later one a finding.
    """
    report = Report()
    good = _checkpoints(evidence, report, is_signed)
    last, last_hash, last_at = _walk(rows, evidence, {one.seq: one for one in good}, report)
    for one in good:
        if one.seq > last:
            report.add("rollback", one.seq, one.at, _cut(last, one))
    head = evidence.head
    unused = head is None or (head.seq == 0 and head.genuine is not False)
    if report.events or evidence.checkpoints or evidence.witness or not unused:
        _head(head, last, last_hash, last_at, report)
        report.complete = True
    return report


def _cut(last: int, one: Checkpoint) -> Message:
    return say(
        N_(
            "Chuỗi dừng ở dòng {last}, nhưng điểm chốt số {number} đã ký dòng {seq}: các dòng sau {last} đã bị cắt,"
            " hoặc dữ liệu bị thay bằng bản cũ."
        ),
        last=last,
        number=one.number,
        seq=one.seq,
    )


def _walk(
    rows: Iterable[Row], evidence: Evidence, marks: dict[int, Checkpoint], report: Report
) -> tuple[int, str, str]:
    """Look at every row; return number, hash and moment of the last."""
    expected, before, stands = 1, genesis(evidence.origin), ""
    label, count = EVENT_LABEL, 0
    mark = min(marks, default=-1)
    for row in rows:
        count += 1
        seq, at, actor, kind, verb, subject, purpose, detail, prev, digest = row
        try:
            # The form of `link`, written out: a call per row would double the time of the whole walk.
            whole = (
                seq == expected
                and prev == before
                and sha256(
                    f"{label} {seq} {len(at)} {len(actor)} {len(kind)} {len(verb)} {len(subject)} {len(purpose)}"
                    f" {len(detail)} {len(prev)}\n{at}{actor}{kind}{verb}{subject}{purpose}{detail}{prev}".encode()
                ).hexdigest()
                == digest
            )
        except (TypeError, UnicodeEncodeError):
            whole = False
        if not whole:
            _judge(row, expected, before, report)
        if verb == HEAD_LOST:
            report.add("head", seq, at, _lost(seq))
        if seq == mark:
            _compare(marks.pop(seq), digest, report)
            mark = min(marks, default=-1)
        if seq >= expected:
            expected, before, stands = seq + 1, digest, at
            if mark != -1 and mark < expected:  # its event is missing, which is told already
                marks = {number: one for number, one in marks.items() if number >= expected}
                mark = min(marks, default=-1)
    report.events = count
    return expected - 1, before, stands


def _lost(seq: int) -> Message:
    return say(
        N_(
            "Lúc ghi dòng {seq}, hệ thống thấy dòng đầu chuỗi đã mất hoặc bị sửa: các dòng ngay trước có thể đã bị cắt."
        ),
        seq=seq,
    )


def _judge(row: Row, expected: int, before: str, report: Report) -> None:
    """Tell what is wrong with a row that does not fit."""
    seq, at, *_texts, prev, _digest = row
    if seq < expected:
        report.add(
            "extra", seq, at, say(N_("Dòng {seq} lặp lại hoặc đứng sai chỗ (đang chờ dòng {n})."), seq=seq, n=expected)
        )
        return
    if seq > expected:
        gap = say(
            N_("Thiếu {n} dòng, từ {first} đến {last}: đã bị xóa hoặc chuyển chỗ."),
            n=seq - expected,
            first=expected,
            last=seq - 1,
        )
        report.add("missing", expected, at, gap)
    if _is_altered(row):
        report.add(
            "altered", seq, at, say(N_("Dòng {seq} không còn như lúc ghi: nội dung hoặc mã băm đã bị sửa."), seq=seq)
        )
    elif seq == expected and prev != before:
        told = say(
            N_("Dòng {seq} không nối vào dòng trước: dòng trước đã bị thay, hoặc chuỗi bị viết lại từ đây."), seq=seq
        )
        report.add("unlinked", seq, at, told)


def _is_altered(row: Row) -> bool:
    seq, at, actor, kind, verb, subject, purpose, detail, prev, digest = row
    texts = (at, actor, kind, verb, subject, purpose, detail, prev)
    try:
        lengths = " ".join(str(len(text)) for text in texts)
        return sha256(f"{EVENT_LABEL} {seq} {lengths}\n{''.join(texts)}".encode()).hexdigest() != digest
    except (TypeError, UnicodeEncodeError):
        return True


def _compare(one: Checkpoint, digest: str, report: Report) -> None:
    if one.hash == digest:
        report.attested = one.seq
        return
    told = say(
        N_("Điểm chốt số {number} đã ký một mã băm khác cho dòng {seq}: chuỗi đã bị viết lại ở giữa {after} và {seq}."),
        number=one.number,
        seq=one.seq,
        after=report.attested,
    )
    report.add("checkpoint", one.seq, one.at, told)


def _head(head: Head | None, last: int, last_hash: str, last_at: str, report: Report) -> None:
    if head is None:
        report.add("head", last, last_at, say(N_("Không còn dòng đầu chuỗi: không biết chuỗi phải dừng ở đâu.")))
        return
    if head.genuine is False:
        told = say(N_("Dòng đầu chuỗi (dòng {seq}) không mang dấu của hệ thống: đã bị sửa."), seq=head.seq)
        report.add("head", head.seq, last_at, told)
    if head.seq > last:
        told = say(
            N_("Thiếu {n} dòng ở cuối, từ {first} đến {last}: đuôi chuỗi đã bị cắt."),
            n=head.seq - last,
            first=last + 1,
            last=head.seq,
        )
        report.add("tail", last + 1, last_at, told)
    elif head.seq < last:
        told = say(
            N_("Có {n} dòng sau dòng {seq} mà hệ thống không ghi: đã bị chèn thêm, hoặc dòng đầu chuỗi là bản cũ."),
            n=last - head.seq,
            seq=head.seq,
        )
        report.add("extra", head.seq + 1, last_at, told)
    elif head.hash != last_hash:
        told = say(N_("Mã băm của dòng cuối ({seq}) khác mã ở đầu chuỗi: phần cuối đã bị viết lại."), seq=last)
        report.add("head", last, last_at, told)


def _checkpoints(evidence: Evidence, report: Report, is_signed: Callable[[Checkpoint], bool]) -> list[Checkpoint]:
    """Look at the checkpoints and the witness; return the good ones, by number."""
    good: list[Checkpoint] = []
    expected, reached = 1, 0
    for one in evidence.checkpoints:
        if one.number != expected:
            told = (
                say(N_("Thiếu điểm chốt từ số {first} đến {last}."), first=expected, last=one.number - 1)
                if one.number > expected
                else say(N_("Điểm chốt số {number} lặp lại."), number=one.number)
            )
            report.add("checkpoint", one.seq, one.at, told)
        expected = max(expected, one.number + 1)
        if one.origin != evidence.origin:
            told = say(N_("Điểm chốt số {number} thuộc một chuỗi khác."), number=one.number)
            report.add("checkpoint", one.seq, one.at, told)
        elif not is_signed(one):
            told = say(N_("Chữ ký của điểm chốt số {number} không đúng, hoặc khóa ký lạ."), number=one.number)
            report.add("checkpoint", one.seq, one.at, told)
        elif one.seq <= reached:
            told = say(N_("Điểm chốt số {number} lùi lại so với điểm trước."), number=one.number)
            report.add("checkpoint", one.seq, one.at, told)
        else:
            good.append(one)
            reached = one.seq
    report.checkpoints = len(good)
    if evidence.witness is not None:
        _witness(evidence.checkpoints, evidence.witness, report)
    return good


def _witness(kept: Sequence[Checkpoint], seen: Sequence[Checkpoint], report: Report) -> None:
    """Hold the checkpoints of the chain against those of the witness file, both ways."""
    here = {one.number: one for one in kept}
    there = {one.number: one for one in seen}
    last = max(there, default=0)
    for one in seen:
        mine = here.get(one.number)
        if mine is None:
            told = say(
                N_(
                    "Tệp chứng có điểm chốt số {number} (dòng {seq}) mà dữ liệu không có: dữ liệu đã bị đưa về một bản"
                    " cũ, hoặc điểm chốt bị xóa."
                ),
                number=one.number,
                seq=one.seq,
            )
            report.add("rollback", one.seq, one.at, told)
        elif mine != one:
            told = say(N_("Điểm chốt số {number} trong dữ liệu khác trong tệp chứng."), number=one.number)
            report.add("witness", one.seq, one.at, told)
    for number in sorted(here.keys() - there.keys()):
        if number < last:
            one = here[number]
            told = say(N_("Tệp chứng thiếu điểm chốt số {number}: tệp đã bị sửa."), number=number)
            report.add("witness", one.seq, one.at, told)
    if behind := sum(number > last for number in here):
        report.notes.append(say(N_("Tệp chứng còn thiếu {n} điểm chốt mới nhất; tiến trình nền sẽ ghi bù."), n=behind))
