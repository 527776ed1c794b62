"""The steps between a POST and its final receipt at which something may go down, each held still while it does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from tests.faults.correspondence import Office, Sent, drained, seen
from tests.production import ProductionPlane, eventually

Strike = Callable[[], Awaitable[None]]
"""Takes something down, and has it back when it returns."""
Step = Callable[[ProductionPlane, Office, Strike], Awaitable[list[Sent]]]

STREAM: Final = 40
"""Documents that are being posted."""
HELD_SECONDS: Final = 1.0
"""How long a receiver that has taken a document keeps its answer back."""
FREEZE_SECONDS: Final = 3.0
HANGS: Final = {"status": 503, "hang": True}


async def while_documents_are_posted(plane: ProductionPlane, office: Office, strike: Strike) -> list[Sent]:
    before = len(office.sent)
    posting = asyncio.create_task(office.post_all(office.write(_linked(plane, number)) for number in range(STREAM)))

    async def flowing() -> bool:
        return len(office.sent) > before + STREAM // 4

    await eventually(flowing, 60, "documents are accepted")
    await strike()
    return await posting


async def accepted_and_not_yet_published(plane: ProductionPlane, office: Office, strike: Strike) -> list[Sent]:
    for worker in plane.workers:
        worker.freeze()
    try:
        documents = await to_each(plane, office)
        await strike()
    finally:
        for worker in plane.workers:
            worker.thaw()
    return documents


async def published_and_waiting_behind_another(plane: ProductionPlane, office: Office, strike: Strike) -> list[Sent]:
    async with answering(plane, HANGS):
        first = await to_each(plane, office)
        await seen(plane, first)
        waiting = await to_each(plane, office)
        await published(plane, len(waiting))
        await strike()
    return first + waiting


async def while_the_receiver_is_called(plane: ProductionPlane, office: Office, strike: Strike) -> list[Sent]:
    async with answering(plane, HANGS):
        documents = await to_each(plane, office)
        await seen(plane, documents)
        await strike()
    return documents


async def taken_and_the_answer_lost(plane: ProductionPlane, office: Office, strike: Strike) -> list[Sent]:
    async with answering(plane, {"seconds": HELD_SECONDS, "cut": True}):
        documents = await to_each(plane, office)
        await seen(plane, documents)
        await strike()
    return documents


async def handed_over_and_no_status_yet(plane: ProductionPlane, office: Office, strike: Strike) -> list[Sent]:
    documents = await to_each(plane, office)
    await drained(plane)
    await strike()
    return documents


STEPS: Final[tuple[Step, ...]] = (
    while_documents_are_posted,
    accepted_and_not_yet_published,
    published_and_waiting_behind_another,
    while_the_receiver_is_called,
    taken_and_the_answer_lost,
    handed_over_and_no_status_yet,
)


@asynccontextmanager
async def answering(plane: ProductionPlane, answer: dict[str, object]) -> AsyncIterator[None]:
    """Have the receiver answer otherwise for a while."""
    await plane.tell(usual=answer)
    try:
        yield
    finally:
        await plane.tell(usual={})


async def to_each(plane: ProductionPlane, office: Office) -> list[Sent]:
    """Send a document to each receiver that is pushed to."""
    return await office.post_all(office.write(organ) for organ in plane.linked)


async def published(plane: ProductionPlane, at_least: int) -> None:
    """Wait until the broker has confirmed notes that no worker has taken yet."""
    query = "SELECT count(*) FROM outbox WHERE published_at IS NOT NULL AND attempt_token IS NULL"

    async def confirmed() -> bool:
        return int(await asyncio.to_thread(plane.sql, query)) >= at_least

    await eventually(confirmed, 60, "what waits behind is published")


def _linked(plane: ProductionPlane, number: int) -> str:
    return plane.linked[number % len(plane.linked)]
