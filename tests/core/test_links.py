"""Which document is meant, of several that bear one number."""

from dataclasses import replace
from datetime import date

import pytest

from gateway.core.envelope import Code
from gateway.core.links import meant, parted
from gateway.core.model import BusinessType, Delivery, Document, State
from tests.contracts.entries import entry

Found = tuple[Document, Delivery]


def found(kind: BusinessType, state: State = State.COLLECTED, number: str = "1") -> Found:
    made = entry()
    document = replace(made.document, id=f"{kind}-{number}", business_type=kind, number=number)
    return document, replace(made.deliveries[0], document=document.id, state=state)


def chosen(*several: Found) -> list[str]:
    return [document.id for document, _ in meant(several, lambda each: each)]


NEW, RECALL, UPDATE, REPLACE = (found(kind) for kind in BusinessType)


@pytest.mark.parametrize("notice", [RECALL, UPDATE])
def test_a_notice_about_a_document_is_not_what_is_meant_by_its_number(notice: Found) -> None:
    assert chosen(notice, NEW) == chosen(NEW, notice) == ["0-1"]


def test_a_notice_that_stands_alone_is_what_is_meant() -> None:
    assert chosen(RECALL) == ["1-1"]


def test_a_replacement_is_meant_once_it_is_there() -> None:
    assert chosen(NEW, REPLACE) == chosen(found(BusinessType.NEW, State.REPLACED), REPLACE) == ["3-1"]


def test_a_replacement_that_is_over_is_not_meant_while_the_first_goes_on() -> None:
    assert chosen(NEW, found(BusinessType.REPLACE, State.RECALLED)) == ["0-1"]


def test_nobody_guesses_between_several_numbers() -> None:
    assert chosen(NEW, found(BusinessType.NEW, number="2")) == ["0-1", "0-2"]


@pytest.mark.parametrize(
    ("document_id", "read"),
    [
        ("H56.15,2026/11/23,7/UBND-VP", (date(2026, 11, 23), Code(number="7", notation="UBND-VP"))),
        ("H56.15,2026/02/30,7/UBND-VP", None),
        ("0d9f6f0e-7a52-4c62-9a50-000000000001", None),
    ],
)
def test_a_document_id_may_spell_date_and_code(document_id: str, read: object) -> None:
    assert parted(document_id) == read
