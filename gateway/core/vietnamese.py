"""Vietnamese text: composed Unicode (TCVN 6909:2001), the encodings before it, and words compared as people do."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from gateway.core.model import VIETNAM

MIN_WORDS: Final = 2
"""One odd word may be a foreign name."""
MIN_CONFIDENCE: Final = 0.6
"""Share of the words that are Vietnamese syllables once converted; real text reaches 0.9, names and codes pull it down."""
MIN_GAIN: Final = 0.3
"""By so much the share must rise: «Thông báo» is Vietnamese as it is, with letters that Latin-1 has too."""
MAX_CHARACTERS: Final = 2_000
"""A subject has 500; more text would not change the verdict."""

_BEYOND_LATIN1: Final = re.compile("[\u0102-\u01b0\u1ea0-\u1ef9\u0300-\u0323]")
"""Letters and accents that only Unicode Vietnamese has: text with them is in no old encoding."""
_INVISIBLE: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_TONES: Final = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_ONSETS: Final = "ngh|ng|gh|gi|kh|nh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx]"
_RHYMES: Final = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch êm ên "
    "ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oat oay oăc "
    "oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây "
    "uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt up ut uy uya uyên uyêt uynh uyt uyu uơ ư ưa ưc ưi ưng ươc ươi ươm ươn "
    "ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu"
)

_TCVN3: Final = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
"""TCVN 5712:1993 VN3, read as Latin-1."""
_VISCII: Final = dict(
    zip(
        map(chr, (0x02, 0x05, 0x06, 0x14, 0x19, 0x1E, *range(0x80, 0x100))),
        "ẲẴẪỶỸỴẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư"
        "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ",
        strict=True,
    )
)
"""RFC 1456, read as Latin-1."""
_VNI_MARKS: Final = {
    **dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True)),
    "â": "\u0302",
    **{mark: f"\u0302{tone}" for mark, tone in zip("áàåãä", "\u0301\u0300\u0309\u0303\u0323", strict=True)},
    "ê": "\u0306",
    **{mark: f"\u0306{tone}" for mark, tone in zip("éèúüë", "\u0301\u0300\u0309\u0303\u0323", strict=True)},
}
"""VNI for Windows writes a letter, then a mark; in capitals too."""
_VNI_LETTERS: Final = {"ñ": "đ", "ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}
_VNI: Final = re.compile(
    f"([aeiouyôö])([{''.join(_VNI_MARKS)}])|[{''.join(_VNI_LETTERS)}]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Legacy:
    """Text in an encoding before Unicode: its name, what the text says, and how sure that is (0 to 1)."""

    encoding: str
    text: str
    confidence: float


def is_composed(text: str) -> bool:
    """Tell whether text is in Normalization Form C, as TCVN 6909:2001 is used."""
    return unicodedata.is_normalized("NFC", text)


def legacy(text: str) -> Legacy | None:
    """Recognise text of TCVN3 (ABC), VNI or VISCII that was put into XML as if it were Latin-1."""
    if text.isascii() or _BEYOND_LATIN1.search(text):
        return None
    text = _as_latin1(text[:MAX_CHARACTERS])
    before = _vietnamese_share(text)
    candidates = (
        Legacy(encoding=name, text=converted, confidence=_vietnamese_share(converted))
        for name, converted in (("TCVN3", _mapped(text, _TCVN3)), ("VNI", _from_vni(text)), ("VISCII", _mapped(text, _VISCII)))
        if converted != text
    )
    best = max(candidates, key=lambda each: each.confidence, default=None)
    if best is None or best.confidence < max(MIN_CONFIDENCE, before + MIN_GAIN):
        return None
    odd = sum(len(word) > 1 and not word.isascii() for word in _WORD.findall(best.text))
    return best if odd >= MIN_WORDS else None


def plain(text: str) -> str:
    """Give text for comparing words: one form of each letter, lower case, nothing invisible, single blanks."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().split())


def moment(at: datetime) -> str:
    """Write a day and a time as people do: 07:30 23/11/2026."""
    return f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def readable(text: str) -> str:
    """Give text as `plain`, an old encoding undone: what hides a word from a program hides it from no reader."""
    found = legacy(text)
    return plain(found.text if found else text)


def _as_latin1(text: str) -> str:
    """Undo Windows-1252, by which many programs read bytes that were none."""
    return "".join(
        character if character <= "\xff" else character.encode("cp1252", "ignore").decode("latin-1") or character
        for character in text
    )


def _mapped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)


def _from_vni(text: str) -> str:
    return _VNI.sub(_vni_letter, text)


def _vni_letter(found: re.Match[str]) -> str:
    if found.group(1) is None:
        return _cased(found.group(), _VNI_LETTERS[found.group().lower()])
    base, mark = found.groups()
    letter = _VNI_LETTERS.get(base.lower(), base.lower())
    return _cased(base, unicodedata.normalize("NFC", letter + _VNI_MARKS[mark.lower()]))


def _cased(like: str, text: str) -> str:
    return text.upper() if like.isupper() else text


def _vietnamese_share(text: str) -> float:
    """Give the share of Vietnamese syllables among the words that have a letter beyond ASCII."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(is_syllable(word) for word in words) / len(words) if words else 0.0


def is_syllable(word: str) -> bool:
    """Tell whether a word is a possible Vietnamese syllable."""
    marked = unicodedata.normalize("NFD", word.casefold()).translate(_TONES)
    return _syllable().fullmatch(unicodedata.normalize("NFC", marked)) is not None


@cache
def _syllable() -> re.Pattern[str]:
    rhymes = "|".join(sorted(_RHYMES.split(), key=len, reverse=True))
    return re.compile(f"(?:{_ONSETS})?(?:{rhymes})")
