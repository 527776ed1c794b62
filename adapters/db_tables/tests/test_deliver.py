import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.sdk import Adapter, BusinessType, Consignment, Misconfigured, Notice, OrganId, Transient, Undeliverable, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checks_whole import business_of
from gateway.sdk.conformance.other_side import Mood

from .opened import opened
from .other_side import OtherSide, PhuTho


@pytest_asyncio.fixture
async def other(tmp_path: Path) -> AsyncGenerator[OtherSide, None]:
    async with OtherSide(tmp_path) as side:
        yield side


@pytest_asyncio.fixture
async def adapter(other: OtherSide, tmp_path: Path) -> AsyncGenerator[Adapter, None]:
    async with opened(other, tmp_path, statement_seconds=2) as made:
        yield made


async def test_a_document_is_a_row_with_its_receiver_and_its_attachments(adapter: Adapter, other: OtherSide) -> None:
    taken = await adapter.deliver(golden.consignment())
    (row,) = other.rows('SELECT * FROM "CONNECT_DOCUMENT"')
    (receiver,) = other.rows('SELECT * FROM "CONNECT_DOC_IN_INTERNAL"')
    (file,) = other.rows('SELECT * FROM "CONNECT_DOC_IN_FILES"')
    assert taken.reference == str(row["ID"]) == str(receiver["DOCUMENT_ID"]) == str(file["DOCUMENT_ID"])
    assert (row["CONNECT_TYPE"], row["IDENTIFIER_CODE"], row["PRIORITY"], row["BUSSINESS_DOC_TYPE"]) == (1, "H56.01", 2, 0)
    assert row["ABSTRACT"] == "Về việc lấy ý kiến dự thảo Quy chế văn thư & lưu trữ <bản 2> «điện tử»"
    assert (row["PUBLISH_DATE"], row["DUE_DATE"]) == (date(2026, 5, 12), date(2026, 5, 20))
    assert row["TO_PLACES"] == "Như trên\nLưu: VT, TCBC"
    assert receiver["IDENTIFIER_CODE"] == golden.RECEIVER
    assert (file["FILE_NAME"], file["CONTENT"], file["FILE_SIZE"]) == (golden.NAME, golden.CONTENT, len(golden.CONTENT))


async def test_phu_tho_gets_its_days_as_text_and_the_printed_code(tmp_path: Path) -> None:
    async with PhuTho(tmp_path) as other, opened(other, tmp_path) as adapter:
        code = edxml.Code(number="4764", notation="2017/QĐ-UBND")
        await adapter.deliver(golden.consignment(golden.document(code=code)))
        (row,) = other.rows('SELECT * FROM "DocumentReceivers"')
        assert (row["PromulgationDate"], row["DueDate"]) == ("12/05/2026", "20/05/2026")
        assert row["Notation"] == "4764/2017/QĐ-UBND"
        assert (row["TypeId"], row["Priority"]) == (3, 2)


async def test_all_rows_of_a_document_are_written_or_none(adapter: Adapter, other: OtherSide) -> None:
    other.sql('ALTER TABLE "CONNECT_DOC_IN_FILES" ADD CONSTRAINT small CHECK (length("CONTENT") < 10)')
    with pytest.raises(Undeliverable) as refused:
        await adapter.deliver(golden.consignment())
    assert "CONNECT_DOC_IN_FILES" in refused.value.detail
    assert [other.all_of(table) for table in ("CONNECT_DOCUMENT", "CONNECT_DOC_IN_INTERNAL")] == [[], []]
    assert other.rows('SELECT * FROM "LIENTHONG_KEYS"') == []


async def test_the_same_key_many_times_at_once_has_one_effect(adapter: Adapter, other: OtherSide) -> None:
    consignment = golden.consignment()
    taken = await asyncio.gather(*(adapter.deliver(consignment) for _ in range(6)))
    assert len({each.reference for each in taken}) == 1
    assert len(await other.held()) == 1


async def test_a_text_that_is_too_long_is_refused_by_name_and_never_cut_or_quoted(other: OtherSide, tmp_path: Path) -> None:
    other.sql('ALTER TABLE "CONNECT_DOCUMENT" ALTER COLUMN "ABSTRACT" TYPE varchar(20)')
    async with opened(other, tmp_path) as adapter:
        with pytest.raises(Undeliverable) as refused:
            await adapter.deliver(golden.consignment())
    assert refused.value.detail == "CONNECT_DOCUMENT.ABSTRACT: 70 > 20 ký tự"
    assert await other.held() == ()


