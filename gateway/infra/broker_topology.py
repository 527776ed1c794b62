"""What the hub keeps in RabbitMQ: one exchange, two quorum queues for each system, and a place for dead notes.

Only what RabbitMQ 3.10 to 4.x understand alike. Arguments of a queue never change: another value needs another queue.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Final

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelPreconditionFailed
from aiormq.exceptions import ChannelAccessRefused
from pamqp.common import Arguments

from gateway.core.faults import Misconfigured
from gateway.core.model import Lane, SystemId
from gateway.infra.broker_line import answering
from gateway.ports.broker import QueueId

EXCHANGE: Final = "lienthong"
DEAD: Final = "lienthong.dead"
"""The exchange of dead notes, and its one queue. It is a fanout: a dead note keeps its routing key, the name of its queue."""
DELIVERY_LIMIT: Final = 20
"""How often a note may come back un-acked, from consumers that died, before it is dead. RabbitMQ 4 has the same by default."""
NEVER: Final = 2**31 - 1
"""A dead note must not die again: RabbitMQ 4 would drop it after 20, and 3.10 knows no value for no limit."""
DEAD_PREFETCH: Final = 10
"""Dead notes are looked at one by one."""
MAX_NAME_BYTES: Final = 255
"""A short string of AMQP 0-9-1."""
QUEUE_ARGUMENTS: Final[Arguments] = {
    "x-queue-type": "quorum",
    "x-single-active-consumer": True,
    "x-delivery-limit": DELIVERY_LIMIT,
    "x-dead-letter-exchange": DEAD,
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",  # at-least-once demands it
}
DEAD_ARGUMENTS: Final[Arguments] = {"x-queue-type": "quorum", "x-single-active-consumer": True, "x-delivery-limit": NEVER}


def name_of(queue: QueueId) -> str:
    """Give the name of a queue, which is its routing key too."""
    return f"{EXCHANGE}.{queue.system}.{queue.lane}"


def queue_of(name: str) -> QueueId | None:
    """Read the name of a queue; None where it is not one of ours."""
    prefix, _, rest = name.partition(".")
    system, _, lane = rest.rpartition(".")
    if prefix != EXCHANGE or not system or lane not in set(Lane):
        return None
    return QueueId(system=SystemId(system), lane=Lane(lane))


async def declare(channel: AbstractChannel, queues: Collection[QueueId]) -> None:
    """Make what is missing, the place of the dead first: a queue whose dead notes go nowhere keeps or loses them.

    RabbitMQ answers each step, so afterwards all is there and bound. Raises Misconfigured, naming what is otherwise.
    """
    async with _naming(DEAD):
        exchange = await channel.declare_exchange(DEAD, ExchangeType.FANOUT, durable=True)
        queue = await channel.declare_queue(DEAD, durable=True, arguments=DEAD_ARGUMENTS)
        await queue.bind(exchange)
    async with _naming(EXCHANGE):
        exchange = await channel.declare_exchange(EXCHANGE, ExchangeType.DIRECT, durable=True)
    for name in map(name_of, queues):
        async with _naming(name):
            queue = await channel.declare_queue(name, durable=True, arguments=QUEUE_ARGUMENTS)
            await queue.bind(exchange, routing_key=name)


@asynccontextmanager
async def _naming(name: str) -> AsyncIterator[None]:
    """Have what RabbitMQ refuses named; whoever may not declare it is Misconfigured too."""
    if len(name.encode()) > MAX_NAME_BYTES:
        raise _misconfigured(name, f"> {MAX_NAME_BYTES} bytes")
    async with answering():
        try:
            yield
        except (ChannelPreconditionFailed, ChannelAccessRefused) as error:
            raise _misconfigured(name, str(error)) from error


def _misconfigured(name: str, why: str) -> Misconfigured:
    return Misconfigured("misconfigured", detail=f"RabbitMQ, {name}: {why}")
