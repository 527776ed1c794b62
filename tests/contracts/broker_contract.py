"""What every broker keeps: notes come out as they went in, until they are acked, and to one consumer at a time."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import cast

import pytest

from gateway.core.faults import Transient
from gateway.core.model import Lane, SystemId
from gateway.infra.broker_topology import DELIVERY_LIMIT
from gateway.ports.broker import Broker, Message, Note, QueueId

NORMAL = QueueId(system=SystemId("so-noi-vu"), lane=Lane.NORMAL)
URGENT = QueueId(system=SystemId("so-noi-vu"), lane=Lane.URGENT)
OTHER = QueueId(system=SystemId("ubnd.huyen"), lane=Lane.NORMAL)
"""A system whose name holds what the names of queues are made with."""
TRACE = "0af7651916cd43dd8448eb211c80319c"
COMES_SECONDS = 10
"""Within that, what is to come has come."""
FAST_SECONDS = 1.0
"""To be refused by a port where nobody listens, or by what is known of a connection."""
QUIET_SECONDS = 0.3
"""What has not come by then does not come."""


def note(number: int, queue: QueueId = NORMAL) -> Note:
    return Note(delivery=f"delivery-{number}", queue=queue, trace_id=TRACE)


def notes(count: int, queue: QueueId = NORMAL) -> list[Note]:
    return [note(number, queue) for number in range(count)]


@asynccontextmanager
async def consuming(broker: Broker, queue: QueueId = NORMAL, *, prefetch: int = 10) -> AsyncIterator[AsyncIterator[Message]]:
    async with closing(broker.messages(queue, prefetch=prefetch)) as messages:
        yield messages


def closing(messages: AsyncIterator[Message]) -> aclosing[AsyncGenerator[Message, None]]:
    return aclosing(cast("AsyncGenerator[Message, None]", messages))


async def taken(messages: AsyncIterator[Message], count: int) -> list[Message]:
    async with asyncio.timeout(COMES_SECONDS):
        return [await anext(messages) for _ in range(count)]


async def acked(messages: AsyncIterator[Message], count: int) -> list[Note]:
    """Take and ack so many; give their notes."""
    found = []
    for _ in range(count):
        (message,) = await taken(messages, 1)
        await message.ack()
        found.append(message.note)
    return found


@asynccontextmanager
async def asking(messages: AsyncIterator[Message]) -> AsyncIterator[asyncio.Task[Message]]:
    """Ask for the next message, which does not come for now."""
    next_one = asyncio.ensure_future(anext(messages))
    try:
        await asyncio.wait({next_one}, timeout=QUIET_SECONDS)
        assert not next_one.done()
        yield next_one
    finally:
        next_one.cancel()
        await asyncio.gather(next_one, return_exceptions=True)


async def depth_becomes(broker: Broker, depth: int, queue: QueueId = NORMAL) -> None:
    async with asyncio.timeout(COMES_SECONDS):
        while True:
            if await broker.depth(queue) == depth:
                return
            await asyncio.sleep(0.02)


@contextmanager
def refusing(code: str = "broker-unavailable", *, within: float = FAST_SECONDS) -> Iterator[pytest.ExceptionInfo[Transient]]:
    """Hold that the block is refused with the code, in time."""
    began = time.monotonic()
    with pytest.raises(Transient) as raised:
        yield raised
    assert raised.value.code == code
    assert time.monotonic() - began < within


class BrokerContract:
    """Every broker; a test finds NORMAL, URGENT and OTHER declared and empty."""

    async def test_notes_come_out_in_the_order_in_which_they_went_in(self, broker: Broker) -> None:
        await broker.publish(notes(10))
        async with consuming(broker) as messages:
            assert [each.note for each in await taken(messages, 10)] == notes(10)

    async def test_what_is_published_is_confirmed_by_its_delivery_id(self, broker: Broker) -> None:
        assert await broker.publish(notes(3)) == {"delivery-0", "delivery-1", "delivery-2"}

    async def test_a_thousand_notes_at_once_are_all_confirmed(self, broker: Broker) -> None:
        assert len(await broker.publish(notes(1000))) == 1000
        assert await broker.depth(NORMAL) == 1000

    async def test_several_may_publish_at_once(self, broker: Broker) -> None:
        calls = await asyncio.gather(*(broker.publish([note(number)]) for number in range(20)))
        assert calls == [{f"delivery-{number}"} for number in range(20)]

    async def test_nothing_to_publish_confirms_nothing(self, broker: Broker) -> None:
        assert await broker.publish([]) == frozenset()

    async def test_a_queue_that_was_never_declared_confirms_nothing(self, broker: Broker) -> None:
        nowhere = QueueId(system=SystemId("nowhere"), lane=Lane.URGENT)
        assert await broker.publish([note(1, nowhere), note(2), note(3, nowhere)]) == {"delivery-2"}
        assert await broker.publish([note(4, nowhere)]) == frozenset()

    async def test_a_queue_that_was_never_declared_has_no_messages(self, broker: Broker) -> None:
        nowhere = QueueId(system=SystemId("nowhere"), lane=Lane.URGENT)
        assert await broker.depth(nowhere) == 0
        async with consuming(broker, nowhere) as messages:
            with refusing():
                await taken(messages, 1)

    async def test_queues_may_be_declared_again_with_what_they_hold(self, broker: Broker) -> None:
        await broker.publish(notes(2))
        await broker.declare([URGENT, NORMAL, OTHER])
        assert await broker.depth(NORMAL) == 2

    async def test_lanes_and_systems_have_queues_of_their_own(self, broker: Broker) -> None:
        mixed = [note(1, NORMAL), note(2, URGENT), note(3, OTHER)]
        await broker.publish(mixed)
        found = []
        for queue in (NORMAL, URGENT, OTHER):
            async with consuming(broker, queue) as messages:
                found += await acked(messages, 1)
                async with asking(messages):
                    pass
        assert found == mixed

    async def test_a_note_published_later_comes_to_who_waits_for_it(self, broker: Broker) -> None:
        async with consuming(broker) as messages, asking(messages) as next_one:
            await broker.publish([note(1)])
            async with asyncio.timeout(COMES_SECONDS):
                assert (await next_one).note == note(1)

    async def test_what_was_not_acked_comes_again_in_its_order_and_first(self, broker: Broker) -> None:
        await broker.publish(notes(4))
        async with consuming(broker, prefetch=3) as messages:
            await taken(messages, 3)
        async with consuming(broker) as messages:
            assert [each.note for each in await taken(messages, 4)] == notes(4)

    async def test_what_was_acked_never_comes_again(self, broker: Broker) -> None:
        await broker.publish(notes(3))
        async with consuming(broker) as messages:
            _, second, _ = await taken(messages, 3)
            await second.ack()
        async with consuming(broker) as messages:
            assert [each.note for each in await taken(messages, 2)] == [note(0), note(2)]
            async with asking(messages):
                pass

    async def test_an_ack_after_the_end_of_its_consumer_does_nothing(self, broker: Broker) -> None:
        await broker.publish(notes(1))
        async with consuming(broker) as messages:
            (message,) = await taken(messages, 1)
        await message.ack()
        async with consuming(broker) as messages:
            assert await acked(messages, 1) == notes(1)

    async def test_an_ack_may_be_said_twice(self, broker: Broker) -> None:
        await broker.publish(notes(2))
        async with consuming(broker) as messages:
            (message,) = await taken(messages, 1)
            await message.ack()
            await message.ack()
            assert await acked(messages, 1) == [note(1)]

    async def test_no_more_are_handed_out_than_were_asked_for(self, broker: Broker) -> None:
        await broker.publish(notes(3))
        async with consuming(broker, prefetch=2) as messages:
            first, _ = await taken(messages, 2)
            async with asking(messages) as next_one:
                await first.ack()
                async with asyncio.timeout(COMES_SECONDS):
                    assert (await next_one).note == note(2)

    async def test_a_second_consumer_is_served_when_the_first_ends(self, broker: Broker) -> None:
        await broker.publish(notes(3))
        async with consuming(broker, prefetch=1) as first, consuming(broker) as second:
            assert await acked(first, 1) == [note(0)]
            async with asking(second) as next_one:
                assert [each.note for each in await taken(first, 1)] == [note(1)]
                await first.aclose()
                async with asyncio.timeout(COMES_SECONDS):
                    assert (await next_one).note == note(1)

    async def test_a_consumer_whose_task_is_cancelled_gives_back_what_it_had(self, broker: Broker) -> None:
        await broker.publish(notes(1))
        had = asyncio.Event()

        async def consume() -> None:
            async for _ in broker.messages(NORMAL, prefetch=5):
                had.set()

        task = asyncio.create_task(consume())
        async with asyncio.timeout(COMES_SECONDS):
            await had.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with consuming(broker) as messages:
            assert await acked(messages, 1) == notes(1)

    async def test_depth_counts_what_waits_and_not_what_is_handed_out(self, broker: Broker) -> None:
        await broker.publish(notes(3))
        assert await broker.depth(NORMAL) == 3
        async with consuming(broker, prefetch=1) as messages:
            await taken(messages, 1)
            await depth_becomes(broker, 2)
        await depth_becomes(broker, 3)
        assert await broker.depth(OTHER) == 0

    async def test_a_note_that_came_back_too_often_is_dead(self, broker: Broker) -> None:
        await broker.publish([note(1, OTHER)])
        for _ in range(DELIVERY_LIMIT + 1):
            async with consuming(broker, OTHER) as messages:
                await taken(messages, 1)
        async with closing(broker.dead()) as dead:
            assert await acked(dead, 1) == [note(1, OTHER)]
        assert await broker.depth(OTHER) == 0

    async def test_a_dead_note_stays_until_it_is_acked(self, broker: Broker) -> None:
        await broker.publish([note(1)])
        for _ in range(DELIVERY_LIMIT + 1):
            async with consuming(broker) as messages:
                await taken(messages, 1)
        for _ in range(DELIVERY_LIMIT + 5):
            async with closing(broker.dead()) as dead:
                await taken(dead, 1)
        async with closing(broker.dead()) as dead:
            assert await acked(dead, 1) == [note(1)]
        async with closing(broker.dead()) as dead, asking(dead):
            pass

    async def test_a_note_whose_queue_is_alive_is_not_dead(self, broker: Broker) -> None:
        await broker.publish([note(1)])
        async with consuming(broker) as messages:
            await taken(messages, 1)
        async with closing(broker.dead()) as dead, asking(dead):
            pass

    async def test_the_broker_is_ready(self, broker: Broker) -> None:
        await broker.ready()

    async def test_consumers_end_when_the_broker_is_closed(self, broker: Broker) -> None:
        async with consuming(broker) as messages, asking(messages) as next_one:
            await broker.close()
            with refusing():
                await next_one

    async def test_a_closed_broker_is_not_ready(self, broker: Broker) -> None:
        await broker.close()
        with refusing():
            await broker.ready()
        with refusing():
            await broker.publish(notes(1))
