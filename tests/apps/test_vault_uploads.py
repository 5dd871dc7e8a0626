"""What comes in by the doors of the product is looked at by its bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cast import jack_of_all_work
from diaban.adapters.clock import VIETNAM
from diaban.adapters.workbooks import write_template
from diaban.apps.accounts.models import User
from diaban.apps.exchange.actions import check_batch, receive
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.registry import Context, sheet_by_code
from diaban.apps.places.forms import BoundariesForm, UnitsCsvForm

AT = dt.datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)


def checked(data: bytes) -> Batch:
    by = jack_of_all_work(User.objects.create_user(username="nhap", password="mot-mat-khau-dai-10"))
    batch = receive(sheet="hotspots", file_name="so.xlsx", data=data, options={}, by=by, at=AT)
    check_batch(batch, context=Context(by, AT, {}, batch.number), step=lambda done, total: None)
    return batch


def with_part(data: bytes, name: str) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, "<x/>")
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"), [("xl/externalLinks/externalLink1.xml", "liên kết"), ("xl/embeddings/a.bin", "nhúng")]
)
def test_a_workbook_that_reaches_out_is_refused_whole(name: str, words: str) -> None:
    good = write_template(sheet_by_code("hotspots").spec)
    batch = checked(with_part(good, name))
    assert batch.state == Batch.State.REFUSED and words in str(batch.refusal)


@pytest.mark.django_db
def test_a_plain_workbook_is_read() -> None:
    assert checked(write_template(sheet_by_code("hotspots").spec)).state == Batch.State.CHECKED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "data", "words"),
    [
        (BoundariesForm, b"\x89PNG\r\n\x1a\nx", "chỉ nhận: ranh giới GeoJSON"),
        (BoundariesForm, b"<html><script>", "trang web"),
        (UnitsCsvForm, b"MZ\x90\x00", "chương trình Windows"),
        (UnitsCsvForm, b'{"type": "FeatureCollection"}', "chỉ nhận: CSV"),
    ],
)
def test_files_of_places_are_what_they_should_be(form: type[BoundariesForm], data: bytes, words: str) -> None:
    tried = form({}, {"file": SimpleUploadedFile("ten.geojson", data, content_type="application/geo+json")})
    assert words in str(tried.errors["file"])
