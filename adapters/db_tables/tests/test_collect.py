from collections.abc import AsyncGenerator
from datetime import date, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.sdk import Accepted, Adapter, BusinessType, CollectedEnvelope, CollectedStatus, Priority, Refused, StatusCode
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.comparing import octets
from gateway.sdk.conformance.offering import outgoing

from .opened import collected, document, opened
from .other_side import OtherSide, PhuTho

REFUSED = Refused(code="routing-unknown", vi="Không có cơ quan nhận", en="No such receiver")


@pytest_asyncio.fixture
async def other(tmp_path: Path) -> AsyncGenerator[OtherSide, None]:
    async with OtherSide(tmp_path) as side:
        yield side


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest_asyncio.fixture
async def adapter(other: OtherSide, tmp_path: Path, heard: list[str]) -> AsyncGenerator[Adapter, None]:
    async with opened(other, tmp_path, heard) as made:
        yield made


async def offered(other: OtherSide, number: str = "7", **changes: object) -> int:
    """Have a document wait, with other values in some columns; give its key."""
    key = int((await other.offer(outgoing(number))).rpartition("/")[2])
    for column, value in changes.items():
        other.change("CONNECT_DOCUMENT", key, column, value)
    return key


def details(other: OtherSide) -> list[tuple[object, ...]]:
    return other.rows_of('SELECT "IDENTIFIER_CODE", "IS_SENDED", "NUMBERSEND" FROM "CONNECT_DOC_OUT_DETAIL" ORDER BY "ID"')


async def test_all_receivers_of_a_document_are_in_one_envelope_whatever_their_ids_look_like(
    adapter: Adapter, other: OtherSide
) -> None:
    key = await offered(other)
    other.offer_receiver(key, "000.00.15.H56")
    other.offer_receiver(key, "H56.DN.001")
    (one,) = await collected(adapter)
    package = await document(one)
    assert [each.organ_id for each in package.header.receivers] == [golden.SENDER, "000.00.15.H56", "H56.DN.001"]
    await adapter.acknowledge(one, Accepted(document="d"))
    assert [sent for _, sent, _ in details(other)] == [1, 1, 1]


async def test_a_receiver_that_was_added_after_the_reading_is_not_marked_as_sent(adapter: Adapter, other: OtherSide) -> None:
    key = await offered(other)
    (one,) = await collected(adapter)
    other.offer_receiver(key, "H56.50")
    await adapter.acknowledge(one, Accepted(document="d"))
    assert [sent for _, sent, _ in details(other)] == [1, 0]
    (later,) = await collected(adapter)
    assert [each.organ_id for each in (await document(later)).header.receivers] == ["H56.50"]


async def test_a_receiver_that_was_recalled_before_the_sending_gets_nothing(adapter: Adapter, other: OtherSide) -> None:
    key = await offered(other)
    other.offer_receiver(key, "H56.50", SEND_TYPE=44)
    (one,) = await collected(adapter)
    assert [each.organ_id for each in (await document(one)).header.receivers] == [golden.SENDER]


@pytest.mark.parametrize("send_type", [0, 1, 4, 99, None])
async def test_a_receiver_of_a_kind_that_nobody_knows_is_not_passed_over_in_silence(
    adapter: Adapter, other: OtherSide, send_type: int | None
) -> None:
    key = await offered(other)
    other.sql('DELETE FROM "CONNECT_DOC_OUT_DETAIL"')
    other.offer_receiver(key, "H56.50", SEND_TYPE=send_type)
    assert len(await collected(adapter)) == 1


async def test_a_backlog_of_documents_does_not_hold_up_a_status(adapter: Adapter, other: OtherSide) -> None:
    consignment = golden.consignment()
    await adapter.deliver(consignment)
    for number in ("1", "2", "3"):
        await offered(other, number)
    status = await other.offer_status(consignment.key, StatusCode.REGISTERED, "Đã vào sổ")
    assert [each.reference for each in await collected(adapter)].index(status) == 1


async def test_the_same_rows_give_the_same_octets(adapter: Adapter, other: OtherSide) -> None:
    await offered(other)
    one, two = [each for _ in range(2) for each in await collected(adapter)]
    assert isinstance(one, CollectedEnvelope)
    assert isinstance(two, CollectedEnvelope)
    assert await octets(one.open) == await octets(two.open)


