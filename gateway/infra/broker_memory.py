"""The broker in one process: what it holds is gone with the process, and published again from the ledger."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from gateway.core.faults import Transient
from gateway.infra.broker_topology import DEAD_PREFETCH, DELIVERY_LIMIT
from gateway.ports.broker import Note, QueueId


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryMessage:
    """A note that was handed out."""

    note: Note
    settle: Callable[[], None]
    restore: Callable[[], None]

    async def ack(self) -> None:
        self.settle()

    async def give_back(self) -> None:
        self.restore()


class MemoryBroker:
    """Broker port without a broker. A note that waits in its queue is not put there again."""

    def __init__(self) -> None:
        self._queues = dict[QueueId, _Queue]()
        self._dead = _Queue(bury=None)
        self._closed = False

    async def declare(self, queues: Collection[QueueId]) -> None:
        for each in queues:
            self._queues.setdefault(each, _Queue(bury=self._dead.put))

    async def publish(self, notes: Sequence[Note]) -> frozenset[str]:
        await self.ready()
        held = [note for note in notes if note.queue in self._queues]
        for note in held:
            self._queues[note.queue].put(note)
        return frozenset(note.delivery for note in held)

    async def messages(self, queue: QueueId, *, prefetch: int) -> AsyncGenerator[MemoryMessage, None]:
        await self.ready()
        if queue not in self._queues:
            raise _unavailable(f"no queue {queue.system}.{queue.lane}")
        async with aclosing(self._queues[queue].hand_out(prefetch)) as arriving:
            async for each in arriving:
                yield each

    async def dead(self) -> AsyncGenerator[MemoryMessage, None]:
        await self.ready()
        async with aclosing(self._dead.hand_out(DEAD_PREFETCH)) as arriving:
            async for each in arriving:
                yield each

    async def depth(self, queue: QueueId) -> int:
        await self.ready()
        return len(self._queues[queue]) if queue in self._queues else 0

    async def ready(self) -> None:
        if self._closed:
            raise _unavailable("closed by us")

    async def close(self) -> None:
        self._closed = True
        for each in (*self._queues.values(), self._dead):
            each.close()


@dataclass(slots=True, kw_only=True, eq=False)
class _Entry:
    """A note in a queue, and how often it came back."""

    note: Note
    returned: int = 0


class _Queue:
    """Notes that wait, oldest first; those of the one active consumer; and what becomes of one that comes back too often."""

    def __init__(self, *, bury: Callable[[Note], None] | None) -> None:
        self._bury = bury
        self._waiting = OrderedDict[tuple[QueueId, str], _Entry]()
        self._changed = asyncio.Event()
        self._turn = asyncio.Lock()
        self._closed = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, note: Note) -> None:
        self._waiting.setdefault((note.queue, note.delivery), _Entry(note=note))
        self._changed.set()

    def close(self) -> None:
        self._closed = True
        self._changed.set()

    async def hand_out(self, prefetch: int) -> AsyncGenerator[MemoryMessage, None]:
        """Give the notes to one consumer; the next waits until this one ends."""
        async with self._turn:
            handed = dict[_Entry, None]()
            try:
                while True:
                    await self._next(lambda: len(handed) < prefetch)
                    _, entry = self._waiting.popitem(last=False)
                    handed[entry] = None
                    settle, restore = partial(self._settle, handed, entry), partial(self._restore, handed, entry)
                    yield MemoryMessage(note=entry.note, settle=settle, restore=restore)
            finally:
                back = list(handed)
                handed.clear()
                self._take_back(back)

    def _settle(self, handed: dict[_Entry, None], entry: _Entry) -> None:
        handed.pop(entry, None)
        self._changed.set()

    def _restore(self, handed: dict[_Entry, None], entry: _Entry) -> None:
        if entry in handed:
            del handed[entry]
            self._take_back([entry])
            self._changed.set()

    async def _next(self, free: Callable[[], bool]) -> None:
        while not self._closed and not (self._waiting and free()):
            self._changed.clear()
            await self._changed.wait()
        if self._closed:
            raise _unavailable("closed by us")

    def _take_back(self, entries: Sequence[_Entry]) -> None:
        """Put what was not acked before what waits, in the order that it had; the dead go elsewhere."""
        for entry in reversed(entries):
            entry.returned += 1
            if self._bury is not None and entry.returned > DELIVERY_LIMIT:
                self._bury(entry.note)
                continue
            key = (entry.note.queue, entry.note.delivery)
            self._waiting[key] = entry
            self._waiting.move_to_end(key, last=False)


def _unavailable(why: str) -> Transient:
    return Transient("broker-unavailable", detail=f"memory: {why}")