async def test_the_other_receivers_are_kept_too(adapter: Adapter, other: OtherSide) -> None:
    one, two = edxml.Organisation(organ_id="H56.40.02", organ_name="UBND xã"), edxml.Organisation(organ_id="000.00.15.H56")
    await adapter.deliver(golden.consignment(golden.document(receivers=(two, one))))
    (row,) = other.rows('SELECT * FROM "CONNECT_DOCUMENT"')
    (receiver,) = other.rows('SELECT * FROM "CONNECT_DOC_IN_INTERNAL"')
    assert row["RECEIVER_CODES"] == "000.00.15.H56\nH56.40.02"
    assert (receiver["IDENTIFIER_CODE"], receiver["RECEIVER_NAME"]) == ("H56.40.02", "UBND xã")


async def test_a_receiver_that_the_document_calls_by_its_old_id_is_written_by_its_own(adapter: Adapter, other: OtherSide) -> None:
    await adapter.deliver(golden.consignment(receiver=OrganId("H56.77")))
    (receiver,) = other.rows('SELECT * FROM "CONNECT_DOC_IN_INTERNAL"')
    assert (receiver["IDENTIFIER_CODE"], receiver["RECEIVER_NAME"]) == ("H56.77", None)


async def test_a_replacement_says_what_it_replaces(adapter: Adapter, other: OtherSide) -> None:
    await adapter.deliver(golden.consignment(golden.document(business=business_of(BusinessType.REPLACE))))
    (row,) = other.rows('SELECT * FROM "CONNECT_DOCUMENT"')
    assert (row["BUSSINESS_DOC_TYPE"], row["REPLACED_IDS"]) == (3, "H56.01,2026/05/05,9/CV-SNV")
    assert row["REPLACED_ORGANS"] == golden.RECEIVER


async def test_a_table_that_somebody_holds_locked_means_again_later(adapter: Adapter, other: OtherSide) -> None:
    with other.locked("CONNECT_DOCUMENT"), pytest.raises(Transient) as fault:
        await adapter.deliver(golden.consignment())
    assert fault.value.code == "receiver-timeout"
    await adapter.deliver(golden.consignment())
    assert len(await other.held()) == 1


async def test_a_right_that_was_taken_away_is_an_operators_turn(other: OtherSide, tmp_path: Path) -> None:
    other.sql("DROP ROLE IF EXISTS plain", "CREATE ROLE plain LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO plain")
    try:
        url = str(other.settings["url"]).replace("vendor@", "plain@")
        async with opened(other, tmp_path, url=url) as adapter:
            with pytest.raises(Misconfigured) as fault:
                await adapter.deliver(golden.consignment())
        assert fault.value.code == "link-unauthorised"
        assert "LIENTHONG_KEYS" in fault.value.detail
    finally:
        other.sql("DROP OWNED BY plain", "DROP ROLE plain")


async def test_a_recall_of_a_document_that_was_delivered_names_its_row(adapter: Adapter, other: OtherSide) -> None:
    taken = await adapter.deliver(golden.consignment())
    await adapter.report(golden.recall(golden.consignment()))
    (row,) = other.rows('SELECT * FROM "CONNECT_PROCESS_OUT"')
    assert (row["STATUS"], str(row["DOCUMENT_ID"])) == (13, taken.reference)
    assert row["IDENTIFIER_CODE"] == golden.SENDER


@pytest.mark.parametrize(("made", "status"), [(golden.update, 12), (golden.replacement, -4)], ids=["update", "replacement"])
async def test_what_updates_or_replaces_a_document_that_was_delivered_names_its_row(
    adapter: Adapter, other: OtherSide, made: Callable[[Consignment], Notice], status: int
) -> None:
    taken = await adapter.deliver(golden.consignment())
    notice = made(golden.consignment())
    await adapter.report(notice)
    (row,) = other.rows('SELECT * FROM "CONNECT_PROCESS_OUT"')
    assert (row["STATUS"], str(row["DOCUMENT_ID"]), row["DESCRIPTION"]) == (status, taken.reference, notice.description)
    assert (row["IDENTIFIER_CODE"], row["OWNER_CODE"]) == (golden.SENDER, golden.RECEIVER)


async def test_a_database_that_breaks_after_it_committed_has_the_document_once(adapter: Adapter, other: OtherSide) -> None:
    await adapter.health()
    await other.be(Mood.SILENT)
    with pytest.raises(Transient) as fault:
        await adapter.deliver(golden.consignment())
    assert fault.value.code == "receiver-failed"
    assert len(await other.held()) == 1
    await other.be(Mood.WELL)
    await adapter.deliver(golden.consignment())
    assert len(await other.held()) == 1
