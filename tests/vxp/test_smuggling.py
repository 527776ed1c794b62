"""Headers that are not what was signed, over the recorded exchanges: nothing that is done is another thing for them."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.vxp.recorded_hub import Recorded, recorded_hub
from tests.vxp.recording import exchanges
from tests.vxp.wire import Request

SMUGGLED = {
    "docId": "y" * 32,
    "status": "fail",
    "description": "Khong nhan",
    "from": "H56.40.02",
    "to": '["H56.40.02"]',
    "messagetype": "status",
    "hash-file": "0" * 64,
    "fromDate": "2030/01/01",
    "toDate": "2020/01/01",
    "level": "9",
    "AgencyCode": "000.00.00.H56",
}


@pytest.fixture
async def recorded(working_folder: Path, tmp_path: Path) -> AsyncIterator[Recorded]:
    async with recorded_hub(working_folder, tmp_path) as hub:
        yield hub


def own(request: Request) -> Iterator[tuple[int, str]]:
    """Give the SDK's headers of a request, by their place."""
    return ((at, line) for at, line in enumerate(request.lines) if line.startswith("XroadVnpt-"))


def with_more(request: Request) -> Request:
    """Add each parameter that is not signed."""
    signed = {line.partition(":")[0].lower() for _, line in own(request)}
    more = (f"XroadVnpt-{name}: {value}" for name, value in SMUGGLED.items() if f"xroadvnpt-{name}".lower() not in signed)
    return replace(request, lines=(request.lines[0], *more, *request.lines[1:]))


def in_capitals(request: Request) -> Request:
    """Write the names of all headers in capitals."""
    line, *headers = request.lines
    written = (f"{name.upper()}{rest}" for name, rest in ((each.partition(":")[0], each[each.index(":") :]) for each in headers))
    return replace(request, lines=(line, *written))


def doubled(request: Request, at: int, value: str) -> Request:
    """Say one header a second time, in another case, behind the first."""
    name = request.lines[at].partition(":")[0]
    return replace(request, lines=(*request.lines[: at + 1], f"{name.lower()}: {value}", *request.lines[at + 1 :]))


async def test_parameters_that_are_not_signed_change_no_answer(recorded: Recorded) -> None:
    for exchange in exchanges():
        assert await recorded.answer(exchange.at, with_more(exchange.request)) == exchange.answer, exchange.what


async def test_the_case_of_names_changes_no_answer(recorded: Recorded) -> None:
    for exchange in exchanges():
        assert await recorded.answer(exchange.at, in_capitals(exchange.request)) == exchange.answer, exchange.what


async def test_a_header_that_comes_twice_is_refused_and_nothing_is_done(recorded: Recorded) -> None:
    for exchange in exchanges():
        for at, line in own(exchange.request):
            for value in (line.partition(": ")[2], "other"):
                answer = await recorded.answer(exchange.at, doubled(exchange.request, at, value))
                assert "unauthenticated" in answer, (exchange.what, line)
        assert await recorded.answer(exchange.at, exchange.request) == exchange.answer, exchange.what


async def test_a_signed_header_with_another_value_or_none_is_refused_and_nothing_is_done(recorded: Recorded) -> None:
    for exchange in exchanges():
        for at, line in own(exchange.request):
            name = line.partition(":")[0]
            if name in {"XroadVnpt-version", "XroadVnpt-Content-Type"}:
                continue
            for lines in ((f"{name}: other",), ()):
                changed = (*exchange.request.lines[:at], *lines, *exchange.request.lines[at + 1 :])
                answer = await recorded.answer(exchange.at, replace(exchange.request, lines=changed))
                assert "unauthenticated" in answer, (exchange.what, line)
        assert await recorded.answer(exchange.at, exchange.request) == exchange.answer, exchange.what
