"""Gentle traffic after the day's end, for those who want to look around and try the API."""

import asyncio
import itertools

from gateway.core.model import StatusCode
from gateway.entry.demo import papers
from gateway.entry.demo.agency import Agency, Received

ERRAND_SECONDS = 3.0
DESK_SECONDS = 2.0
"""How long an agency takes from one status to the next."""
KEPT = 200
"""Documents whose PDFs stay in memory for comparison."""
_STATUSES = {
    StatusCode.ARRIVED: "Đã đến",
    StatusCode.REGISTERED: "Vào sổ văn bản đến",
    StatusCode.ASSIGNED: "Phân công xử lý",
    StatusCode.PROCESSING: "Đang xử lý",
    StatusCode.COMPLETED: "Hoàn thành",
}


async def run_on(agencies: dict[str, Agency]) -> None:
    """Send, receive and report until cancelled."""
    async with asyncio.TaskGroup() as office_hours:
        office_hours.create_task(_errands(list(agencies.values())))
        for agency in agencies.values():
            office_hours.create_task(_attend(agency))


async def _errands(agencies: list[Agency]) -> None:
    for turn in itertools.count():
        sender, *others = agencies[turn % len(agencies) :] + agencies[: turn % len(agencies)]
        receivers = tuple(each.role.organ for each in others[turn % 3 : turn % 3 + 2])
        await sender.send(papers.errand(sender.role.organ, receivers))
        while len(sender.register) > KEPT:
            sender.register.pop(next(iter(sender.register)))
        while len(sender.sent) > KEPT:
            sender.sent.pop(next(iter(sender.sent)))
        await asyncio.sleep(ERRAND_SECONDS)


async def _attend(agency: Agency) -> None:
    while True:
        for received in await agency.collect(most=5, wait=25):
            await _handle(agency, received)
        agency.inbox.clear()


async def _handle(agency: Agency, received: Received) -> None:
    for code, words in _STATUSES.items():
        await asyncio.sleep(DESK_SECONDS)
        await agency.report(received, code, words, as_xml=int(code) % 2 == 1)
