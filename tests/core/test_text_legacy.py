"""Text typed in TCVN3 and VNI fonts: recognised, converted, and never seen where it is not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.catalogue.units_loader import load_province
from diaban.core.text import LegacyEncoding, convert_legacy, detect_legacy
from diaban.core.text_legacy import TCVN3, VNI, is_syllable

each = str.split

TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
LOWER = [unicodedata.normalize("NFC", base + tone) for base in "aăâeêioôơuưy" for tone in TONES] + ["đ"]
SPECIAL = [letter for letter in LOWER if not letter.isascii()]
NAMES = sorted({spell.name for spell in load_province("brvt").register.spells})

FROM_TCVN3 = {letter: code for code, letter in TCVN3.items()}
FROM_VNI = {letter: code for code, letter in reversed(VNI.items())}  # the first spelling wins: small with small


def typed_in_tcvn3(text: str) -> str:
    """The way the small and the capital fonts had it: toned capitals share the codes of the small letters."""
    return "".join(FROM_TCVN3.get(c if c in "ĂÂÊÔƠƯĐ" else c.lower(), c) if not c.isascii() else c for c in text)


def typed_in_vni(text: str) -> str:
    return "".join(FROM_VNI.get(c, c) for c in text)


TYPED = {"TCVN3": typed_in_tcvn3, "VNI": typed_in_vni}


@pytest.mark.parametrize(
    ("seen", "encoding", "meant"),
    [
        ("Bµ RÞa - Vòng Tµu", "TCVN3", "Bà Rịa - Vũng Tàu"),
        ("§Êt §á", "TCVN3", "Đất Đỏ"),
        ("Ph\u00adêng Th¾ng NhÊt", "TCVN3", "Phường Thắng Nhất"),
        ("X· Hßa Héi", "TCVN3", "Xã Hòa Hội"),
        ("THµNH PHè Vòng tµu", "TCVN3", "THÀNH PHỐ Vũng tàu"),
        ("Baø Ròa - Vuõng Taøu", "VNI", "Bà Rịa - Vũng Tàu"),
        ("Ñaát Ñoû", "VNI", "Đất Đỏ"),
        ("Phöôøng Thaéng Nhaát", "VNI", "Phường Thắng Nhất"),
        ("XAÕ HOØA HOÄI", "VNI", "XÃ HÒA HỘI"),
        ("Huyeän Xuyeân Moäc", "VNI", "Huyện Xuyên Mộc"),
    ],
)
def test_known_texts(seen: str, encoding: LegacyEncoding, meant: str) -> None:
    assert detect_legacy(seen) == encoding
    assert convert_legacy(seen, encoding) == meant


def test_tables_hold_every_vietnamese_letter() -> None:
    both_cases = {*SPECIAL, *(letter.upper() for letter in SPECIAL)}
    assert both_cases - set(VNI.values()) == set()
    assert set(SPECIAL) - set(TCVN3.values()) == set()
    assert set("ĂÂÊÔƠƯĐ") <= set(TCVN3.values())
    assert len(set(TCVN3.values())) == len(TCVN3), "a letter has two codes"


@pytest.mark.parametrize("letter", SPECIAL)
def test_every_letter_comes_back(letter: str) -> None:
    assert convert_legacy(FROM_TCVN3[letter], "TCVN3") == letter
    assert convert_legacy(FROM_VNI[letter], "VNI") == letter
    assert convert_legacy(FROM_VNI[letter.upper()], "VNI") == letter.upper()


syllables = st.builds(
    "".join, st.tuples(st.sampled_from(each("b c d đ g h kh l m n ng ph qu th tr x")), st.sampled_from(SPECIAL))
)
sentences = st.lists(st.one_of(syllables, st.sampled_from(["ban", "12", "-", "(xa)"])), max_size=8).map(" ".join)


@given(sentences)
def test_sentences_come_back(sentence: str) -> None:
    assert convert_legacy(typed_in_tcvn3(sentence), "TCVN3") == sentence
    assert convert_legacy(typed_in_vni(sentence), "VNI") == sentence


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
def test_a_column_of_names_is_recognised_and_comes_back(encoding: LegacyEncoding) -> None:
    column = " ".join(NAMES)
    assert detect_legacy(TYPED[encoding](column)) == encoding
    assert convert_legacy(TYPED[encoding](column), encoding) == column


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
def test_most_single_cells_are_recognised(encoding: LegacyEncoding) -> None:
    cells = [TYPED[encoding](name) for name in NAMES if not name.isascii()]
    found = [cell for cell in cells if detect_legacy(cell) == encoding]
    assert len(found) >= 0.9 * len(cells)
    assert not any(detect_legacy(cell) not in (encoding, None) for cell in cells)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_unicode_names_are_never_taken_for_legacy(form: str) -> None:
    assert [name for name in NAMES if detect_legacy(unicodedata.normalize(form, name))] == []


# Words whose letters Latin-1 has: nothing in the alphabet itself says that they are Unicode.
latin_words = st.sampled_from(
    [
        *each("Hòa Bình Tân Hà Nam xã Lâm Sông Cà Mau Gò Công Bàu Bàng Trà Cú Thái Thanh Trì Quý Hùng Vân Canh"),
        *each("café naïve Müller São Paulo señor été Zürich Renée façade Åse Bjørn coöperate Dvorak rôle año"),
        *each("m² 5µg µ § © ±2 °C «xã» × ½ ®"),
    ]
)


@given(st.lists(latin_words, max_size=6).map(" ".join))
def test_latin_text_is_not_taken_for_legacy(text: str) -> None:
    assert detect_legacy(text) is None


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_ascii_is_left_alone(text: str) -> None:
    assert detect_legacy(text) is None
    assert convert_legacy(text, "TCVN3") == text
    assert convert_legacy(text, "VNI") == text


def test_syllables() -> None:
    assert all(map(is_syllable, each("Nghiêng quốc giếng khuya ngoằn Đắk yêu ướt uyên huỳnh quýt gì")))
    assert not any(map(is_syllable, each("lèc Taân huyeän phßng zon café ttê bà́")))
