"""What is in RabbitMQ, and what others made of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from gateway.core.faults import Misconfigured
from gateway.infra.broker_rabbit import NO_TRACE, RabbitBroker
from gateway.infra.broker_topology import DEAD, DEAD_PREFETCH, EXCHANGE, name_of, queue_of
from gateway.ports.broker import QueueId
from tests.contracts.broker_contract import NORMAL, OTHER, URGENT, acked, asking, closing, consuming, note, refusing, taken
from tests.rabbitmq import RabbitServer, rabbit, rabbit_url

__all__ = ["rabbit", "rabbit_url"]


@pytest.fixture
async def broker(rabbit_url: str) -> AsyncIterator[RabbitBroker]:
    broker = RabbitBroker(rabbit_url)
    await broker.declare([NORMAL, URGENT, OTHER])
    yield broker
    await broker.close()


@asynccontextmanager
async def speaking(url: str) -> AsyncIterator[AbstractChannel]:
    """Speak to RabbitMQ as somebody else."""
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        yield channel


async def test_a_queue_with_other_arguments_is_named(rabbit_url: str) -> None:
    async with speaking(rabbit_url) as channel:
        await channel.declare_queue(name_of(NORMAL), durable=True)
    broker = RabbitBroker(rabbit_url)
    with pytest.raises(Misconfigured, match=name_of(NORMAL)):
        await broker.declare([URGENT, NORMAL])
    await broker.declare([URGENT])
    await broker.close()


@pytest.mark.parametrize("name", [DEAD, EXCHANGE])
async def test_an_exchange_of_another_type_is_named(rabbit_url: str, name: str) -> None:
    async with speaking(rabbit_url) as channel:
        await channel.declare_exchange(name, aio_pika.ExchangeType.TOPIC, durable=True)
    broker = RabbitBroker(rabbit_url)
    with pytest.raises(Misconfigured, match=f"{name}: "):
        await broker.declare([NORMAL])
    await broker.close()


async def test_a_deleted_queue_confirms_nothing_until_it_is_declared_again(broker: RabbitBroker, rabbit_url: str) -> None:
    async with speaking(rabbit_url) as channel:
        await channel.queue_delete(name_of(NORMAL))
    assert await broker.publish([note(1), note(2, URGENT)]) == {"delivery-2"}
    await broker.declare([NORMAL])
    assert await broker.publish([note(1)]) == {"delivery-1"}


async def test_a_consumer_of_a_deleted_queue_is_told(broker: RabbitBroker, rabbit_url: str) -> None:
    async with consuming(broker) as messages, asking(messages) as next_one:
        async with speaking(rabbit_url) as channel:
            await channel.queue_delete(name_of(NORMAL))
        with refusing():
            await next_one


async def test_before_anything_is_declared_the_broker_is_not_ready(rabbit_url: str) -> None:
    broker = RabbitBroker(rabbit_url)
    with refusing() as raised:
        await broker.ready()
    assert EXCHANGE in raised.value.detail
    assert await broker.publish([note(1)]) == frozenset()
    await broker.declare([])
    await broker.ready()
    await broker.close()


async def test_the_place_of_the_dead_is_bound_again(broker: RabbitBroker, rabbit_url: str) -> None:
    async with speaking(rabbit_url) as channel:
        await channel.exchange_delete(DEAD)
        await channel.queue_delete(DEAD)
    await broker.declare([])
    async with speaking(rabbit_url) as channel:
        await (await channel.get_exchange(DEAD)).publish(aio_pika.Message(b"delivery-1"), name_of(URGENT))
    async with closing(broker.dead()) as dead:
        (message,) = await taken(dead, 1)
        assert message.note.queue == URGENT


async def test_messages_are_persistent_and_carry_a_trace(broker: RabbitBroker, rabbit_url: str) -> None:
    await broker.publish([note(1)])
    async with speaking(rabbit_url) as channel:
        arrived = asyncio.Queue[AbstractIncomingMessage]()
        await (await channel.get_queue(name_of(NORMAL))).consume(arrived.put, no_ack=True)
        found = await arrived.get()
    assert (found.body, found.message_id, found.delivery_mode) == (
        b"delivery-1",
        "delivery-1",
        aio_pika.DeliveryMode.PERSISTENT,
    )
    version, trace, parent, flags = str(found.headers["traceparent"]).split("-")
    assert (version, trace, len(parent), flags) == ("00", note(1).trace_id, 16, "01")


@pytest.mark.parametrize("headers", [{}, {"traceparent": "00-short-0000000000000000-01"}, {"traceparent": 7}])
async def test_a_note_that_others_wrote_is_read_as_far_as_it_goes(
    broker: RabbitBroker, rabbit_url: str, headers: dict[str, str | int]
) -> None:
    async with speaking(rabbit_url) as channel:
        exchange = await channel.get_exchange(EXCHANGE)
        await exchange.publish(aio_pika.Message(b"\xff", headers={**headers}), name_of(NORMAL))
    async with consuming(broker) as messages:
        (found,) = await acked(messages, 1)
    assert (found.delivery, found.trace_id) == ("\ufffd", NO_TRACE)


async def test_what_others_put_among_the_dead_is_thrown_away(broker: RabbitBroker, rabbit_url: str) -> None:
    async with speaking(rabbit_url) as channel:
        for number in range(DEAD_PREFETCH + 1):
            await channel.default_exchange.publish(aio_pika.Message(b"%d" % number), DEAD)
        await (await channel.get_exchange(DEAD)).publish(aio_pika.Message(b"delivery-1"), name_of(NORMAL))
    async with closing(broker.dead()) as dead:
        assert [each.delivery for each in await acked(dead, 1)] == ["delivery-1"]


@pytest.mark.parametrize("queue", [NORMAL, URGENT, OTHER])
def test_the_name_of_a_queue_can_be_read_back(queue: QueueId) -> None:
    assert queue_of(name_of(queue)) == queue


@pytest.mark.parametrize("name", ["", DEAD, "lienthong..urgent", "lienthong.a.slow", "other.a.urgent", "lienthong.urgent"])
def test_the_name_of_another_queue_is_none_of_ours(name: str) -> None:
    assert queue_of(name) is None


async def test_a_queue_that_refuses_for_long_is_made_anew_and_the_others_go_on(rabbit: RabbitServer, rabbit_url: str) -> None:
    broker = RabbitBroker(rabbit_url, refused_seconds=0.2)
    await broker.declare([NORMAL, URGENT])
    vhost, both = rabbit_url.rpartition("/")[2], [note(1, URGENT), note(2, NORMAL)]
    await asyncio.to_thread(rabbit.ctl, "eval", f"ra:stop_server(quorum_queues, {{'{vhost}_{name_of(URGENT)}', node()}}).")
    assert await broker.publish(both) == {"delivery-2"}
    for _ in range(100):
        await broker.declare([NORMAL, URGENT])  # as the relay does where a confirm is missing
        if await broker.publish(both) == {"delivery-1", "delivery-2"}:
            break
        await asyncio.sleep(0.2)
    else:
        raise AssertionError("the queue did not come back")
    await broker.close()
