"""News of documents is told to the systems that have to do with them, in order, until it is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.directory import Link, System
from gateway.core.faults import Misconfigured, Transient, Undeliverable
from gateway.core.model import BusinessType, OrganId, State, StatusCode, StatusReport
from gateway.flows.acknowledge import acknowledge
from gateway.flows.inform import PATIENCE, inform
from gateway.ports import Telling
from tests.documents import DEPARTMENT, PROVINCE
from tests.flows.plane import PUSHED, SENDING, Plane, opened

MINUTE = timedelta(minutes=1)
LINK = Link(adapter="test", settings={}, seconds=5)
SENDER = replace(SENDING, link=LINK)


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[Plane]:
    async with opened(tmp_path) as plane:
        yield plane


async def reported(plane: Plane, *codes: StatusCode, number: int = 1) -> str:
    """Have the receiver take a document and report on it."""
    accepted = await plane.send(number)
    await plane.work()
    delivery = (await plane.ports.ledger.document(accepted.document, {OrganId(PROVINCE)})).deliveries[0].id
    for code in codes:
        report = StatusReport(code=code, reporter=OrganId(DEPARTMENT), description="Đã vào sổ", staff={"staff": "Văn thư"})
        await acknowledge(plane.ports, PUSHED, delivery, report)
    return delivery


async def tell(plane: Plane, system: System = SENDER) -> Telling | None:
    return await inform(plane.ports, system, LINK)


async def test_the_senders_system_is_told_that_the_document_arrived_and_each_status(plane: Plane) -> None:
    await reported(plane, StatusCode.ARRIVED, StatusCode.REGISTERED)
    await tell(plane)
    assert [(each.code, each.state) for each in plane.office.told] == [
        (None, State.COLLECTED),
        (StatusCode.ARRIVED, State.RECEIVED),
        (StatusCode.REGISTERED, State.RECEIVED),
    ]


async def test_a_notice_names_its_document_and_says_what_the_receiver_said(plane: Plane) -> None:
    delivery = await reported(plane, StatusCode.REGISTERED, number=15)
    await tell(plane)
    told = plane.office.told[-1]
    assert (told.delivery, told.number, told.notation, told.sender, told.receiver) == (
        delivery,
        "15",
        "UBND-VP",
        PROVINCE,
        DEPARTMENT,
    )
    assert (told.description, told.staff) == ("Đã vào sổ", {"staff": "Văn thư"})


async def test_what_was_told_is_not_told_again(plane: Plane) -> None:
    await reported(plane, StatusCode.ARRIVED)
    await tell(plane)
    assert await tell(plane) is None


@pytest.mark.parametrize(
    "fault",
    [
        Transient("receiver-unreachable"),
        Transient("receiver-failed"),
        Misconfigured("link-unauthorised"),
        RuntimeError("an adapter's mistake"),
    ],
)
async def test_what_could_not_be_told_is_told_later_under_the_same_key(plane: Plane, fault: Exception) -> None:
    await reported(plane, StatusCode.ARRIVED, StatusCode.REGISTERED)
    plane.office.plan = [None, fault]
    telling = await tell(plane)
    assert telling is not None
    assert telling.again is not None
    assert await tell(plane) is None
    plane.clock.advance(seconds=5)
    await tell(plane)
    assert [each.code for each in plane.office.told] == [None, StatusCode.ARRIVED, StatusCode.REGISTERED]
    assert [each.sequence for each in plane.office.told] == sorted({each.sequence for each in plane.office.told})


async def test_what_is_refused_for_good_is_passed_over(plane: Plane) -> None:
    await reported(plane, StatusCode.ARRIVED, StatusCode.REGISTERED)
    plane.office.plan = [None, Undeliverable("receiver-refused", detail="Không rõ văn bản")]
    await tell(plane)
    assert [each.code for each in plane.office.told] == [None, StatusCode.REGISTERED]
    (row,) = (await plane.ports.audit.listing(after=None, limit=10)).items
    assert (row.action, row.reason) == ("notice.refused", "Không rõ văn bản")


async def test_what_could_not_be_told_for_days_does_not_keep_the_rest(plane: Plane) -> None:
    await reported(plane, StatusCode.ARRIVED)
    now, failing = plane.clock.now(), Transient("receiver-failed")
    bulletin = await plane.ports.notices.claim(SENDER.id, SENDER.organs, limit=1, until=now + MINUTE, now=now)
    assert bulletin is not None
    tried = Telling(told=bulletin.news[0].event.seq - 1, fault=failing, attempts=PATIENCE.attempts - 1, again=now)
    await plane.ports.notices.settle(bulletin, tried, now=now)
    plane.office.plan = [failing]
    await tell(plane)
    await tell(plane)
    assert [each.code for each in plane.office.told] == [StatusCode.ARRIVED]


async def test_the_receivers_system_is_told_that_the_document_is_asked_back(plane: Plane) -> None:
    delivery = await reported(plane, StatusCode.ARRIVED)
    asked = StatusReport(code=StatusCode.RECALL_REQUESTED, reporter=OrganId(PROVINCE), description="Gửi nhầm nơi nhận")
    await acknowledge(plane.ports, SENDING, delivery, asked)
    await tell(plane, PUSHED)
    assert [(each.code, each.description) for each in plane.office.told] == [(StatusCode.RECALL_REQUESTED, "Gửi nhầm nơi nhận")]


async def test_the_sender_is_not_told_what_he_asked_for_but_its_answer(plane: Plane) -> None:
    delivery = await reported(plane)
    await tell(plane)
    asked = StatusReport(code=StatusCode.RECALL_REQUESTED, reporter=OrganId(PROVINCE), description="Gửi nhầm nơi nhận")
    await acknowledge(plane.ports, SENDING, delivery, asked)
    agreed = StatusReport(code=StatusCode.RECALL_AGREED, reporter=OrganId(DEPARTMENT))
    await acknowledge(plane.ports, PUSHED, delivery, agreed)
    await tell(plane)
    assert [(each.code, each.state) for each in plane.office.told[1:]] == [(StatusCode.RECALL_AGREED, State.RECALLED)]


async def revised(plane: Plane, business_type: BusinessType, number: int = 1) -> str:
    """Have the sender update or replace a document by another of the same number; give the id of the other."""
    return (await plane.send(number, business_type=business_type)).document


async def test_the_receivers_system_is_told_that_a_document_is_to_be_updated_and_by_which(plane: Plane) -> None:
    delivery = await reported(plane, StatusCode.REGISTERED)
    update = await revised(plane, BusinessType.UPDATE)
    await tell(plane, PUSHED)
    (told,) = plane.office.told
    assert (told.delivery, told.code, told.state, told.business_type) == (delivery, None, State.RECEIVED, BusinessType.UPDATE)
    assert (told.by_document, told.by_code) == (update, "1/UBND-VP")
    assert told.description == "Đề nghị cập nhật theo văn bản 1/UBND-VP: Sửa lỗi"


async def test_the_receivers_system_is_told_that_a_document_is_replaced_and_by_which(plane: Plane) -> None:
    delivery = await reported(plane, StatusCode.REGISTERED)
    new = await revised(plane, BusinessType.REPLACE)
    await tell(plane, PUSHED)
    (told,) = plane.office.told
    assert (told.delivery, told.code, told.state, told.business_type) == (delivery, None, State.REPLACED, BusinessType.REPLACE)
    assert (told.by_document, told.description) == (new, "Đã được thay thế bằng văn bản 1/UBND-VP: Sửa lỗi")


async def test_a_recall_by_a_document_names_it(plane: Plane) -> None:
    await reported(plane, StatusCode.REGISTERED)
    recall = await revised(plane, BusinessType.RECALL)
    await tell(plane, PUSHED)
    (told,) = plane.office.told
    assert (told.code, told.business_type, told.by_document) == (StatusCode.RECALL_REQUESTED, BusinessType.RECALL, recall)


async def test_that_what_he_never_had_was_replaced_is_no_news_to_a_receiver(plane: Plane) -> None:
    await plane.send()
    await revised(plane, BusinessType.REPLACE)
    await tell(plane, PUSHED)
    assert plane.office.told == []


async def test_the_sender_is_told_the_answer_to_his_update_and_nothing_of_his_asking(plane: Plane) -> None:
    delivery = await reported(plane)
    update = await revised(plane, BusinessType.UPDATE)
    await acknowledge(plane.ports, PUSHED, delivery, StatusReport(code=StatusCode.RECALL_AGREED, reporter=OrganId(DEPARTMENT)))
    await tell(plane)
    (_, told) = plane.office.told
    assert (told.code, told.state) == (StatusCode.RECALL_AGREED, State.COLLECTED)
    assert (told.business_type, told.by_document) == (BusinessType.UPDATE, update)


async def test_what_is_recalled_before_it_went_out_is_told_as_done(plane: Plane) -> None:
    accepted = await plane.send()
    delivery = (await plane.ports.ledger.document(accepted.document, {OrganId(PROVINCE)})).deliveries[0].id
    asked = StatusReport(code=StatusCode.RECALL_REQUESTED, reporter=OrganId(PROVINCE), description="Gửi nhầm nơi nhận")
    await acknowledge(plane.ports, SENDING, delivery, asked)
    await tell(plane)
    assert [(each.code, each.state) for each in plane.office.told] == [(None, State.RECALLED)]


async def test_the_sender_is_told_why_the_hub_gave_up(plane: Plane) -> None:
    await plane.send()
    plane.office.plan = [Undeliverable("receiver-refused", detail="Không đúng thẩm quyền")]
    await plane.work()
    await tell(plane)
    (told,) = plane.office.told
    assert told.state is State.FAILED
    assert "Không đúng thẩm quyền" in told.description
