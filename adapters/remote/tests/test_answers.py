"""What answers of the service mean: problems, garbage, lists without an end, octets that are not those announced."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from gateway.sdk import (
    Accepted,
    CollectedEnvelope,
    CollectedStatus,
    Misconfigured,
    Refused,
    StatusCode,
    Transient,
    Undeliverable,
)
from gateway.sdk.conformance import golden

from .scripted import DONE, TOKEN, Reply, linked, listed, opened, problem, said

OCTETS = b"<edXML/>" * 20_000
MEASURED = {"size": len(OCTETS), "sha256": hashlib.sha256(OCTETS).hexdigest()}
ENVELOPE = {"kind": "envelope", "reference": "4764/2017/QĐ-UBND & co", **MEASURED}
STATUS = {"kind": "status", "reference": "s-1", "key": "d" * 64, "code": "03"}
HTML = Reply(media_type="text/html", body=b"<html>maintenance</html>")
XML = Reply(media_type="application/xml", body=OCTETS)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (503, "receiver-unreachable", Transient),
        (504, "receiver-timeout", Transient),
        (500, "receiver-failed", Transient),
        (422, "receiver-refused", Undeliverable),
        (401, "link-unauthorised", Misconfigured),
        (404, "link-misconfigured", Misconfigured),
    ],
)
async def test_a_problem_means_what_its_code_says(tmp_path: Path, status: int, code: str, kind: type[Exception]) -> None:
    async with linked(tmp_path, {"/deliver": problem(status, code, "Không đúng thẩm quyền")}) as (adapter, _):
        with pytest.raises(kind, match=f"{code}: HTTP {status}: Không đúng thẩm quyền"):
            await adapter.deliver(golden.consignment())


async def test_the_service_says_when_to_come_again(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/deliver": problem(503, "receiver-unreachable", Retry_After="90")}) as (adapter, _):
        with pytest.raises(Transient) as caught:
            await adapter.deliver(golden.consignment())
        assert caught.value.retry_after == 90


async def test_a_token_that_the_service_echoes_is_in_no_fault(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/deliver": problem(401, "link-unauthorised", f"Bearer {TOKEN}?")}) as (adapter, _):
        with pytest.raises(Misconfigured) as caught:
            await adapter.deliver(golden.consignment())
        assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "reply",
    [
        HTML,
        DONE,
        said({}),
        said({"reference": 7}),
        said({"reference": ""}),
        said({"reference": "x" * 201}),
        said({"reference": "a\r\nb"}),
        said({"reference": "x", "y": "z" * 9999}),
    ],
    ids=["html", "204", "none", "number", "empty", "long", "line-ends", "endless"],
)
async def test_an_answer_that_names_nothing_is_not_taken_for_a_receipt(tmp_path: Path, reply: Reply) -> None:
    async with linked(tmp_path, {"/deliver": reply}) as (adapter, _):
        with pytest.raises(Transient, match="receiver-failed"):
            await adapter.deliver(golden.consignment())


async def test_a_service_without_names_of_its_own_says_null(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/deliver": said({"reference": None})}) as (adapter, _):
        assert (await adapter.deliver(golden.consignment())).reference is None


async def test_a_page_of_some_proxy_is_no_answer_to_news_health_or_an_outcome(tmp_path: Path) -> None:
    collected = CollectedStatus(reference="s-1", key="d" * 64, code=StatusCode.REGISTERED)
    async with linked(tmp_path, dict.fromkeys(("/report", "/health", "/acknowledge"), HTML)) as (adapter, _):
        for call in (adapter.report(golden.notice()), adapter.health(), adapter.acknowledge(collected, Accepted())):
            with pytest.raises(Transient, match="receiver-failed"):
                await call


async def test_an_envelope_that_waits_is_fetched_by_its_reference_whatever_that_is(tmp_path: Path) -> None:
    replies = {"/collect": listed(ENVELOPE), "/collected/envelope": XML}
    async with linked(tmp_path, replies) as (adapter, service):
        (collected,) = [each async for each in adapter.collect()]
        assert isinstance(collected, CollectedEnvelope)
        assert b"".join([chunk async for chunk in collected.open()]) == OCTETS
        assert service.asked[-1].query == {"reference": "4764/2017/QĐ-UBND & co"}


async def test_a_part_is_fetched_by_its_content_id_whatever_that_is(tmp_path: Path) -> None:
    name = "phụ lục/../1&2?#%"
    replies = {
        "/collect": listed(ENVELOPE | {"parts": [{"content_id": name, **MEASURED}]}),
        "/collected/part": XML,
    }
    async with linked(tmp_path, replies) as (adapter, service):
        (collected,) = [each async for each in adapter.collect()]
        assert isinstance(collected, CollectedEnvelope)
        assert b"".join([chunk async for chunk in collected.parts[name]()]) == OCTETS
        assert service.asked[-1].query == {"reference": "4764/2017/QĐ-UBND & co", "content_id": name}


@pytest.mark.parametrize("octets", [OCTETS[:-1], OCTETS + b"x", OCTETS.replace(b"edXML", b"EDXML"), b"", HTML.body])
async def test_octets_that_are_not_those_announced_are_a_failure(tmp_path: Path, octets: bytes) -> None:
    replies = {"/collect": listed(ENVELOPE), "/collected/envelope": Reply(body=octets)}
    async with linked(tmp_path, replies) as (adapter, _):
        (collected,) = [each async for each in adapter.collect()]
        assert isinstance(collected, CollectedEnvelope)
        with pytest.raises(Transient, match="receiver-failed"):
            _ = [chunk async for chunk in collected.open()]


async def test_an_envelope_without_an_end_is_left_as_soon_as_it_is_longer_than_announced(tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield OCTETS

    replies = {"/collect": listed(ENVELOPE), "/collected/envelope": Reply(stream=endless)}
    async with linked(tmp_path, replies) as (adapter, _):
        (collected,) = [each async for each in adapter.collect()]
        assert isinstance(collected, CollectedEnvelope)
        read = 0
        with pytest.raises(Transient, match="size"):
            async for chunk in collected.open():
                read += len(chunk)
        assert read <= len(OCTETS)


async def test_a_list_without_an_end_is_read_as_it_is_taken(tmp_path: Path) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield json.dumps(STATUS | {"reference": f"s-{given}", "description": "x" * 5_000}).encode() + b"\n"

    async with linked(tmp_path, {"/collect": Reply(media_type="application/x-ndjson", stream=endless)}) as (adapter, _):
        async with aclosing(adapter.collect()) as waiting:
            assert [(await anext(waiting)).reference for _ in range(3)] == ["s-1", "s-2", "s-3"]
        assert given < 5_000


async def test_items_that_came_whole_are_given_before_the_list_breaks_off(tmp_path: Path) -> None:
    lines = json.dumps(STATUS).encode() + b"\n" + b'{"kind": "status", "refer'
    async with linked(tmp_path, {"/collect": Reply(body=lines)}) as (adapter, _):
        waiting = adapter.collect()
        assert (await anext(waiting)).reference == "s-1"
        with pytest.raises(Transient, match="receiver-failed"):
            await anext(waiting)


async def test_empty_lines_say_nothing(tmp_path: Path) -> None:
    async with linked(tmp_path, {"/collect": Reply(body=b"\n\r\n" + json.dumps(STATUS).encode() + b"\r\n\n")}) as (adapter, _):
        assert [each.reference async for each in adapter.collect()] == ["s-1"]


@pytest.mark.parametrize(
    "item",
    [
        {"kind": "letter", "reference": "1"},
        STATUS | {"code": "99"},
        STATUS | {"code": 3},
        STATUS | {"reference": "x\n"},
        STATUS | {"at": "2026-11-26T08:00:00"},
        STATUS | {"staff": {"a": 1}},
        ENVELOPE | {"sha256": "A" * 64},
        ENVELOPE | {"size": -1},
        ENVELOPE | {"parts": [{"content_id": "a", **MEASURED}] * 2},
        STATUS | {"description": "x" * 70_000},
        [],
        None,
    ],
    ids=["kind", "code", "number", "line-end", "zone", "staff", "digest", "size", "twice", "long", "list", "null"],
)
async def test_an_item_that_is_none_is_a_failure_of_the_service(tmp_path: Path, item: Any) -> None:
    async with linked(tmp_path, {"/collect": listed(item)}) as (adapter, _):
        with pytest.raises(Transient, match="receiver-failed"):
            _ = [each async for each in adapter.collect()]


async def test_a_line_without_an_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield b"x" * 10_000

    async with linked(tmp_path, {"/collect": Reply(stream=endless)}) as (adapter, _):
        with pytest.raises(Transient, match="65536"):
            _ = [each async for each in adapter.collect()]
    assert given < 5_000


async def test_a_status_that_waits_is_given_whole(tmp_path: Path) -> None:
    item = STATUS | {"description": "Đã vào sổ", "staff": {"staff": "Lê Thị Ánh"}, "at": "2026-11-26T08:00:00+07:00"}
    async with linked(tmp_path, {"/collect": listed(item)}) as (adapter, _):
        (collected,) = [each async for each in adapter.collect()]
        assert isinstance(collected, CollectedStatus)
        assert collected.at is not None
        assert (collected.code, collected.description, collected.staff) == ("03", "Đã vào sổ", {"staff": "Lê Thị Ánh"})
        assert collected.at.isoformat() == "2026-11-26T08:00:00+07:00"


async def test_a_refusal_reaches_the_service_in_both_languages(tmp_path: Path) -> None:
    collected = CollectedStatus(reference="s-1", key="d" * 64, code=StatusCode.REGISTERED)
    async with linked(tmp_path) as (adapter, service):
        await adapter.acknowledge(collected, Refused(code="not-found", vi="Không có", en="There is none"))
        assert json.loads(service.asked[-1].body) == {
            "kind": "status",
            "reference": "s-1",
            "outcome": "refused",
            "document": None,
            "code": "not-found",
            "vi": "Không có",
            "en": "There is none",
        }


@pytest.mark.parametrize(
    "settings",
    [{"url": "http://127.0.0.1:9/x?y=1"}, {"token_file": None}, {"token_file": "lost"}, {"secret": "x"}, {"url": "ftp://a"}],
    ids=["query", "no-token", "lost-token", "unknown", "scheme"],
)
async def test_settings_that_are_wrong_are_an_operators_turn(tmp_path: Path, settings: dict[str, object]) -> None:
    with pytest.raises(Misconfigured, match="link-misconfigured"):
        async with opened(tmp_path, **{"url": "http://127.0.0.1:9", **settings}):  # type: ignore[arg-type]
            pass


async def test_a_service_on_loopback_is_reached_only_where_networks_says_so(tmp_path: Path) -> None:
    async with linked(tmp_path) as (_, service), opened(tmp_path, service.url, networks=[]) as adapter:
        with pytest.raises(Misconfigured, match="networks"):
            await adapter.health()
        assert service.paths == []
