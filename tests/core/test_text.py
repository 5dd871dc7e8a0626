"""Search form, comparable form and alphabetical order of Vietnamese text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.core.text import fold, normalise, sort_key

each = str.split

BASES = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
VOWELS = [unicodedata.normalize("NFC", base + tone) for base in BASES for tone in TONES]
LETTERS = sorted({*VOWELS, *"bcdđghklmnpqrstvx"})
words = st.text(alphabet=[*LETTERS, *(letter.upper() for letter in LETTERS), " ", "-", "1"], max_size=20)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Hòa", "hoa"),
        ("Hoà", "hoa"),
        ("Bà Rịa - Vũng Tàu", "ba ria vung tau"),
        ("  Đất   Đỏ\t", "dat do"),
        ("Ðồng Nai", "dong nai"),  # eth instead of đ, as old keyboards wrote it
        ("Ea H'leo", "ea hleo"),
        ("Ea H’leo", "ea hleo"),
        ("P.12 (TP Vũng Tàu)", "p 12 tp vung tau"),
        ("Phường\u00a01", "phuong 1"),
        ("Lộc\u200bAn", "locan"),
        ("", ""),
    ],
)
def test_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(words)
def test_fold_does_not_depend_on_composition_and_is_stable(text: str) -> None:
    folded = fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == folded
    assert fold(folded) == folded
    assert folded.isascii()


@given(st.text(max_size=40))
def test_fold_takes_any_text(text: str) -> None:
    folded = fold(text)
    assert folded == folded.strip()
    assert "  " not in folded


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Hòa", "Hoà"),
        ("Hoà", "Hoà"),
        ("Thủy", "Thuỷ"),
        ("khỏe", "khoẻ"),
        ("HÓA", "HOÁ"),
        ("qúy", "quý"),
        ("qủa", "quả"),
        ("gìa", "già"),
        ("hòan thành", "hoàn thành"),
        ("Ðất", "Đất"),
        # Here the tone already stands on the main vowel and must stay.
        ("múa lửa", "múa lửa"),
        ("gì", "gì"),
        ("giếng", "giếng"),
        ("của", "của"),
        ("ngoài", "ngoài"),
        ("thuở", "thuở"),
        ("Quỳnh", "Quỳnh"),
        ("nghĩa", "nghĩa"),
        ("Túy", "Tuý"),
        ("tía tô", "tía tô"),
    ],
)
def test_normalise_places_tones_the_modern_way(written: str, canonical: str) -> None:
    assert normalise(written) == canonical
    assert normalise(unicodedata.normalize("NFD", written)) == canonical


def test_normalise_repairs_marks_typed_in_the_wrong_order() -> None:
    assert normalise("o\u0301\u0302") == "ố"
    assert normalise("Tie\u0302\u0301ng  Vie\u0323\u0302t") == "Tiếng Việt"


@given(words)
def test_normalise_keeps_the_letters(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert fold(once) == fold(text)


def assert_in_order(texts: list[str]) -> None:
    keys = [sort_key(text) for text in texts]
    assert keys == sorted(set(keys)), "the keys must rise, each above the one before"


def test_alphabet() -> None:
    alphabet = each("a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y")
    assert_in_order(alphabet)


def test_tones_break_ties_only() -> None:
    ordered = ["da", "dà", "dả", "dã", "dá", "dạ", "da dẻ", "dạ hội", "dan", "đa"]
    assert_in_order(ordered)


def test_words_come_before_letters_and_numbers_count() -> None:
    ordered = ["An Nhứt", "Anh Dũng", "Ân Thi", "Phường 2", "Phường 10", "Phường Phước Hưng"]
    assert_in_order(ordered)


@given(words, words)
def test_sort_key_is_plain_and_ignores_spelling_variants(one: str, two: str) -> None:
    key = sort_key(one)
    assert all(c in "0123456789abcdefghijklmnopqrstuvwxyz" for c in key)
    assert sort_key(unicodedata.normalize("NFD", one)) == key
    assert sort_key(one.upper()) == key
    if fold(one) != fold(two):
        assert key != sort_key(two)
