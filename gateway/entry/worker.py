"""The worker: every loop that moves documents on, each in a task of its own that is begun again whatever ends it."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final

from gateway.core.faults import Fault
from gateway.core.model import Lane, SystemId
from gateway.core.rules import Rules
from gateway.entry.places import place
from gateway.flows.acknowledge import catch_up
from gateway.flows.alarm import look_out, tell
from gateway.flows.collect import ROUND, collect
from gateway.flows.deliver import deliver
from gateway.flows.inform import inform
from gateway.flows.keep_time import move_all, take_steps
from gateway.flows.reconcile import reconcile
from gateway.flows.relay import relay
from gateway.flows.watch import probe, refill, take_back
from gateway.flows.work_off import work_off
from gateway.flows.write_letters import write_letters
from gateway.ports import Message, Ports, QueueId

IDLE_SECONDS: Final = 2.0
"""A wake-up may be missed: what is due is looked for at least this often."""
GATHER_SECONDS: Final = 0.03
"""What becomes due meanwhile is published together: a claim and a confirm cost as much for one note as for twenty."""
AGAIN_SECONDS: Final = 1.0
"""How soon a loop begins again after something ended it."""
WATCH_SECONDS: Final = 1.0
REFILL_SECONDS: Final = 30.0
REROUTE_SECONDS: Final = 60.0
COLLECT_SECONDS: Final = 5.0
"""How often a system that cannot send is asked what it has."""
GATHER_NEWS_SECONDS: Final = 0.5
"""What happens meanwhile is told together: every commit wakes whom it concerns, and most have no news in it."""
NEWS_SECONDS: Final = 30.0
"""How often at least a system's news is looked for: what could not be told, and what the workers were not woken for."""
STATUSES_SECONDS: Final = 30.0
"""How late a status is recorded at most that came while its document was being accepted."""
TIME_SECONDS: Final = 1.0
"""How late a step of a deadline is said at most, and how far its keeper may be behind the events."""
LETTER_SECONDS: Final = 60.0
"""How often letters that are due are looked for; what is urgent waits so long at most."""
ALARM_SECONDS: Final = 30.0
"""How often signs of trouble are looked for."""
TELL_SECONDS: Final = 5.0
"""How late at most it is sent what is told of them."""
JOB_SECONDS: Final = 1.0
"""How late at most a portion of a job is begun."""
RECONCILE_SECONDS: Final = 300.0
RECONCILED: Final = timedelta(hours=24)
"""What was accepted so long ago and is settled was reconciled while it was younger, or is by `lienthong check --reconcile`."""
TURN_SECONDS: Final = 60.0
"""How long a worker keeps a queue at least, while others wait for it."""
DRAIN_SECONDS: Final = 30.0
"""How long attempts that are under way may take when the worker is told to stop; their leases end later by themselves."""


