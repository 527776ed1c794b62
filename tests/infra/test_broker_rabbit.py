"""RabbitMQ stops, dies, freezes and runs out of memory: nothing hangs, and afterwards all goes on."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from gateway.core.faults import Transient
from gateway.infra.broker_rabbit import RabbitBroker
from tests.contracts.broker_contract import (
    FAST_SECONDS,
    NORMAL,
    OTHER,
    URGENT,
    acked,
    asking,
    consuming,
    depth_becomes,
    note,
    notes,
    refusing,
    taken,
)
from tests.rabbitmq import RabbitServer, rabbit, rabbit_url

__all__ = ["rabbit", "rabbit_url"]

PUBLISH_SECONDS = 1.5
CONNECT_SECONDS = 1.0
BACK_SECONDS = 4
"""Within that, all works again after RabbitMQ is back."""


@pytest.fixture
async def broker(rabbit_url: str) -> AsyncIterator[RabbitBroker]:
    broker = RabbitBroker(rabbit_url, publish_seconds=PUBLISH_SECONDS, connect_seconds=CONNECT_SECONDS)
    await broker.declare([NORMAL, URGENT, OTHER])
    yield broker
    await broker.close()


@contextmanager
def alarmed(rabbit: RabbitServer) -> Iterator[None]:
    """Have RabbitMQ think that its memory is used up."""
    rabbit.ctl("set_vm_memory_high_watermark", "absolute", "1")
    try:
        yield
    finally:
        rabbit.ctl("set_vm_memory_high_watermark", "0.6")


@contextmanager
def frozen(rabbit: RabbitServer) -> Iterator[None]:
    rabbit.freeze()
    try:
        yield
    finally:
        rabbit.thaw()


@contextmanager
def down(rabbit: RabbitServer, *, kill: bool = False) -> Iterator[None]:
    """Have no RabbitMQ; it starts again at the end."""
    (rabbit.kill if kill else rabbit.stop)()
    try:
        yield
    finally:
        rabbit.start()


async def works_again(broker: RabbitBroker, number: int) -> None:
    """Hold that publishing works within the time; what fails until then is tried again."""
    async with asyncio.timeout(BACK_SECONDS):
        while True:
            try:
                assert await broker.publish([note(number)]) == {f"delivery-{number}"}
            except Transient:
                await asyncio.sleep(0.05)
            else:
                return


class TestAway:
    """RabbitMQ is not there."""

    async def test_nobody_there_is_told_fast_and_forgotten_when_it_is_back(
        self, rabbit: RabbitServer, broker: RabbitBroker
    ) -> None:
        await broker.publish([note(1)])
        with down(rabbit):
            await asyncio.sleep(0.1)
            for call in (
                lambda: broker.publish([note(2)]),
                lambda: broker.depth(NORMAL),
                lambda: broker.declare([NORMAL]),
                broker.ready,
            ):
                with refusing(within=FAST_SECONDS):
                    await call()
        await works_again(broker, 3)
        await broker.ready()
        async with consuming(broker) as messages:
            assert await acked(messages, 2) == [note(1), note(3)]

    async def test_a_consumer_is_told_that_it_ended(self, rabbit: RabbitServer, broker: RabbitBroker) -> None:
        await broker.publish([note(1)])
        async with consuming(broker) as messages, asking_after_one(messages) as next_one:
            with down(rabbit), refusing(within=FAST_SECONDS):
                await next_one
        async with consuming(broker) as messages:
            assert await acked(messages, 1) == [note(1)]

    async def test_what_was_confirmed_outlives_a_sudden_death(self, rabbit: RabbitServer, broker: RabbitBroker) -> None:
        confirmed = await broker.publish(notes(200))
        with down(rabbit, kill=True):
            await asyncio.sleep(0.1)
        async with consuming(broker) as messages:
            found = await acked(messages, 200)
        assert [each.delivery for each in found] == [each.delivery for each in notes(200)]
        assert len(confirmed) == 200

    async def test_a_death_while_publishing_is_told_as_such(self, rabbit: RabbitServer, broker: RabbitBroker) -> None:
        publishing = asyncio.create_task(endlessly(broker))
        await asyncio.sleep(0.5)
        with down(rabbit, kill=True), pytest.raises(Transient, match="broker-unavailable"):
            await publishing

    async def test_a_wrong_password_is_told_without_the_password(self, rabbit: RabbitServer) -> None:
        broker = RabbitBroker(f"amqp://guest:wrong-secret@127.0.0.1:{rabbit.port}/%2F")
        with refusing(within=3) as raised:
            await broker.ready()
        assert "wrong-secret" not in str(raised.value)
        assert "Authentication" in raised.value.detail
        await broker.close()


class TestFrozen:
    """RabbitMQ holds its connections and says nothing."""

    async def test_publishing_ends_within_its_limit_and_goes_on_afterwards(
        self, rabbit: RabbitServer, broker: RabbitBroker
    ) -> None:
        await broker.publish([note(1)])
        with frozen(rabbit):
            with refusing(within=PUBLISH_SECONDS + CONNECT_SECONDS + 1):  # it asks anew whether the broker itself answers
                await broker.publish(notes(100))
            with refusing(within=CONNECT_SECONDS + 1):
                await broker.publish([note(2)])
            with refusing(within=CONNECT_SECONDS + 1):
                await broker.ready()
        await works_again(broker, 3)

    async def test_many_who_ask_at_once_are_told_at_once(self, rabbit: RabbitServer, rabbit_url: str) -> None:
        broker = RabbitBroker(rabbit_url, connect_seconds=CONNECT_SECONDS)
        with frozen(rabbit):
            began = time.monotonic()
            answers = await asyncio.gather(*(broker.depth(NORMAL) for _ in range(50)), return_exceptions=True)
            assert time.monotonic() - began < CONNECT_SECONDS + 1
        assert {type(each) for each in answers} == {Transient}
        assert await broker.depth(NORMAL) == 0
        await broker.close()

    async def test_our_own_cancellation_stays_one(self, rabbit: RabbitServer, broker: RabbitBroker) -> None:
        await broker.publish([note(1)])
        with frozen(rabbit):
            publishing = asyncio.create_task(broker.publish(notes(10)))
            await asyncio.sleep(0.2)
            publishing.cancel()
            await asyncio.wait({publishing}, timeout=FAST_SECONDS)
            assert publishing.cancelled()

    async def test_a_frozen_broker_can_be_left(self, rabbit: RabbitServer, rabbit_url: str) -> None:
        broker = RabbitBroker(rabbit_url)
        await broker.declare([NORMAL])
        await broker.publish([note(1)])
        with frozen(rabbit):
            began = time.monotonic()
            await broker.close()
            assert time.monotonic() - began < 5


class TestBlocked:
    """RabbitMQ asks its publishers to wait."""

    async def test_publishing_is_refused_with_the_reason_until_the_alarm_is_over(
        self, rabbit: RabbitServer, broker: RabbitBroker
    ) -> None:
        with alarmed(rabbit):
            for _ in range(2):
                with refusing("broker-blocked", within=PUBLISH_SECONDS) as raised:
                    await broker.publish([note(1)])
                assert "low on memory" in raised.value.detail
                assert raised.value.retry_after
            with refusing("broker-blocked", within=FAST_SECONDS):
                await broker.ready()
        await works_again(broker, 2)

    async def test_what_was_sent_into_an_alarm_arrives_after_it(self, rabbit: RabbitServer, broker: RabbitBroker) -> None:
        """Hence nothing may be thought unsent that was not confirmed."""
        with alarmed(rabbit), pytest.raises(Transient, match="broker-blocked"):
            await broker.publish([note(1)])
        await depth_becomes(broker, 1)

    async def test_an_alarm_is_noticed_before_anything_is_published(self, rabbit: RabbitServer, broker: RabbitBroker) -> None:
        with alarmed(rabbit), refusing("broker-blocked", within=PUBLISH_SECONDS):
            await broker.ready()
        await works_again(broker, 1)
        await broker.ready()
        assert await broker.depth(NORMAL) == 1

    async def test_consumers_go_on_through_an_alarm(self, rabbit: RabbitServer, broker: RabbitBroker) -> None:
        await broker.publish(notes(2))
        with alarmed(rabbit):
            with pytest.raises(Transient, match="broker-blocked"):
                await broker.publish([note(2, URGENT)])
            async with consuming(broker) as messages:
                assert await acked(messages, 2) == notes(2)
            await broker.declare([NORMAL])
            assert await broker.depth(NORMAL) == 0


async def endlessly(broker: RabbitBroker) -> None:
    while True:
        await broker.publish(notes(100))


@asynccontextmanager
async def asking_after_one(messages: AsyncIterator[object]) -> AsyncIterator[asyncio.Task[object]]:
    await taken(messages, 1)
    async with asking(messages) as next_one:
        yield next_one
