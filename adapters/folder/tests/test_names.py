"""Nothing of a document leads out of a folder or trips a file system by its name."""

import unicodedata
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from gateway.sdk.conformance import golden

from ..names import of_document, of_harmed, of_notice, of_part, takeable, taken_of, taking

TEXT = st.text(st.characters(exclude_categories=()), max_size=300)
LIMIT = 255


def safe(name: str) -> bool:
    return not set(name) & set('/\\\0<>:"|?*') and name not in {".", ".."} and len(name.encode()) <= LIMIT


@given(TEXT, TEXT, TEXT)
def test_a_document_is_named_in_plain_letters(number: str, notation: str, key: str) -> None:
    key = key.encode("utf-8", "replace").decode()
    name = of_document(golden.consignment(number=number, notation=notation, key=key))
    assert name.isascii() and safe(name) and not name.startswith(".")


@given(TEXT)
def test_an_attachment_has_a_name_that_every_system_can_save_under(name: str) -> None:
    made = of_part(1, name)
    assert safe(made) and made == unicodedata.normalize("NFC", made)


@given(TEXT)
def test_what_is_harmed_has_a_name_that_can_be_kept(name: str) -> None:
    name = name.encode("utf-8", "replace").decode("utf-8")
    assert safe(of_harmed(name)) and takeable(of_harmed(name))


@given(TEXT)
def test_what_the_hub_is_taking_has_its_name_back(name: str) -> None:
    assert taken_of(taking(name)) == (name or None)


def test_a_name_says_the_date_and_the_code() -> None:
    made = golden.consignment(number="12", notation="2026/QĐ-UBND", key="a" * 64, promulgated_on=date(2026, 5, 12))
    assert of_document(made) == f"2026-05-12_12-2026-QD-UBND_{'a' * 24}"


def test_news_sorts_by_its_sequence() -> None:
    names = [of_notice(golden.notice(sequence=each)) for each in (9, 10, 1_000_000_000)]
    assert names == sorted(names)