@dataclass(slots=True)
class Worker:
    """All loops of one process over the ports and the rules in force."""

    ports: Ports
    rules: Callable[[], Rules]
    _attempts: set[asyncio.Task[None]] = field(default_factory=set)
    _rooms: dict[tuple[QueueId, int], asyncio.Semaphore] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; then take nothing new, and finish what is under way."""
        holder = secrets.token_hex(8)
        loops: dict[str, Callable[[], Awaitable[object]]] = {
            "relay": self._relay,
            "watch": self._watch,
            "refill": lambda: self._every(REFILL_SECONDS, lambda: refill(self.ports)),
            "reroute": lambda: self._every(REROUTE_SECONDS, self._reroute),
            "reconcile": self._reconcile,
            "dead": self._bury,
            "queues": self._queues,
            "time": self._time,
            "jobs": self._jobs,
            "alarm": lambda: self._every(ALARM_SECONDS, lambda: look_out(self.ports, self.rules(), holder)),
            "alerts": lambda: self._every(TELL_SECONDS, lambda: tell(self.ports, self.rules())),
            "statuses": lambda: self._every(STATUSES_SECONDS, lambda: catch_up(self.ports)),
        }
        if self.ports.mailer is not None:
            loops["letters"] = lambda: self._every(LETTER_SECONDS, lambda: write_letters(self.ports, self.rules()))
        running = [asyncio.create_task(self._forever(name, loop), name=name) for name, loop in loops.items()]
        try:
            await stop.wait()
        finally:
            await _ended(running)
            if self._attempts:
                await asyncio.wait(self._attempts, timeout=DRAIN_SECONDS)

    async def _forever(self, name: str, loop: Callable[[], Awaitable[object]]) -> None:
        """Begin a loop again whenever it ends; only its own task's end ends it."""
        while True:
            try:
                await loop()
            except Fault as fault:
                self.ports.telemetry.record("worker.waits", loop=name, code=fault.code, detail=fault.detail_en)
            except asyncio.CancelledError as error:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                self.ports.telemetry.record("worker.failed", loop=name, error=place(error))  # a library's own
            except Exception as error:  # noqa: BLE001  the last wall of a loop that must not end
                self.ports.telemetry.record("worker.failed", loop=name, error=place(error))
            await asyncio.sleep(AGAIN_SECONDS)

    async def _every(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        """Do it again and again. A library may swallow a cancellation (asyncio.wait_for does): it is looked for besides."""
        task = asyncio.current_task()
        while True:
            await work()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError
            await asyncio.sleep(seconds)

    async def _relay(self) -> None:
        """Publish what is due, as soon as a commit makes it due. After the broker was away, what it lost is published first."""
        await self.ports.broker.declare(self._wanted())
        await refill(self.ports, settled_seconds=AGAIN_SECONDS)
        while True:
            organs = {organ for system in self.rules().systems.linked() for organ in system.organs}
            with self.ports.waiting.watch(organs) as watch:
                if not await relay(self.ports):
                    await watch.changed(IDLE_SECONDS)
            await asyncio.sleep(GATHER_SECONDS)

    async def _watch(self) -> None:
        while True:
            await take_back(self.ports)
            await probe(self.ports, self.rules())
            await asyncio.sleep(WATCH_SECONDS)

    async def _reroute(self) -> None:
        moved = await self.ports.outbox.reroute(self.rules().systems.route, now=self.ports.clock.now())
        if moved:
            self.ports.telemetry.record("delivery.rerouted", deliveries=moved)

    async def _reconcile(self) -> None:
        """Look for what is lost or stuck; not at the start, when nothing has moved for as long as the worker was away."""
        while True:
            await asyncio.sleep(RECONCILE_SECONDS)
            await reconcile(self.ports, since=self.ports.clock.now() - RECONCILED, until=None)

    async def _bury(self) -> None:
        """Fail what brought workers down again and again."""
        await self.ports.broker.declare(self._wanted())
        async with contextlib.aclosing(self.ports.broker.dead()) as messages:
            async for message in messages:
                note = message.note
                await self.ports.outbox.poisonous(note.delivery, now=self.ports.clock.now())
                await message.ack()
                self.ports.telemetry.record("delivery.poisonous", delivery=note.delivery, trace_id=note.trace_id)

    async def _queues(self) -> None:
        """Keep a consumer for each queue, and a collector for each system that is collected from, as the rules have them."""
        running: dict[object, asyncio.Task[None]] = {}
        try:
            while True:
                wanted = await self._loops()
                for gone in running.keys() - wanted.keys():
                    await _ended([running.pop(gone)])
                for new in wanted.keys() - running.keys():
                    running[new] = asyncio.create_task(self._forever(str(new), wanted[new]))
                await asyncio.sleep(IDLE_SECONDS)
        finally:
            await _ended(list(running.values()))

    async def _loops(self) -> dict[object, Callable[[], Awaitable[None]]]:
        """Give the loops that the linked systems need; a changed link is another loop."""
        loops: dict[object, Callable[[], Awaitable[None]]] = {}
        for system in self.rules().systems.linked():
            count = system.link.in_flight if system.link else 1
            for lane in Lane:
                queue = QueueId(system=system.id, lane=lane)
                loops[queue, count] = partial(self._consume, queue, count)
            with contextlib.suppress(Fault):  # a wrong link is told by its deliveries, which wait for it
                manifest = self.ports.catalogue.manifest(system)
                if manifest.collect:
                    loops["collect", system.id] = partial(self._collect, system.id)
                if manifest.statuses:
                    loops["inform", system.id] = partial(self._inform, system.id)
        return loops

    async def _consume(self, queue: QueueId, in_flight: int) -> None:
        """Make attempts from one queue, `in_flight` at once; a note waits unacked until there is room for it.

        The broker serves one consumer of a queue. Each goes to the end of the line now and then, at a time of its own, so that
        the workers of a province share its queues whichever was started first.
        """
        await self.ports.broker.declare([queue])
        room = self._rooms.setdefault((queue, in_flight), asyncio.Semaphore(in_flight))
        turn = random.uniform(0, TURN_SECONDS)  # noqa: S311  no secret
        while True:
            async with contextlib.aclosing(self.ports.broker.messages(queue, prefetch=in_flight)) as messages:
                await self._serve(messages, room, in_flight, turn)
            turn = random.uniform(TURN_SECONDS, 2 * TURN_SECONDS)  # noqa: S311

    async def _serve(
        self, messages: AsyncGenerator[Message, None], room: asyncio.Semaphore, in_flight: int, seconds: float
    ) -> None:
        """Take what comes within a time, and keep the queue until no attempt from it is under way."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while True:
            arriving = asyncio.ensure_future(anext(messages))
            try:
                arrived, _ = await asyncio.wait({arriving}, timeout=max(0.0, end - loop.time()))
                if not arrived:
                    return await _idle(room, in_flight)
                message = arriving.result()
                await room.acquire()
            finally:
                if not arriving.done():
                    arriving.cancel()
                    await asyncio.gather(arriving, return_exceptions=True)
            task = asyncio.create_task(self._deliver(message, room))
            self._attempts.add(task)
            task.add_done_callback(self._attempts.discard)

    async def _deliver(self, message: Message, room: asyncio.Semaphore) -> None:
        """Make one attempt; while the ledger cannot be asked the note is kept, since giving it back counts against it."""
        telemetry, delivery = self.ports.telemetry, message.note.delivery
        try:
            while True:
                try:
                    return await deliver(self.ports, self.rules(), message)
                except Fault as fault:
                    telemetry.record("worker.waits", loop="deliver", code=fault.code, delivery=delivery)
                except Exception as error:  # noqa: BLE001  whatever it was, it must not stop the lane
                    telemetry.record("worker.failed", loop="deliver", error=place(error), delivery=delivery)
                    return await message.give_back()
                await asyncio.sleep(AGAIN_SECONDS)
        finally:
            room.release()

    async def _time(self) -> None:
        """Keep the deadlines, and say each step when it is due; when the rules change, by the calendar that holds then."""
        rules = None
        while True:
            if rules is not self.rules():
                rules = self.rules()
                moved = await move_all(self.ports.deadlines, rules, self.ports.clock.now(), preview=False)
                if moved:
                    self.ports.telemetry.record("deadline.moved", deadlines=len(moved))
            await take_steps(self.ports, rules)
            await asyncio.sleep(TIME_SECONDS)

    async def _jobs(self) -> None:
        """Carry out what is due of jobs, one portion after the other."""
        while True:
            if not await work_off(self.ports, self.rules()):
                await asyncio.sleep(JOB_SECONDS)

    async def _collect(self, system: SystemId) -> None:
        """Ask a system now and then; one that has very much waits after each round for as long as that took."""
        clock = asyncio.get_running_loop().time
        while (current := self.rules().systems.find(system)) is not None and current.link is not None:
            began = clock()
            taken = await collect(self.ports, self.rules(), current, current.link, trace_id=secrets.token_hex(16))
            await asyncio.sleep(clock() - began if taken == ROUND else COLLECT_SECONDS)

    async def _inform(self, system: SystemId) -> None:
        """Tell a system its news as soon as a commit makes it; what could not be told is tried again later."""
        while (current := self.rules().systems.find(system)) is not None and current.link is not None:
            with self.ports.waiting.watch(current.organs) as watch:
                telling = await inform(self.ports, current, current.link)
                await asyncio.sleep(GATHER_NEWS_SECONDS)
                if telling is None:
                    await watch.changed(random.uniform(1, 2) * NEWS_SECONDS)  # noqa: S311  no secret
                elif telling.again is not None:
                    await asyncio.sleep(min(NEWS_SECONDS, (telling.again - self.ports.clock.now()).total_seconds()))

    def _wanted(self) -> list[QueueId]:
        return [QueueId(system=system.id, lane=lane) for system in self.rules().systems.linked() for lane in Lane]


async def _idle(room: asyncio.Semaphore, size: int) -> None:
    """Wait until nobody is in the room."""
    for _ in range(size):
        await room.acquire()
    for _ in range(size):
        room.release()


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
