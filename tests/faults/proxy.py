"""A TCP proxy of our own before RabbitMQ, that forwards everything until it is told to lose one direction, or to cut."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from gateway.entry.demo.hub_process import free_port
from gateway.infra.broker_topology import EXCHANGE

CHUNK: Final = 64 * 1024
PUBLISH: Final = bytes((0, 60, 0, 40))
"""Basic.Publish: the class and method with which its frame begins; the routing key of a queue follows."""


class Proxy:
    """Forwards to a port. It runs in a thread of its own, and is told from any."""

    def __init__(self, to: int) -> None:
        self.port = free_port()
        self._to = to
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._losing_answers = False
        self._losing_notes = False
        self.lost = threading.Event()
        """Set once a note was published, or would have been, and nothing is heard of it."""

    @contextmanager
    def serving(self) -> Iterator[None]:
        thread = threading.Thread(target=self._loop.run_forever)
        thread.start()
        try:
            listening = asyncio.start_server(self._serve, "127.0.0.1", self.port)
            server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
            yield
            self._loop.call_soon_threadsafe(server.close)
        finally:
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def lose_confirms(self) -> None:
        """From the next note that is published on, let nothing back from the broker to the hub, on any connection."""
        self._losing_answers = True

    def lose_notes(self) -> None:
        """Let nothing of the next note that is published through to the broker, nor of what follows it."""
        self._losing_notes = True

    def heal(self) -> None:
        """Cut all connections, and forward those to come."""
        self._losing_answers = self._losing_notes = False
        self.lost.clear()
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
            self._writers |= {writer, back}
            await asyncio.gather(self._forward(reader, back, outgoing=True), self._forward(there, writer, outgoing=False))
        writer.close()

    async def _forward(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, outgoing: bool) -> None:
        """Forward one direction until it ends; what is to be lost is read and thrown away."""
        with contextlib.suppress(OSError):
            while octets := await source.read(CHUNK):
                if outgoing and _publishes(octets) and (self._losing_answers or self._losing_notes):
                    self.lost.set()
                if not (self.lost.is_set() and (self._losing_notes if outgoing else self._losing_answers)):
                    to.write(octets)
                    await to.drain()
        to.close()
        self._writers.discard(to)

    async def _cut(self) -> None:
        for each in self._writers:
            each.transport.abort()
        self._writers.clear()

    async def _end(self) -> None:
        await self._cut()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _publishes(octets: bytes) -> bool:
    """Tell whether a note for a queue is in it; what the hub only asks the broker with has a routing key without a system."""
    return PUBLISH in octets and f"{EXCHANGE}.H".encode() in octets
