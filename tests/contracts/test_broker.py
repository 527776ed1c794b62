"""RabbitMQ, and the broker in memory, keep the broker's promises."""

from collections.abc import AsyncIterator

import pytest

from gateway.infra.broker_memory import MemoryBroker
from gateway.infra.broker_rabbit import RabbitBroker
from gateway.ports.broker import Broker
from tests.contracts.broker_contract import NORMAL, OTHER, URGENT, BrokerContract, consuming, note, notes, taken
from tests.rabbitmq import rabbit, rabbit_url

__all__ = ["rabbit", "rabbit_url"]


class TestRabbitBroker(BrokerContract):
    """RabbitMQ."""

    @pytest.fixture
    async def broker(self, rabbit_url: str) -> AsyncIterator[Broker]:
        broker = RabbitBroker(rabbit_url)
        await broker.declare([NORMAL, URGENT, OTHER])
        yield broker
        await broker.close()


class TestMemoryBroker(BrokerContract):
    """One process."""

    @pytest.fixture
    async def broker(self) -> AsyncIterator[Broker]:
        broker = MemoryBroker()
        await broker.declare([NORMAL, URGENT, OTHER])
        yield broker
        await broker.close()

    async def test_a_note_that_waits_is_not_put_there_again(self, broker: Broker) -> None:
        await broker.publish(notes(2))
        assert await broker.publish([note(1), note(0), note(2)]) == {"delivery-0", "delivery-1", "delivery-2"}
        async with consuming(broker) as messages:
            assert [each.note for each in await taken(messages, 3)] == notes(3)
