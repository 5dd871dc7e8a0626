"""Evidence as people have it: PDF, Word, workbooks and photos go in by the page and come out as they may."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from programme_cast import AT, Office, office, order

from adapters.test_uploads_documents import SCRIPT, pdf
from diaban.adapters.workbooks import CLASSIFICATION, write_template
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.places import actions as place_actions
from diaban.apps.programme import actions
from diaban.apps.programme.models import Evidence, Turn


@pytest.fixture
def turn(db: None) -> Turn:
    place_actions.load_catalogue(by=House("thử"), at=AT)
    there: Office = office()
    made = order(there, lead=there.wards, due=date(2026, 12, 1))
    return actions.give_task(order=made, unit=there.home, by=there.cast["an"], at=AT).turns.get()


@pytest.fixture
def binh(turn: Turn, client: Client) -> Client:
    client.force_login(User.objects.get(username="binh"))
    return client


def letter(author: str = "") -> bytes:
    document = docx.Document()
    document.add_paragraph("Biên bản họp tổ dân phố")
    document.core_properties.author = author
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sent(client: Client, turn: Turn, name: str, data: bytes) -> tuple[int, str]:
    answers = {"kind": "file", "words": "Biên bản", "file": SimpleUploadedFile(name, data)}
    reply = client.post(f"/nhiem-vu/viec/{turn.task.code}/lan/1/minh-chung/", answers, follow=True)
    return reply.status_code, reply.content.decode()


@pytest.mark.parametrize(
    ("name", "data", "kept", "content_type"),
    [
        ("biên bản.PDF", pdf(), "biên bản.PDF", "application/pdf"),
        ("../bao cao.doc", letter(), "bao cao.docx", "wordprocessingml.document"),
        ("số liệu.xlsx", write_template(CLASSIFICATION, []), "số liệu.xlsx", "spreadsheetml.sheet"),
    ],
)
def test_documents_are_kept_whole_and_given_out_only_to_be_saved(
    turn: Turn, binh: Client, name: str, data: bytes, kept: str, content_type: str
) -> None:
    status, _page = sent(binh, turn, name, data)
    piece = Evidence.objects.get()
    assert (status, piece.file_name, bytes(piece.file_data or b"")) == (200, kept, data)
    reply = binh.get(f"/nhiem-vu/minh-chung/{piece.pk}/tep/")
    assert reply.content == data
    assert reply["Content-Type"].endswith(content_type)
    assert reply["Content-Disposition"].startswith("attachment")
    assert reply["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", pdf(SCRIPT, root=b"/OpenAction 10 0 R"), "In lại thành PDF"),
        ("a.pdf", pdf()[:-100], "bị hỏng"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "kiểu cũ"),
        ("a.docx", letter()[:-100], "Tệp Word bị hỏng"),
        ("a.exe", b"MZ\x90\x00", "chương trình Windows"),
    ],
)
def test_a_file_that_is_refused_says_what_to_do_and_leaves_nothing(
    turn: Turn, binh: Client, name: str, data: bytes, words: str
) -> None:
    status, page = sent(binh, turn, name, data)
    assert status == 422
    assert words in page
    assert not Evidence.objects.exists()


def test_whoever_attaches_a_document_is_told_what_it_says_of_its_writer(turn: Turn, binh: Client) -> None:
    _status, page = sent(binh, turn, "a.docx", letter("Nguyễn Văn Soạn"))
    assert "còn ghi tên người soạn" in page
    assert "Nguyễn Văn Soạn" not in page
    _status, page = sent(binh, turn, "b.pdf", pdf())
    assert "còn ghi tên người soạn" not in page
