"""The broker is RabbitMQ: quorum queues, persistent messages, and nothing counts as sent before it is confirmed."""

import asyncio
import re
import secrets
from collections.abc import AsyncGenerator, Collection, Coroutine, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Final

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage
from aio_pika.exceptions import ChannelNotFoundEntity, DeliveryError, PublishError
from pamqp.commands import Basic

from gateway.core.faults import Transient
from gateway.infra.broker_line import CONNECT_SECONDS, Line, Link, answering, unavailable
from gateway.infra.broker_topology import DEAD, DEAD_PREFETCH, EXCHANGE, declare, name_of, queue_of
from gateway.ports.broker import Note, QueueId

PUBLISH_SECONDS: Final = 10.0
"""For all notes of a call together; a broker that is slower than that is given up, and asked anew."""
LONE_SECONDS: Final = 3.0
"""For one note to one queue, once it is known that the broker itself answers."""
REFUSED_SECONDS: Final = 60.0
"""A cluster elects another leader of a queue within seconds; a queue that refuses for so long has none to come."""
DELETE_SECONDS: Final = 20.0
"""RabbitMQ looks for the leader of a queue for some seconds before it deletes it without."""
UNAVAILABLE: Final = "broker-unavailable"
NOWHERE: Final = f"{EXCHANGE}."
"""A routing key that no queue has: what is sent there comes back, but only from a broker that takes messages."""
TRACE: Final = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
NO_TRACE: Final = "0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class RabbitMessage:
    """A note that RabbitMQ keeps until it is acked."""

    note: Note
    incoming: AbstractIncomingMessage

    async def ack(self) -> None:
        with suppress(Transient):
            async with answering():
                await self.incoming.ack()

    async def give_back(self) -> None:
        with suppress(Transient):
            async with answering():
                await self.incoming.nack(requeue=True)


