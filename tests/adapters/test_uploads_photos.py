"""Photos: only the pixels get through."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from diaban.adapters.uploads import Kind, Refusal, clean_photo
from diaban.adapters.uploads.photos import LONGEST_SIDE

CANARY = "HoangYenCanary"
PLACES = 12


def canary(place: int) -> bytes:
    return f"{CANARY}{place:02d}".encode()


def picture(width: int = 60, height: int = 40) -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (0, height // 2, width, height))
    return image


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def jpeg_with_traces() -> bytes:
    """A photo with a canary in every place that a camera, an editor or a smuggler may use."""
    image = picture()
    exif = Image.Exif()
    exif[0x010E], exif[0x010F], exif[0x013B] = (canary(n).decode() for n in (0, 1, 2))  # description, maker, artist
    exif[0x0112] = 3  # upside down
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (20.0, 25.0, 30.0)
    exif.get_ifd(0x8825)[29] = canary(3).decode()
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + canary(4)
    out = io.BytesIO()
    image.save(
        out,
        "JPEG",
        exif=exif.tobytes(),
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + canary(5),
        comment=canary(6),
        xmp=b"<x:xmpmeta>" + canary(7) + b"</x:xmpmeta>",
    )
    data = out.getvalue()
    extra = (
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10" + canary(8))
        + segment(0xEC, b"Ducky" + canary(9))
        + segment(0xE2, b"MPF\0" + canary(10))
    )
    return data[:2] + extra + data[2:] + b"PK\x03\x04" + canary(11)


def png_with_traces() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", canary(0).decode())
    info.add_text("Zipped", canary(1).decode(), zip=True)
    info.add_itxt("XML:com.adobe.xmp", canary(2).decode())
    info.add(b"prVt", canary(3))
    exif = Image.Exif()
    exif[0x010E] = canary(4).decode()
    out = io.BytesIO()
    picture().save(out, "PNG", pnginfo=info, exif=exif.tobytes())
    return out.getvalue() + canary(5)


@pytest.mark.parametrize("make", [jpeg_with_traces, png_with_traces])
def test_nothing_but_pixels_gets_through(make: object) -> None:
    dirty: bytes = make()  # type: ignore[operator]
    assert CANARY.encode() in dirty
    cleaned = clean_photo(dirty)
    assert CANARY.encode() not in cleaned.data and CANARY.encode("utf-16-le") not in cleaned.data
    with Image.open(io.BytesIO(cleaned.data)) as image:
        assert not image.getexif() and not {"icc_profile", "exif", "xmp", "comment", "photoshop"} & set(image.info)
        assert getattr(image, "text", {}) == {}


def test_every_planted_canary_was_really_there() -> None:
    dirty = jpeg_with_traces()
    assert [n for n in range(PLACES) if canary(n) not in dirty] == []


def test_only_the_blocks_that_draw_remain() -> None:
    data = clean_photo(jpeg_with_traces()).data
    markers, at = [], 2
    while data[at + 1] != 0xDA:
        markers.append(data[at + 1])
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    assert {marker for marker in markers if 0xE0 <= marker <= 0xEF or marker == 0xFE} == {0xE0}
    assert data.endswith(b"\xff\xd9") and b"PK\x03\x04" not in data
    png, at, names = clean_photo(png_with_traces()).data, 8, []
    while at < len(png):
        length = struct.unpack(">L", png[at : at + 4])[0]
        names.append(png[at + 4 : at + 8])
        at += 12 + length
    assert set(names) == {b"IHDR", b"IDAT", b"IEND"}


def test_the_turn_of_the_camera_is_applied_before_it_is_forgotten() -> None:
    with Image.open(io.BytesIO(clean_photo(jpeg_with_traces()).data)) as image:
        top, bottom = image.getpixel((30, 5)), image.getpixel((30, 35))
    assert isinstance(top, tuple) and isinstance(bottom, tuple)
    assert top[2] > 200 > top[0] and bottom[0] > 200 > bottom[2], "blue was below before the turn"


def test_large_photos_become_smaller_and_small_ones_stay() -> None:
    out = io.BytesIO()
    picture(4000, 1000).save(out, "JPEG")
    cleaned = clean_photo(out.getvalue())
    assert (cleaned.width, cleaned.height, cleaned.kind) == (LONGEST_SIDE, 640, Kind.JPEG)
    assert (clean_photo(png_with_traces()).width, clean_photo(png_with_traces()).height) == (60, 40)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_pixel_is_drawn(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    out = io.BytesIO()
    source = Image.new("I;16", (60, 40)) if mode == "I;16" else picture().convert(mode)
    source.save(out, form)
    with Image.open(io.BytesIO(clean_photo(out.getvalue()).data)) as image:
        assert image.size == (60, 40)
        assert image.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")


def bomb(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">2L5B", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(10_000_000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_000, 10_000, 60_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    with pytest.raises(Refusal, match=r"quá lớn|bị hỏng"):
        clean_photo(bomb(side, side))


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_damaged_photos_are_refused_or_drawn_but_never_crash(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([jpeg_with_traces(), png_with_traces()])))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(8, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(12, len(whole)))
    try:
        assert clean_photo(bytes(whole[:cut])).width
    except Refusal as refusal:
        assert "hỏng" in str(refusal) or "quá lớn" in str(refusal)


def test_what_is_no_photo_is_refused() -> None:
    with pytest.raises(Refusal, match="chỉ nhận: ảnh JPEG"):
        clean_photo(b"Ma;Ten\n")