async def test_a_poison_row_is_an_error_with_its_reason_and_holds_up_no_other(
    adapter: Adapter, other: OtherSide, heard: list[str]
) -> None:
    await offered(other, "1", ABSTRACT=None)
    await offered(other, "2", ABSTRACT="Có ký tự \x08 lạ")
    await offered(other, "3", BUSSINESS_DOC_TYPE=9)
    await offered(other, "4", CODE_NUMBER=None)
    good = await offered(other, "5")
    (one,) = await collected(adapter)
    assert one.reference == f"CONNECT_DOCUMENT/{good}"
    reasons = [text for (text,) in other.rows_of('SELECT "ERROR_MESSAGE" FROM "CONNECT_DOC_OUT_DETAIL" ORDER BY "ID"')]
    assert [sent for _, sent, _ in details(other)] == [-1, -1, -1, -1, 0]
    assert "MessageHeader.Subject" in str(reasons[0])
    assert "BussinessDocType" in str(reasons[2])
    assert len(heard) == 4


async def test_a_file_without_octets_or_with_a_wild_name_is_never_left_out(adapter: Adapter, other: OtherSide) -> None:
    one, two = await offered(other, "1"), await offered(other, "2")
    files = {row["DOCUMENT_ID"]: row["ID"] for row in other.all_of("CONNECT_DOC_OUT_FILES")}
    other.change("CONNECT_DOC_OUT_FILES", files[one], "CONTENT", None)
    other.change("CONNECT_DOC_OUT_FILES", files[two], "FILE_NAME", "a\x01.pdf")
    assert await collected(adapter) == []
    assert [sent for _, sent, _ in details(other)] == [-1, -1]


async def test_what_the_hub_refuses_is_an_error_with_its_words_and_counted(adapter: Adapter, other: OtherSide) -> None:
    await offered(other)
    (one,) = await collected(adapter)
    await adapter.acknowledge(one, REFUSED)
    await adapter.acknowledge(one, Accepted())  # too late: it is pending no more
    ((reason, sent, count),) = other.rows_of('SELECT "ERROR_MESSAGE", "IS_SENDED", "NUMBERSEND" FROM "CONNECT_DOC_OUT_DETAIL"')
    assert (reason, sent, count) == ("routing-unknown: Không có cơ quan nhận", -1, 1)


async def test_a_row_that_was_answered_too_often_is_an_error_and_not_passed_over_in_silence(
    adapter: Adapter, other: OtherSide
) -> None:
    await offered(other)
    other.sql('UPDATE "CONNECT_DOC_OUT_DETAIL" SET "NUMBERSEND" = 6')
    assert await collected(adapter) == []
    ((reason, sent),) = other.rows_of('SELECT "ERROR_MESSAGE", "IS_SENDED" FROM "CONNECT_DOC_OUT_DETAIL"')
    assert (reason, sent) == ("NUMBERSEND > 5", -1)


async def test_a_document_is_collected_however_long_it_has_waited_oldest_first(adapter: Adapter, other: OtherSide) -> None:
    late = await offered(other, "2", CREATE_DATE=datetime(2026, 5, 4, 8, 0))  # noqa: DTZ001  a vendor's column has no zone
    early = await offered(other, "1", CREATE_DATE=datetime(2019, 1, 7, 8, 0), PUBLISH_DATE=date(2019, 1, 7))  # noqa: DTZ001
    assert [each.reference for each in await collected(adapter)] == [f"CONNECT_DOCUMENT/{key}" for key in (early, late)]


@pytest.mark.parametrize("kind", list(BusinessType))
async def test_a_recall_an_update_or_a_replacement_is_one(adapter: Adapter, other: OtherSide, kind: BusinessType) -> None:
    about = {"BUSSINESS_DOC_REASON": "Gửi nhầm", "BUSSINESS_DOCUMENT_ID": "H56.40.02,2026/05/01,6/UBND-VP"}
    await offered(other, BUSSINESS_DOC_TYPE=int(kind), UPDATE_INFO=1, UPDATE_RECEIVER=0, **about)
    business = (await document((await collected(adapter))[0])).trace.business
    assert (business.type, business.reason, business.document_id) == (kind, *about.values())


