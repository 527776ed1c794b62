"""What each answer of a receiver means: taken, again later, never, or an operator's turn."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from gateway.sdk import Misconfigured, Taken, Transient, Undeliverable

from .pushing import ENVELOPE, TOKEN, Talk, consignment, opened, saying, talking
from .receiver import Answer, Receiver

Fault = Misconfigured | Transient | Undeliverable
KINDS = (Misconfigured, Transient, Undeliverable)

FAULTS: dict[int, tuple[type[Fault], str]] = {
    **dict.fromkeys((401, 403), (Misconfigured, "link-unauthorised")),
    **dict.fromkeys((300, 301, 302, 303, 304, 307, 308, 404, 405), (Misconfigured, "link-misconfigured")),
    **dict.fromkeys((429, 503), (Transient, "receiver-unreachable")),
    **dict.fromkeys((408, 504), (Transient, "receiver-timeout")),
    **dict.fromkeys((425, 500, 501, 502, 505, 507, 599, 999), (Transient, "receiver-failed")),
    **dict.fromkeys((400, 402, 406, 409, 410, 411, 413, 415, 422, 451, 499), (Undeliverable, "receiver-refused")),
}


async def outcome(folder: Path, answer: Answer) -> Taken | Fault:
    receiver = Receiver()
    receiver.usual = answer
    async with receiver.serving() as url, opened(folder, url) as adapter:
        try:
            return await adapter.deliver(consignment())
        except KINDS as fault:
            return fault


async def fault_of(folder: Path, talk: Talk, envelope: bytes = ENVELOPE) -> Fault:
    async with talking(talk) as url, opened(folder, url) as adapter:
        try:
            await adapter.deliver(consignment(envelope))
        except KINDS as fault:
            return fault
    raise AssertionError("it was taken")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_takes_the_document(tmp_path: Path, status: int) -> None:
    assert isinstance(await outcome(tmp_path, Answer(status=status)), Taken)


@pytest.mark.parametrize(("status", "means"), FAULTS.items())
async def test_every_other_status_means_one_fault(tmp_path: Path, status: int, means: tuple[type[Fault], str]) -> None:
    fault = await outcome(tmp_path, Answer(status=status, headers={"Location": "/"}))
    assert isinstance(fault, Fault)
    assert (type(fault), fault.code) == means
    assert fault.detail.startswith(f"HTTP {status}")


@pytest.mark.parametrize(
    ("body", "reference"),
    [
        ('{"reference": "CV-1/2026"}', "CV-1/2026"),
        ('{"id": "số 1"}', "số 1"),
        ('{"reference": "a", "id": "b"}', "a"),
        ('{"reference": ""}', None),
        ('{"reference": 7}', None),
        ('{"id": "a\\nb"}', None),
        (json.dumps({"id": "x" * 200}), "x" * 200),
        (json.dumps({"id": "x" * 201}), None),
        (json.dumps({"id": "a", "more": "x" * 5000}), None),
        ('["reference"]', None),
        ("[" * 4096, None),
        ("OK", None),
        ("<ok/>", None),
        ("", None),
    ],
    ids=str,
)
async def test_a_short_reference_in_json_is_kept(tmp_path: Path, body: str, reference: str | None) -> None:
    assert await outcome(tmp_path, Answer(body=body)) == Taken(reference=reference)


@pytest.mark.parametrize("page", ["<html>Đăng nhập", "\n <!DOCTYPE HTML PUBLIC>", "<HTML lang='vi'>"])
async def test_a_page_for_people_has_taken_nothing_whatever_its_status(tmp_path: Path, page: str) -> None:
    fault = await outcome(tmp_path, Answer(body=page))
    assert isinstance(fault, Transient)
    assert (fault.code, fault.detail) == ("receiver-failed", "HTTP 200: trang HTML")


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("0", 0), ("120", 120), ("999999", 86400), ("9" * 30, None), ("-1", None), ("soon", None), ("", None), ("١", None)],
)
async def test_retry_after_in_seconds_is_bounded_to_a_day(tmp_path: Path, given: str, seconds: int | None) -> None:
    fault = await outcome(tmp_path, Answer(status=503, headers={"Retry-After": given}))
    assert isinstance(fault, Transient)
    assert fault.retry_after == seconds


@pytest.mark.parametrize(("hours", "least", "most"), [(1, 3590, 3600), (48, 86400, 86400), (-1, 0, 0)])
async def test_retry_after_as_a_date_is_bounded_to_a_day(tmp_path: Path, hours: int, least: int, most: int) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    fault = await outcome(tmp_path, Answer(status=429, headers={"Retry-After": date}))
    assert isinstance(fault, Transient)
    assert fault.retry_after is not None and least <= fault.retry_after <= most


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Sai\r\n\tmã\x00 cơ quan\x1b[31m", "HTTP 422: Sai mã cơ quan [31m"),
        ('{"title": "Sai", "detail": "Sai mã\\nđịnh danh"}', "HTTP 422: Sai mã định danh"),
        ('{"message": "no"}', "HTTP 422: no"),
        ("", "HTTP 422"),
        (f"you sent Bearer {TOKEN}", "HTTP 422: you sent Bearer …"),
    ],
    ids=["control characters", "problem+json", "custom json", "nothing", "an echoed token"],
)
async def test_the_words_of_a_refusal_are_one_short_line_without_the_token(tmp_path: Path, body: str, words: str) -> None:
    fault = await outcome(tmp_path, Answer(status=422, body=body))
    assert isinstance(fault, Undeliverable)
    assert fault.detail == words


async def test_of_a_long_refusal_300_characters_are_kept(tmp_path: Path) -> None:
    fault = await outcome(tmp_path, Answer(status=400, body="ư" * 100_000))
    assert isinstance(fault, Undeliverable)
    assert fault.detail == f"HTTP 400: {'ư' * 300}"


@pytest.mark.parametrize("status", [s for s in FAULTS if s not in {304}])
async def test_no_fault_holds_anything_of_the_document_or_the_token(tmp_path: Path, status: int) -> None:
    fault = await outcome(tmp_path, Answer(status=status, body="không nhận"))
    shown = repr((fault, vars(fault), getattr(fault, "__cause__", None)))
    assert "edXML" not in shown and "mật" not in shown and TOKEN not in shown


async def test_an_answer_without_end_is_read_no_further_than_it_counts(tmp_path: Path) -> None:
    said = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal said
        await saying(b"HTTP/1.1 422 No\r\n\r\n")(reader, writer)
        while said < 100_000_000:
            writer.write(b"x" * 65536)
            await writer.drain()
            said += 65536

    begun = time.monotonic()
    assert (await fault_of(tmp_path, talk)).code == "receiver-refused"
    assert time.monotonic() - begun < 2
    assert said < 100_000_000


async def test_an_answer_that_trickles_is_given_up_and_its_status_counts(tmp_path: Path) -> None:
    trickle = saying(b"HTTP/1.1 202 OK\r\nContent-Length: 4000\r\n\r\n", *[b"{"] * 100, pause=0.1)
    begun = time.monotonic()
    async with talking(trickle) as url, opened(tmp_path, url) as adapter:
        assert await adapter.deliver(consignment()) == Taken(reference=None)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize(
    "answer",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 99999,
    ],
    ids=["no http", "no status", "a bad header", "an endless header"],
)
async def test_an_answer_that_is_not_http_means_the_receiver_failed(tmp_path: Path, answer: bytes) -> None:
    fault = await fault_of(tmp_path, saying(answer))
    assert (type(fault), fault.code) == (Transient, "receiver-failed")
    assert TOKEN not in repr((fault, vars(fault)))


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Le"], ids=["nothing", "half a head"])
async def test_a_connection_that_is_lost_after_sending_means_that_nobody_knows(tmp_path: Path, answer: bytes) -> None:
    fault = await fault_of(tmp_path, saying(answer))
    assert (type(fault), fault.code) == (Transient, "receiver-failed")


async def test_a_connection_that_is_lost_while_sending_means_the_receiver_failed(tmp_path: Path) -> None:
    fault = await fault_of(tmp_path, saying(early=True), bytes(50_000_000))
    assert (type(fault), fault.code) == (Transient, "receiver-failed")


async def test_a_refusal_in_the_middle_of_a_large_document_is_heard(tmp_path: Path) -> None:
    refusal = saying(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig", pause=0.2, early=True)
    fault = await fault_of(tmp_path, refusal, bytes(50_000_000))
    assert (type(fault), fault.detail) == (Undeliverable, "HTTP 413: big")


async def test_a_repeat_after_a_lost_answer_has_one_effect(tmp_path: Path) -> None:
    receiver = Receiver()
    receiver.script.append(Answer(cut=True))
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        with pytest.raises(Transient, match="receiver-failed"):
            await adapter.deliver(consignment())
        assert await adapter.deliver(consignment(attempt=4)) == Taken(reference="R-1")
    assert (len(receiver.effects), receiver.repeats) == (1, 1)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "nowhere.invalid"])
async def test_where_nobody_listens_nothing_can_have_arrived(tmp_path: Path, host: str) -> None:
    url = f"http://{host}:{unused_port()}/"
    async with opened(tmp_path, url, connect_seconds=2) as adapter:
        for attempt in (adapter.deliver(consignment()), adapter.health()):
            with pytest.raises(Transient, match="receiver-unreachable") as raised:
                await attempt
            assert host not in raised.value.detail


async def test_a_connection_that_takes_too_long_means_that_nothing_can_have_arrived(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    begun = time.monotonic()
    async with talking(silent) as url, opened(tmp_path, url.replace("http:", "https:"), connect_seconds=0.3) as adapter:
        with pytest.raises(Transient, match="receiver-unreachable: ConnectionTimeoutError"):
            await adapter.deliver(consignment())
    assert time.monotonic() - begun < 2


async def test_a_receiver_whose_port_is_open_is_well_and_sees_no_document(tmp_path: Path) -> None:
    receiver = Receiver()
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.health()
    assert receiver.headers == []


@pytest.mark.parametrize("status", [200, 204])
async def test_a_receiver_that_says_so_at_its_health_address_is_well(tmp_path: Path, status: int) -> None:
    receiver = Receiver()
    receiver.health = Answer(status=status)
    async with receiver.serving() as url, opened(tmp_path, url, health_url=f"{url}/health") as adapter:
        await adapter.health()
    assert receiver.requests == [] and "Idempotency-Key" not in receiver.headers[0]


@pytest.mark.parametrize(("status", "means"), FAULTS.items())
async def test_a_health_address_is_understood_as_an_answer_to_a_document(
    tmp_path: Path, status: int, means: tuple[type[Fault], str]
) -> None:
    receiver = Receiver()
    receiver.health = Answer(status=status)
    async with receiver.serving() as url, opened(tmp_path, url, health_url=f"{url}/health") as adapter:
        with pytest.raises(means[0], match=means[1]):
            await adapter.health()
