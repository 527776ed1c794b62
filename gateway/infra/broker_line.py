"""A connection to RabbitMQ: made when it is asked for, heard when it is blocked, given up when nobody answers."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, cast

from aio_pika import Connection
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractIncomingMessage
from aio_pika.connection import make_url
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from aiormq.connection import TCPTransportFactory, TLSTransportFactory, TransportFactory
from yarl import URL

from gateway.core.faults import Transient

CONNECT_SECONDS: Final = 3.0
"""RabbitMQ is beside us; whoever waits for it has other work."""
ANSWER_SECONDS: Final = 10.0
"""For one question: to declare a quorum queue on a busy cluster takes seconds."""
CLOSE_SECONDS: Final = 3.0
HEARTBEAT_SECONDS: Final = 10
"""aiormq gives a silent broker up after three of them, RabbitMQ a silent client after two."""
RETRY_AFTER_SECONDS: Final = 5
"""RabbitMQ looks at its memory every second, and at its disk about as often."""
SHOWN: Final = 200
BLOCKED: Final = bytes((0, 10, 0, 60))
"""Connection.Blocked: the class and method with which the frame begins, then a short string, the reason."""
UNBLOCKED: Final = bytes((0, 10, 0, 61))


def unavailable(why: str) -> Transient:
    """Make the fault of a broker that does not answer."""
    return Transient("broker-unavailable", detail=f"RabbitMQ: {why[:SHOWN]}", retry_after=RETRY_AFTER_SECONDS)


@asynccontextmanager
async def answering(seconds: float = ANSWER_SECONDS) -> AsyncIterator[None]:
    """Raise `Transient("broker-unavailable")` for all that says so; our own cancellation goes through.

    aio-pika raises CancelledError also where the connection is lost, with nobody having cancelled us.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise unavailable(f"no answer within {seconds:g} s") from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise unavailable("the connection is lost") from error
    except CONNECTION_EXCEPTIONS as error:
        raise unavailable(f"{type(error).__name__}: {error}") from error


class Line(Connection):
    """A connection that knows whether the broker lets it publish."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(make_url(url, heartbeat=HEARTBEAT_SECONDS, name=name))
        self.blocked = asyncio.Event()
        self._ear = _Ear(self._hear)
        self.kwargs["transport_factory"] = self._ear
        self._reason = ""
        self._opening = asyncio.Lock()
        self._outgoing: AbstractChannel | None = None

    @property
    def alive(self) -> bool:
        return self.transport is not None and self.transport.connection.is_opened

    def fault(self) -> Transient | None:
        """Tell why nothing can be published on this line; None where nothing is known against it."""
        if self.blocked.is_set():
            return Transient("broker-blocked", detail=f"RabbitMQ: {self._reason}", retry_after=RETRY_AFTER_SECONDS)
        return None if self.alive else unavailable("the connection is lost")

    @asynccontextmanager
    async def own_channel(self) -> AsyncIterator[AbstractChannel]:
        """Open a channel without confirms. At its end, what is un-acked there goes back to its queue."""
        async with answering():
            channel = await self.channel(publisher_confirms=False)
        try:
            yield channel
        finally:
            with suppress(Transient):
                async with answering(CLOSE_SECONDS):
                    await channel.close()

    async def consume(self, queue: str, prefetch: int) -> AsyncGenerator[AbstractIncomingMessage, None]:
        """Give the messages of a queue. The callback only stores them: aio-pika cancels callbacks with the connection."""
        arrived = asyncio.Queue[AbstractIncomingMessage | None]()
        async with self.own_channel() as channel:
            async with answering():
                channel.close_callbacks.add(lambda *_: arrived.put_nowait(None))
                (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(lambda _: arrived.put_nowait(None))
                await channel.set_qos(prefetch_count=prefetch)
                await (await channel.get_queue(queue, ensure=False)).consume(arrived.put)
            while (message := await arrived.get()) is not None and not channel.is_closed:
                yield message
        raise unavailable(f"{queue}: the consumer was ended")

    async def exchange(self, name: str) -> AbstractExchange:
        """Give the exchange, on the one channel for publishing: with confirms, and unroutable messages come back."""
        async with self._opening:
            if self._outgoing is None or self._outgoing.is_closed:
                self._outgoing = await self.channel(publisher_confirms=True, on_return_raises=True)
            return await self._outgoing.get_exchange(name, ensure=False)

    async def drop(self) -> None:
        """Leave without a word to a broker that does not answer."""
        self._ear.hang_up()
        await self.leave()

    async def leave(self) -> None:
        """Leave with a word, and then anyhow."""
        with suppress(Transient):
            async with answering(CLOSE_SECONDS):
                await self.close()
        self._ear.hang_up()

    def _hear(self, payload: bytes) -> None:
        if payload.startswith(BLOCKED):
            self._reason = payload[5 : 5 + payload[4]].decode("utf-8", "replace")
            self.blocked.set()
        elif payload.startswith(UNBLOCKED):
            self.blocked.clear()


class Link:
    """Where the line is asked for: callers share it, and share an attempt to make it."""

    def __init__(self, url: str, name: str, *, seconds: float) -> None:
        self._url = url
        self._name = name
        self._seconds = seconds
        self._line: Line | None = None
        self._attempt: asyncio.Task[Line] | None = None
        self._closed = False

    async def line(self) -> Line:
        """Give a connection that is open. Raises `Transient("broker-unavailable")`."""
        if self._closed:
            raise unavailable("closed by us")
        if self._line is not None and self._line.alive:
            return self._line
        if self._attempt is None or self._attempt.done():
            self._attempt = asyncio.create_task(self._open())
        return await asyncio.shield(self._attempt)

    async def close(self) -> None:
        self._closed = True
        if self._attempt is not None:
            self._attempt.cancel()
            await asyncio.gather(self._attempt, return_exceptions=True)
        if self._line is not None:
            await self._line.leave()

    async def _open(self) -> Line:
        if self._line is not None:
            await self._line.drop()
        line = Line(self._url, self._name)
        try:
            async with answering(self._seconds):
                await line.connect()
        except BaseException:
            await line.drop()
            raise
        self._line = line
        return line


class _Ear(TransportFactory):
    """Opens connections as aiormq does, and listens: of a blocked connection aiormq only logs the reason."""

    def __init__(self, hear: Callable[[bytes], None]) -> None:
        self._hear = hear
        self._writer: asyncio.StreamWriter | None = None

    async def create(self, url: URL, **options: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        factory = TLSTransportFactory() if url.scheme == "amqps" else TCPTransportFactory()
        reader, self._writer = await factory.create(url, **options)
        return cast("asyncio.StreamReader", _Reader(reader, self._hear)), self._writer

    def hang_up(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()


class _Reader:
    """What aiormq uses of a reader. It reads the head of a frame, then exactly its payload and the end mark."""

    def __init__(self, reader: asyncio.StreamReader, hear: Callable[[bytes], None]) -> None:
        self._reader = reader
        self._hear = hear
        self.at_eof = reader.at_eof

    async def readexactly(self, count: int) -> bytes:
        read = await self._reader.readexactly(count)
        self._hear(read)
        return read
