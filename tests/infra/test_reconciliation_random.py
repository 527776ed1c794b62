"""Whatever is done with documents, by whomever and in whatever order, reconciliation finds nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.faults import Fault, Rejected, Transient
from gateway.core.model import Fact, Lane, OrganId, StatusCode, SystemId
from gateway.core.receipts import Attestation
from gateway.infra.opening import open_executor
from gateway.ports import Attempt, Claim, Entry, Filter, HandedOver, Lease, QueueId
from tests.contracts.entries import (
    NOW,
    OTHER,
    OTHER_SYSTEM,
    RECEIVER,
    SENDER,
    STRANGER,
    SYSTEM,
    entry,
    pushed_entry,
    report,
    seal,
)
from tests.contracts.ledger_policy_contract import held_entry
from tests.contracts.outbox_contract import AWAY, FAILED, REFUSED, WRONG
from tests.contracts.reconciliation_bench import Bench
from tests.migrated import new_ledger

ENTRIES = (entry(1), pushed_entry(2), pushed_entry(3), pushed_entry(4, to=(RECEIVER, OTHER)), held_entry(5))
ORGANS = {SENDER, RECEIVER, OTHER}
LONGEST = timedelta(seconds=20)
"""Of one step; all together stay below what makes anything stuck."""


@dataclass
class World:
    """The bench, the time, and what those who act hold in their hands: each may come late, twice or never."""

    bench: Bench
    now: datetime = NOW
    claims: list[Claim] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    leases: list[Lease] = field(default_factory=list)
    polled: bool = False

    def entry(self, number: int) -> Entry:
        return ENTRIES[number % len(ENTRIES)]

    def delivery(self, number: int) -> str:
        ids = [each.id for made in ENTRIES for each in made.deliveries]
        return ids[number % len(ids)]

    def route(self, organ: OrganId) -> SystemId | None:
        """What is pushed to the department goes into inboxes, or into the commune's system, once the directory says so."""
        return None if self.polled else OTHER_SYSTEM if organ == OTHER else SYSTEM

    async def accept(self, number: int) -> None:
        await self.bench.ledger.accept(replace_time(self.entry(number), self.now))

    async def claim(self, number: int) -> None:
        claim = await self.bench.outbox.claim(limit=1 + number % 4, until=self.now + timedelta(seconds=30), now=self.now)
        self.claims.append(claim)

    async def published(self, number: int) -> None:
        claim = self.claims[number % len(self.claims)]
        confirmed = [note.delivery for note in claim.notes][number % 2 :]
        await self.bench.outbox.published(claim, confirmed, now=self.now)

    async def begin(self, number: int) -> None:
        until = self.now + timedelta(seconds=30 + number)
        attempt = await self.bench.outbox.begin(self.delivery(number), until=until, now=self.now)
        self.attempts += [attempt] if attempt is not None else []

    async def handed_over(self, number: int) -> None:
        attempt = self.attempts[number % len(self.attempts)]
        document, (own,) = attempt.view.document, attempt.view.deliveries
        receipt = seal(Attestation(fact=Fact.COLLECTED, document=document, delivery=own, at=self.now))
        await self.bench.outbox.handed_over(HandedOver(attempt=attempt, receipt=receipt, reference=None, at=self.now))

    async def came_to_nothing(self, number: int) -> None:
        fault: Fault = (AWAY, FAILED, REFUSED, WRONG)[number % 4]
        again = None if fault is REFUSED or number % 7 == 0 else self.now + timedelta(seconds=number)
        await self.bench.outbox.came_to_nothing(self.attempts[number % len(self.attempts)], fault, again=again, now=self.now)

    async def poisonous(self, number: int) -> None:
        await self.bench.outbox.poisonous(self.delivery(number), now=self.now)

    async def take_back(self, number: int) -> None:
        await self.bench.outbox.take_back(now=self.now)

    async def refill(self, number: int) -> None:
        await self.bench.outbox.refill(QueueId(system=SYSTEM, lane=Lane.NORMAL), number % 2, before=self.now)

    async def reroute(self, number: int) -> None:
        self.polled = not self.polled
        await self.bench.outbox.reroute(self.route, now=self.now)

    async def pause(self, number: int) -> None:
        until = self.now + timedelta(seconds=number) if number % 2 else None
        await self.bench.outbox.pause(SYSTEM, by="an", reason="bảo trì", until=until, now=self.now)

    async def resume(self, number: int) -> None:
        await self.bench.outbox.resume(SYSTEM, by="an", reason="xong", now=self.now)

    async def probe(self, number: int) -> None:
        for system in await self.bench.outbox.due_probes(until=self.now + timedelta(seconds=30), now=self.now):
            await self.bench.outbox.probed(system, AWAY if number % 3 == 0 else None, now=self.now)

    async def lease(self, number: int) -> None:
        until = self.now + timedelta(seconds=30)
        lease = await self.bench.ledger.lease(SYSTEM, ORGANS, limit=1 + number % 3, until=until, now=self.now)
        self.leases += [lease] if lease is not None else []

    async def ack(self, number: int) -> None:
        await self.bench.ledger.ack(self.leases[number % len(self.leases)].token, SYSTEM, None, now=self.now, seal=seal)

    async def nack(self, number: int) -> None:
        token = self.leases[number % len(self.leases)].token
        await self.bench.ledger.nack(token, SYSTEM, None, now=self.now, reason="bận", not_before=self.now + LONGEST)

    async def status(self, number: int) -> None:
        delivery = self.delivery(number)
        code = list(StatusCode)[number % len(StatusCode)]
        receivers = {each.id: each.receiver for made in ENTRIES for each in made.deliveries}
        reporter = SENDER if code is StatusCode.RECALL_REQUESTED else receivers[delivery]
        said = report(code, reporter, f"lần {number % 2}", at=self.now if number % 3 else None)
        await self.bench.ledger.record_status(delivery, said, ORGANS, now=self.now, seal=seal)

    async def release(self, number: int) -> None:
        await self.bench.ledger.release(ENTRIES[4].document.id, route=self.route, by="an", reason="được", now=self.now)

    async def turn_back(self, number: int) -> None:
        await self.bench.ledger.turn_back(ENTRIES[4].document.id, by="an", reason="không", now=self.now)

    async def requeue(self, number: int) -> None:
        await self.bench.letters.requeue(Filter(), route=self.route, by="an", reason="đã sửa", now=self.now, limit=2)

    async def park(self, number: int) -> None:
        await self.bench.letters.park(Filter(), by="an", reason="chờ", now=self.now, limit=1)

    async def give_up(self, number: int) -> None:
        await self.bench.letters.turn_back(Filter(), by="an", reason="thôi", now=self.now, limit=1)

    async def redirect(self, number: int) -> None:
        to = (OTHER, STRANGER)[number % 2]
        await self.bench.letters.redirect(Filter(), to, route=self.route, by="an", reason="sai nơi nhận", now=self.now, limit=1)

    async def wait(self, number: int) -> None:
        self.now += LONGEST * (number % 20) / 19


