"""Photos drawn anew: only the pixels remain, upright; no place, device, time, comment, thumbnail or hidden file."""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageOps

from diaban.adapters.uploads.kinds import Kind, check
from diaban.adapters.workbooks.problems import Refusal
from diaban.core.messages import N_, say

MAX_PIXELS: Final = 50_000_000  # a telephone's 48 megapixels; decoded that is 150 MB
LONGEST_SIDE: Final = 2560
_QUALITY: Final = 85

_BROKEN: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


# A decoded photo takes 150 MB, and the filters of warnings belong to the whole process.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo without traces; `width` and `height` in pixels."""

    data: bytes
    kind: Kind
    width: int
    height: int


def clean_photo(data: bytes, *, longest: int = LONGEST_SIDE) -> Photo:
    """Return the photo drawn anew, upright, its longer side at most `longest` pixels. Raises `Refusal`.

    JPEG stays JPEG and PNG stays PNG. Colours are brought into sRGB before their profile is dropped. Only the first
    picture of a file with several is kept.
    """
    kind = check(data, allowed=(Kind.JPEG, Kind.PNG))
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about malformed traces that are dropped anyway
        return _drawn(data, kind, longest)


def _drawn(data: bytes, kind: Kind, longest: int) -> Photo:
    try:
        with Image.open(io.BytesIO(data), formats=(kind.name,)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Refusal(
                    say(
                        N_("Ảnh {w} × {h} điểm là quá lớn. Giảm cỡ ảnh xuống dưới {n} triệu điểm rồi gửi lại."),
                        w=opened.width,
                        h=opened.height,
                        n=MAX_PIXELS // 1_000_000,
                    )
                )
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            plain = _in_srgb(upright, "RGBA" if kind is Kind.PNG and upright.has_transparency_data else "RGB")
    except _BROKEN:
        raise Refusal(say(N_("Ảnh bị hỏng hoặc tải lên chưa trọn. Chụp hoặc xuất lại ảnh rồi gửi lại."))) from None
    plain.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    # A fresh sheet: whatever an image carries along beside its pixels stays behind with the old one.
    sheet = Image.new(plain.mode, plain.size)
    sheet.paste(plain)
    out = io.BytesIO()
    if kind is Kind.JPEG:
        sheet.save(out, "JPEG", quality=_QUALITY, optimize=True)
    else:
        sheet.save(out, "PNG", optimize=True)
    return Photo(out.getvalue(), kind, sheet.width, sheet.height)


def _in_srgb(image: Image.Image, mode: str) -> Image.Image:
    """Return the picture in plain RGB; a profile that cannot be used is left out of account."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            moved = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            moved = None
        if moved is not None:
            return moved
    return image.convert(mode)
