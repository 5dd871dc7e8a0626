"""Vietnamese typed before Unicode: TCVN3 (the ".Vn" fonts, ABC) and VNI-Windows (the "VNI-" fonts).

Such a workbook holds Latin-1 letters and symbols that look right only in the old fonts: "Bµ RÞa - Vòng Tµu" and
"Baø Ròa - Vuõng Taøu" are both "Bà Rịa - Vũng Tàu". Recognition rests on Vietnamese syllables: the text is legacy
when the words with odd letters are not syllables as they stand and are syllables once converted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final, Literal

LegacyEncoding = Literal["TCVN3", "VNI"]

# TCVN 5712:1993 (VN3 and the capitals that VN1 adds above 0xA0); position -> letter.
_TCVN3_BLOCKS: Final = (
    (0xA1, "ĂÂÊÔƠƯĐăâêôơưđẰ"),
    (0xB5, "àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"),
)
# VN1 keeps the other capitals among the control codes; the fonts in use never did, but a converter may have.
_TCVN3_CONTROLS: Final = "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ"

TCVN3: Final[dict[str, str]] = {
    **{chr(start + i): letter for start, letters in _TCVN3_BLOCKS for i, letter in enumerate(letters)},
    **{chr(0x80 + i): letter for i, letter in enumerate(_TCVN3_CONTROLS)},
}

_PLAIN_MARKS: Final = dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_CIRCUMFLEX_MARKS: Final = dict(zip("âáàåãä", ["", *_PLAIN_MARKS.values()], strict=True))
_BREVE_MARKS: Final = dict(zip("êéèúüë", ["", *_PLAIN_MARKS.values()], strict=True))
_VNI_SINGLES: Final = {"ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ"}


def _vni_table() -> dict[str, str]:
    """Every VNI letter (one or two Latin-1 characters) -> its Unicode letter, both cases."""
    table = dict(_VNI_SINGLES)
    for base, vowel in (*((v, v) for v in "aeouy"), ("ô", "ơ"), ("ö", "ư")):
        table.update({base + mark: vowel + tone for mark, tone in _PLAIN_MARKS.items()})
    for base in "aeo":
        table.update({base + mark: base + "\u0302" + tone for mark, tone in _CIRCUMFLEX_MARKS.items()})
    table.update({"a" + mark: "a\u0306" + tone for mark, tone in _BREVE_MARKS.items()})
    table = {legacy: unicodedata.normalize("NFC", letter) for legacy, letter in table.items()}
    for legacy, letter in list(table.items()):
        table[legacy.upper()] = letter.upper()
        if len(legacy) == 2:  # a capital with the small mark, as typed in headings
            table[legacy[0].upper() + legacy[1]] = letter.upper()
            table.setdefault(legacy[0] + legacy[1].upper(), letter)
    return table


VNI: Final[dict[str, str]] = _vni_table()
_VNI_PATTERN: Final = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
_TCVN3_TRANSLATION: Final = str.maketrans(TCVN3)

# A word of legacy text: letters and the symbols that stand for letters. The soft hyphen is TCVN3's ư.
_LEGACY_WORD: Final = re.compile("[A-Za-z\u0080-\u00ff]+")


def _raise_capitals(match: re.Match[str]) -> str:
    """TCVN3's capital fonts share the small letters' codes: "THµNH" was drawn as "THÀNH"."""
    word = match.group()
    ascii_letters = [c for c in word if c.isascii() and c.isalpha()]
    converted = word.translate(_TCVN3_TRANSLATION)
    if len(ascii_letters) > 1 and all(c.isupper() for c in ascii_letters):
        return converted.upper()
    return converted


def _from_tcvn3(text: str) -> str:
    return _LEGACY_WORD.sub(_raise_capitals, text)


def _from_vni(text: str) -> str:
    return _VNI_PATTERN.sub(lambda m: VNI[m.group()], text)


_CONVERTERS: Final[dict[LegacyEncoding, Callable[[str], str]]] = {"TCVN3": _from_tcvn3, "VNI": _from_vni}


def convert_legacy(text: str, encoding: LegacyEncoding) -> str:
    """Return `text`, which was typed in `encoding` and read as Latin-1 or cp1252, as Unicode (NFC).

    Characters that the encoding does not use stay as they are. The capitals of TCVN3's capital fonts come back
    as capitals where the word's ASCII letters show it, else as small letters: the code alone does not tell.
    """
    return unicodedata.normalize("NFC", _CONVERTERS[encoding](text))


_INITIALS: Final = (
    *("ngh", "ng", "nh", "gh", "gi", "kh", "ph", "th", "tr", "ch", "qu", "b", "c", "d", "đ", "g", "h", "k", "l", "m"),
    *("n", "p", "q", "r", "s", "t", "v", "x", ""),
)
_RHYME_TABLE: Final = """
    a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec ek em en eng eo ep et ê êch êk êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu ik im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi ok om on ong ooc
    oong op ot ô ôc ôi ôk ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uên uênh uêt ui uk um un ung uôc uôi uôm uôn uông uôt up ut uơ uy uya uych uyên
    uyêt uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu
    """
_RHYMES: Final = frozenset(_RHYME_TABLE.split())
_STOPPED: Final = ("c", "ch", "p", "t", "k")  # closed by a stop: only sắc and nặng occur
_TONE_MARKS: Final = "\u0300\u0301\u0303\u0309\u0323"


def is_syllable(word: str) -> bool:
    """Tell whether `word` is built as a Vietnamese syllable: initial, rhyme, one tone that the rhyme allows."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [c for c in decomposed if c in _TONE_MARKS]
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONE_MARKS))
    if bare.endswith(_STOPPED) and tones and tones[0] not in "\u0301\u0323":
        return False
    return any(bare.startswith(initial) and bare[len(initial) :] in _RHYMES for initial in _INITIALS)


def detect_legacy(text: str) -> LegacyEncoding | None:
    """Return the legacy encoding that `text` was typed in, or None for Unicode Vietnamese and everything else.

    A letter that only Unicode has (ă, đ, ơ, ư, ạ …) settles it: not legacy. A single cell may be ambiguous
    ("Phó" is a word in Unicode and another in TCVN3) and then counts as Unicode; give a whole column, joined
    by spaces, to decide with certainty.
    """
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii() or any(ord(c) > 0xFF and c.isalpha() for c in composed):
        return None
    # A lone symbol (µ, ©, §) is a symbol, not a word.
    words = {w for w in _LEGACY_WORD.findall(composed) if not w.isascii() and len(w) > 1}
    odd = {w for w in words if not is_syllable(w)}
    if not odd:
        return None
    for encoding, convert in _CONVERTERS.items():
        rescued = {w for w in words if is_syllable(convert(w))}
        # Few odd words among good ones are foreign names, unless every word, good or odd, reads well converted.
        enough = 5 * len(rescued) >= 4 * len(words) if 2 * len(odd) >= len(words) else rescued == words
        if enough and odd & rescued:
            return encoding
    return None
