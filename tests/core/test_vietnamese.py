"""Old encodings are recognised, and new text is left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import vietnamese
from gateway.core.vietnamese import is_composed, is_syllable, legacy, plain, readable

TEXT = "Về việc tăng cường công tác bảo đảm an toàn thông tin mạng; đề nghị các sở, ngành và xã, phường báo cáo"
TCVN3 = {unicode: old for old, unicode in vietnamese._TCVN3.items()}
VISCII = {unicode: old for old, unicode in vietnamese._VISCII.items() if old >= "\x80"}
VNI = "Veà vieäc taêng cöôøng coâng taùc baûo ñaûm an toaøn thoâng tin maïng; ñeà nghò caùc sôû, ngaønh baùo caùo"

WORDS = [
    *("nghiệp", "khuếch", "quốc", "giỗ", "gìn", "quý", "thuở", "huỷ", "Nguyễn"),
    *("ngoằn", "què", "giêng", "ỷ", "yến", "ưu", "xoong", "đường"),
]


def old(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(each, each) for each in text)


@pytest.mark.parametrize(("encoding", "table"), [("TCVN3", TCVN3), ("VISCII", VISCII)])
def test_an_old_encoding_is_named_and_read(encoding: str, table: dict[str, str]) -> None:
    found = legacy(old(TEXT.lower(), table))
    assert found is not None
    assert (found.encoding, found.text, found.confidence) == (encoding, TEXT.lower(), 1.0)


def test_vni_is_named_and_read_in_both_cases() -> None:
    for text in (VNI, VNI.upper()):
        found = legacy(text)
        assert found is not None and found.encoding == "VNI"
        assert found.text.lower().startswith("về việc tăng cường công tác bảo đảm an toàn thông tin mạng; đề nghị các sở")


def test_old_text_is_read_though_a_program_took_it_for_windows_1252() -> None:
    found = legacy(old(TEXT, VISCII).encode("latin-1").decode("cp1252", "ignore"))
    assert found is not None and found.encoding == "VISCII"


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        unicodedata.normalize("NFD", TEXT),
        "Thông báo",
        "Thông báo công tác tháng mười hai, có kèm bảng",
        "VE VIEC BAO CAO",
        "Résumé à la carte, déjà vu",
        "Über die Straße größer",
        "¡Señor! Ñandú él",
        "15 °C ± 2, § 4 ¶ 5",
        "",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert legacy(text) is None


def test_confidence_falls_with_what_is_no_vietnamese() -> None:
    found = legacy(old("công tác bảo đảm", TCVN3) + " «§µ¶§» ®®®® ¬¬¬¬")
    assert found is None or found.confidence < 1.0


@pytest.mark.parametrize(
    "word",
    [
        "nghiệp",
        "khuếch",
        "quốc",
        "giỗ",
        "gìn",
        "quý",
        "thuở",
        "huỷ",
        "Nguyễn",
        "ngoằn",
        "què",
        "giêng",
        "ỷ",
        "yến",
        "ưu",
        "xoong",
        "đường",
    ],
)
def test_a_vietnamese_word_is_a_syllable(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["ngừhg", "coâng", "zôn", "bàoo", "straße"])
def test_another_word_is_none(word: str) -> None:
    assert not is_syllable(word)


def test_composed_text_is_told_from_decomposed() -> None:
    assert is_composed(TEXT) and not is_composed(unicodedata.normalize("NFD", TEXT))


@pytest.mark.parametrize(
    "text",
    ["Tối mật", "TỐI  MẬT", unicodedata.normalize("NFD", "Tối mật"), "T\u200bối\u00a0m\u00adật", "Ｔối mật", "\u202etối mật"],
)
def test_words_are_compared_as_people_read_them(text: str) -> None:
    assert plain(text) == "tối mật"


def test_an_old_encoding_hides_no_word() -> None:
    assert readable(old("Tối mật: kế hoạch bảo vệ", TCVN3)) == "tối mật: kế hoạch bảo vệ"


@given(st.text(max_size=100))
def test_plain_text_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)