@pytest.mark.parametrize("priority", list(Priority))
async def test_every_priority_is_kept(adapter: Adapter, other: OtherSide, priority: Priority) -> None:
    await offered(other, PRIORITY=int(priority))
    other_info = (await document((await collected(adapter))[0])).header.other_info
    assert other_info is not None
    assert other_info.priority is priority


async def test_large_attachments_travel_beside_the_envelope(adapter: Adapter, other: OtherSide) -> None:
    await offered(other)
    other.sql("""UPDATE "CONNECT_DOC_OUT_FILES" SET "CONTENT" = convert_to(repeat('x', 9000000), 'UTF8')""")
    (one,) = await collected(adapter)
    assert isinstance(one, CollectedEnvelope)
    (attachment,) = (await document(one)).attachments
    assert attachment.encoded is None
    assert await octets(one.parts[attachment.content_id]) == b"x" * 9_000_000


async def test_phu_tho_has_all_receivers_in_a_list_and_its_code_is_parted_on_the_first_slash(tmp_path: Path) -> None:
    async with PhuTho(tmp_path) as other, opened(other, tmp_path) as adapter:
        await other.offer(outgoing("4764"))
        other.sql("""UPDATE "DocumentSenders" SET "ToCodes" = '000.00.15.H56; H56.40.02;H56.DN.001;'""")
        other.sql("""UPDATE "DocumentSenders" SET "Notation" = '4764/2017/QĐ-UBND'""")
        (one,) = await collected(adapter)
        header = (await document(one)).header
        assert [each.organ_id for each in header.receivers] == ["000.00.15.H56", "H56.40.02", "H56.DN.001"]
        assert (header.code.number, header.code.notation) == ("4764", "2017/QĐ-UBND")
        assert header.document_id == "H56.40.02,2026/05/04,4764/2017/QĐ-UBND"
        await adapter.acknowledge(one, Accepted(document="d"))
        assert other.rows_of('SELECT "Status", "NumberSend" FROM "DocumentSenders"') == [(1, 1)]


async def test_a_status_has_its_words_its_moment_and_its_staff(adapter: Adapter, other: OtherSide) -> None:
    consignment = golden.consignment()
    await adapter.deliver(consignment)
    await other.offer_status(consignment.key, StatusCode.RECALL_AGREED, "Đồng ý thu hồi")
    other.sql("""UPDATE "CONNECT_PROCESS_IN" SET "PROCESS_DATE" = '2026-05-13 08:15:00', "STAFF_NAME" = 'Hoàng Thị Mẫu'""")
    (status,) = await collected(adapter)
    assert isinstance(status, CollectedStatus)
    assert (status.key, status.code, status.description) == (consignment.key, StatusCode.RECALL_AGREED, "Đồng ý thu hồi")
    assert status.staff == {"staff": "Hoàng Thị Mẫu"}
    assert status.at is not None
    assert status.at.isoformat() == "2026-05-13T08:15:00+07:00"


async def test_a_status_of_a_row_that_the_hub_never_wrote_is_an_error_and_holds_up_no_other(
    adapter: Adapter, other: OtherSide
) -> None:
    consignment = golden.consignment()
    await adapter.deliver(consignment)
    other.insert("CONNECT_PROCESS_IN", DOCUMENT_ID=4242, STATUS=3)
    other.insert("CONNECT_PROCESS_IN", DOCUMENT_ID=4242, STATUS=99)
    good = await other.offer_status(consignment.key, StatusCode.REGISTERED, "Đã vào sổ")
    assert [each.reference for each in await collected(adapter)] == [good]
    assert other.rows_of('SELECT "IS_SENDED" FROM "CONNECT_PROCESS_IN" ORDER BY "ID"') == [(-1,), (-1,), (0,)]


async def test_news_names_the_row_of_the_document_that_was_collected(adapter: Adapter, other: OtherSide) -> None:
    key = await offered(other)
    (one,) = await collected(adapter)
    await adapter.acknowledge(one, Accepted(document="d" * 64))
    await adapter.report(golden.notice(document="d" * 64))
    (row,) = other.rows('SELECT * FROM "CONNECT_PROCESS_OUT"')
    assert (row["DOCUMENT_ID"], row["STATUS"], row["DOC_CODE"]) == (key, 5, "7/UBND-VP")
    assert (row["IDENTIFIER_CODE"], row["STAFF_NAME"]) == (golden.SENDER, "Trần Thị Hoa")
