"""Which deadlines recalls and updates make, and which days are none."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

from gateway.core.deadlines import Deadline, Rule
from gateway.core.happenings import Happening
from gateway.core.model import BusinessType, Document, Event
from gateway.core.timekeeping import Timekeeping
from tests.contracts.entries import NOW, RECEIVER, entry
from tests.judging import working_time

BY: Final = Timekeeping(working_time=working_time())
NOTICES: Final = (BusinessType.RECALL, BusinessType.UPDATE)
UNITS: Final = [{"department": "Phòng A", "role": "lead", "due_on": "2026-11-27"}]


def begun(document: Document, kind: str, **data: Any) -> tuple[Deadline, ...]:
    delivery = None if kind == "document.accepted" else "d"
    event = Event(seq=1, at=NOW, type=kind, document=document.id, delivery=delivery, data={"to": RECEIVER, **data})
    return BY.kept(Happening(event=event, document=document), ())


def rules(document: Document, kind: str, **data: Any) -> set[Rule]:
    return {each.rule for each in begun(document, kind, **data)}


@pytest.mark.parametrize("business_type", NOTICES)
def test_a_recall_or_an_update_is_to_be_collected_and_no_more(business_type: BusinessType) -> None:
    notice = replace(entry(1).document, business_type=business_type)
    assert rules(notice, "document.accepted") == set()
    assert rules(notice, "delivery.available") == {Rule.COLLECTION}
    assert rules(notice, "delivery.queued") == rules(notice, "delivery.collected") == set()
    for code in ("01", "03", "05"):
        assert rules(notice, "status.received", status_code=code, state="received", units=UNITS) == set()
    assert rules(notice, "status.received", status_code="04", state="assigned", units=UNITS) == set()


def test_a_replacement_is_owed_all_that_a_new_document_is() -> None:
    document = replace(entry(1).document, business_type=BusinessType.REPLACE)
    assert rules(document, "delivery.available") == {Rule.COLLECTION, Rule.RESPONSE}
    assert rules(document, "delivery.collected") == {Rule.INTAKE, Rule.RECEIPT_NOTICE}


@pytest.mark.parametrize("day", [date.min, date(2016, 1, 1), date(2062, 12, 1), date.max])
def test_a_day_that_nobody_can_mean_sets_no_deadline(day: date) -> None:
    document = replace(entry(1).document, due_on=day, promulgated_on=day)
    assert rules(document, "document.accepted") == set()
    assert rules(document, "delivery.available") == {Rule.COLLECTION}
    units = [{"department": "Phòng A", "role": "lead", "due_on": day.isoformat()}]
    assert rules(document, "status.received", status_code="04", state="assigned", units=units) == set()


def test_an_answer_that_is_due_in_years_has_its_ladder() -> None:
    document = replace(entry(1).document, due_on=NOW.date() + timedelta(days=3600))
    (response,) = [each for each in begun(document, "delivery.available") if each.rule is Rule.RESPONSE]
    assert response.next_at is not None and NOW < response.next_at < response.due_at