Act = Callable[[World, int], Awaitable[None]]
OFTEN: list[Act] = [World.accept, World.claim, World.published, World.begin, World.status, World.wait, World.lease]
SELDOM: list[Act] = [
    World.handed_over,
    World.came_to_nothing,
    World.poisonous,
    World.take_back,
    World.refill,
    World.reroute,
    World.pause,
    World.resume,
    World.probe,
    World.ack,
    World.nack,
    World.release,
    World.turn_back,
    World.requeue,
    World.park,
    World.give_up,
    World.redirect,
]
STEPS = st.lists(st.tuples(st.sampled_from(OFTEN + OFTEN + SELDOM), st.integers(0, 60)), max_size=29)


def replace_time(made: Entry, now: datetime) -> Entry:
    return replace(made, document=replace(made.document, accepted_at=now))


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_whatever_is_done_reconciles(steps: list[tuple[Act, int]], tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("random") / "ledger.sqlite3"
    new_ledger(file)
    asyncio.run(_reconciles(steps, file))


async def _reconciles(steps: list[tuple[Act, int]], file: Path) -> None:
    executor = open_executor(file)
    world = World(Bench.on(executor))
    try:
        for made in ENTRIES:
            await world.bench.ledger.accept(made)
        for act, number in steps:
            try:
                await act(world, number)
            except (Rejected, Transient, ZeroDivisionError):  # not allowed now, or nothing in hand yet
                continue
            report = await world.bench.reconcile(world.now - NOW)
            assert report.clean, list(report.discrepancies)
    finally:
        await executor.close()
