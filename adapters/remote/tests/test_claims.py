"""What the service's manifest does not claim is not called; when the manifest is read, and what a wrong one means."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.sdk import Misconfigured, StatusCode, Transient, Undeliverable
from gateway.sdk.conformance import golden

from .scripted import MANIFEST, Reply, linked, opened, said

START = datetime(2026, 11, 26, 8, tzinfo=UTC)
PART = golden.part()
BESIDE = golden.consignment(golden.document(attachments=()), PART)


async def test_opening_asks_the_service_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, "http://127.0.0.1:9"):
        pass


async def test_a_service_that_is_away_at_first_use_is_unreachable(tmp_path: Path) -> None:
    async with opened(tmp_path, "http://127.0.0.1:9") as adapter:
        with pytest.raises(Transient, match="receiver-unreachable"):
            await adapter.deliver(golden.consignment())


async def test_the_manifest_is_read_once_for_many_calls(tmp_path: Path) -> None:
    async with linked(tmp_path) as (adapter, service):
        await adapter.deliver(golden.consignment())
        await adapter.report(golden.notice())
        assert service.paths == ["/manifest", "/deliver", "/report"]


async def test_an_old_manifest_is_read_anew(tmp_path: Path) -> None:
    now = START
    async with linked(tmp_path, now=lambda: now) as (adapter, service):
        await adapter.deliver(golden.consignment())
        now += timedelta(minutes=6)
        await adapter.deliver(golden.consignment())
        assert service.paths == ["/manifest", "/deliver"] * 2


async def test_a_clock_that_was_set_back_makes_no_manifest_last(tmp_path: Path) -> None:
    now = START
    async with linked(tmp_path, now=lambda: now) as (adapter, service):
        await adapter.deliver(golden.consignment())
        now -= timedelta(days=1)
        await adapter.deliver(golden.consignment())
        assert service.paths == ["/manifest", "/deliver"] * 2


async def test_health_reads_the_manifest_anew_so_that_a_probe_finds_what_was_mended(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/manifest": said(MANIFEST | {"push": False})}) as (adapter, service):
        with pytest.raises(Misconfigured, match="push = false"):
            await adapter.deliver(golden.consignment())
        service.replies["/manifest"] = said(MANIFEST)
        await adapter.health()
        assert (await adapter.deliver(golden.consignment())).reference == "VB-1"


async def test_a_document_for_a_service_that_takes_none_is_an_operators_turn(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/manifest": said(MANIFEST | {"push": False})}) as (adapter, service):
        with pytest.raises(Misconfigured, match="link-misconfigured"):
            await adapter.deliver(golden.consignment())
        assert "/deliver" not in service.paths


async def test_a_document_larger_than_the_service_takes_is_refused_without_being_sent(tmp_path: Path) -> None:
    most = BESIDE.size + PART.size - 1
    async with linked(tmp_path, {"/manifest": said(MANIFEST | {"max_size": most})}) as (adapter, service):
        with pytest.raises(Undeliverable, match="max_size"):
            await adapter.deliver(BESIDE)
        assert "/deliver" not in service.paths


async def test_a_document_as_large_as_the_service_takes_is_sent(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/manifest": said(MANIFEST | {"max_size": BESIDE.size + PART.size})}) as (adapter, _):
        assert (await adapter.deliver(BESIDE)).reference == "VB-1"


async def test_attachments_beside_the_envelope_are_refused_where_the_service_takes_none(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/manifest": said(MANIFEST | {"separate": False})}) as (adapter, service):
        with pytest.raises(Undeliverable, match="separate = false"):
            await adapter.deliver(BESIDE)
        assert "/deliver" not in service.paths


async def test_a_service_that_wants_no_news_is_told_none(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/manifest": said(MANIFEST | {"statuses": False})}) as (adapter, service):
        await adapter.report(golden.notice())
        assert service.paths == ["/manifest"]


async def test_a_service_that_knows_no_recall_is_told_of_none(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/manifest": said(MANIFEST | {"recall": False})}) as (adapter, service):
        await adapter.report(golden.notice(code=StatusCode.RECALL_REQUESTED))
        await adapter.report(golden.notice(code=StatusCode.PROCESSING))
        assert service.paths == ["/manifest", "/report"]


async def test_a_service_that_has_nothing_to_give_is_not_asked(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/manifest": said(MANIFEST | {"collect": False})}) as (adapter, service):
        assert [each async for each in adapter.collect()] == []
        assert service.paths == ["/manifest"]


async def test_another_version_of_the_contract_is_an_operators_turn(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/manifest": said({"contract": 2})}) as (adapter, _):
        with pytest.raises(Misconfigured, match="contract = 2"):
            await adapter.health()


@pytest.mark.parametrize(
    "reply",
    [
        said(MANIFEST | {"push": "yes"}),
        said({"contract": 1}),
        said([]),
        Reply(body=b"\xff{"),
        Reply(body=b'{"a":' * 10_000),
        said(MANIFEST, media_type="text/html"),
        said(MANIFEST | {"name": "x" * 100_000}),
        said(MANIFEST, status=201),
    ],
    ids=["no-boolean", "no-claims", "no-object", "no-json", "deep", "html", "endless", "201"],
)
async def test_a_manifest_that_is_none_is_a_failure_of_the_service(tmp_path: Path, reply: Reply) -> None:
    async with linked(tmp_path, {"/manifest": reply}) as (adapter, _):
        with pytest.raises(Transient, match="receiver-failed"):
            await adapter.health()


async def test_members_that_this_version_does_not_know_are_left_aside(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/manifest": said(MANIFEST | {"sends_flowers": True})}) as (adapter, _):
        await adapter.health()