class RabbitBroker:
    """Broker port over RabbitMQ, at ``amqp://`` or ``amqps://user:password@host:port/vhost``.

    One connection publishes and one consumes, since RabbitMQ reads nothing from a connection that it blocks, no acks either.
    Both are made by the first call that needs them, and again by the next call after they are lost.
    """

    def __init__(
        self,
        url: str,
        *,
        publish_seconds: float = PUBLISH_SECONDS,
        connect_seconds: float = CONNECT_SECONDS,
        refused_seconds: float = REFUSED_SECONDS,
    ) -> None:
        self._publish_seconds = publish_seconds
        self._refused_seconds = refused_seconds
        self._refusing: dict[QueueId, float] = {}
        self._publisher = Link(url, "lienthong publisher", seconds=connect_seconds)
        self._consumer = Link(url, "lienthong consumer", seconds=connect_seconds)
        self._turn = asyncio.Lock()

    async def declare(self, queues: Collection[QueueId]) -> None:
        """Make the exchanges, the queue of the dead and these queues; without queues, what all of them need."""
        line = await self._consumer.line()
        async with line.own_channel() as channel:
            await declare(channel, queues)

    async def publish(self, notes: Sequence[Note]) -> frozenset[str]:
        """Publish all at once, one call after the other: aiormq tells apart by delivery id alone what comes back."""
        if not notes:
            return frozenset()
        async with self._turn:
            confirmed, fault = await self._together(notes, self._publish_seconds)
            if fault is not None and fault.code == UNAVAILABLE and not confirmed:
                await self.ready()  # where nobody answers, that is the reason
                confirmed = await self._apart(notes)
        if fault is not None and not confirmed:
            raise fault
        return confirmed

    async def _together(self, notes: Sequence[Note], seconds: float) -> tuple[frozenset[str], Transient | None]:
        line, exchange = await self._publishing()
        once = {note.delivery: note for note in notes}
        sending = [exchange.publish(_message(note), name_of(note.queue)) for note in once.values()]
        answers, fault = await self._answers(line, sending, seconds)
        given = list(zip(once.values(), answers, strict=True))
        await self._notice({note.queue for note, answer in given if _nacked(answer)}, {note.queue for note in notes})
        return frozenset(note.delivery for note, answer in given if isinstance(answer, Basic.Ack)), fault

    async def _notice(self, refusing: set[QueueId], asked: set[QueueId]) -> None:
        """Delete a queue that has refused all for a while: no majority of its members will come back."""
        now = asyncio.get_running_loop().time()
        for queue in asked - refusing:
            self._refusing.pop(queue, None)
        for queue in refusing:
            if now - self._refusing.setdefault(queue, now) >= self._refused_seconds:
                del self._refusing[queue]
                await self._delete(queue)

    async def _apart(self, notes: Sequence[Note]) -> frozenset[str]:
        """Publish one note to each queue by itself, since one queue without a leader silences a whole channel.

        A quorum queue that was declared just before its node died may come back so. It is deleted, and whoever misses its
        confirms declares it again; what it held is published again from the ledger.
        """
        confirmed: set[str] = set()
        for note in {each.queue: each for each in notes}.values():
            taken, fault = await self._together([note], LONE_SECONDS)
            confirmed |= taken
            if fault is not None:
                await self._delete(note.queue)
        return frozenset(confirmed)

    async def _delete(self, queue: QueueId) -> None:
        line = await self._consumer.line()
        async with line.own_channel() as channel, answering(DELETE_SECONDS):
            await channel.queue_delete(name_of(queue))

    async def messages(self, queue: QueueId, *, prefetch: int) -> AsyncGenerator[RabbitMessage, None]:
        line = await self._consumer.line()
        async with aclosing(line.consume(name_of(queue), prefetch)) as arriving:
            async for incoming in arriving:
                yield RabbitMessage(note=_note(incoming, queue), incoming=incoming)

    async def dead(self) -> AsyncGenerator[RabbitMessage, None]:
        """Give the dead notes. What others put among them is thrown away: it would be handed out for ever."""
        line = await self._consumer.line()
        async with aclosing(line.consume(DEAD, DEAD_PREFETCH)) as arriving:
            async for incoming in arriving:
                queue = queue_of(incoming.routing_key or "")
                if queue is None:
                    async with answering():
                        await incoming.reject()
                else:
                    yield RabbitMessage(note=_note(incoming, queue), incoming=incoming)

    async def depth(self, queue: QueueId) -> int:
        """Count the notes that wait; in a queue that is not there, none do."""
        line = await self._consumer.line()
        async with line.own_channel() as channel, answering():
            try:
                declared = await channel.declare_queue(name_of(queue), passive=True)
            except ChannelNotFoundEntity:
                return 0
            return declared.declaration_result.message_count or 0

    async def ready(self) -> None:
        """Send something that cannot arrive: RabbitMQ tells that it blocks only those who publish."""
        line, exchange = await self._publishing()
        answers, fault = await self._answers(line, [exchange.publish(Message(b"?"), NOWHERE)], self._publish_seconds)
        if not isinstance(answers[0], PublishError):
            raise fault or unavailable(f"{EXCHANGE}: {answers[0]}")

    async def close(self) -> None:
        await asyncio.gather(self._publisher.close(), self._consumer.close())

    async def _publishing(self) -> tuple[Line, AbstractExchange]:
        line = await self._publisher.line()
        if fault := line.fault():
            raise fault
        try:
            async with answering(self._publish_seconds):
                return line, await line.exchange(EXCHANGE)
        except Transient:
            await line.drop()
            raise

    async def _answers(
        self, line: Line, sending: Sequence[Coroutine[object, object, object]], seconds: float
    ) -> tuple[list[object], Transient | None]:
        """Wait until all are answered, or the broker blocks, or the time is over; give the answers, and why some are missing.

        Each is sent by a task of its own, so that a CancelledError out of aio-pika is an answer like others.
        """
        tasks = [asyncio.create_task(each) for each in sending]
        blocked = asyncio.create_task(line.blocked.wait())
        together = asyncio.gather(*tasks, return_exceptions=True)
        either: set[asyncio.Future[Any]] = {together, blocked}
        try:
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            answered = together.done()
        finally:
            for each in (blocked, *tasks):
                each.cancel()
            answers: list[object] = await together
        fault = line.fault()
        if fault is None and not answered:
            await line.drop()
            fault = unavailable(f"no confirm within {seconds:g} s")
        return answers, fault


def _nacked(answer: object) -> bool:
    return isinstance(answer, DeliveryError) and isinstance(answer.frame, Basic.Nack)


def _message(note: Note) -> Message:
    """Write a note; the trace goes on under a parent of its own (W3C Trace Context, 3.2)."""
    return Message(
        note.delivery.encode(),
        headers={"traceparent": f"00-{note.trace_id}-{secrets.token_hex(8)}-01"},
        message_id=note.delivery,
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def _note(incoming: AbstractIncomingMessage, queue: QueueId) -> Note:
    traced = TRACE.fullmatch(str(incoming.headers.get("traceparent")))
    return Note(delivery=incoming.body.decode("utf-8", "replace"), queue=queue, trace_id=traced[1] if traced else NO_TRACE)
