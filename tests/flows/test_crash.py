"""A crash at every step: after the n-th call of a port the process is gone, for every n; the next one finishes the work.

The call may have had its effect or not; both are tried. The broker's notes may be lost with it or not.
"""

import contextlib
import inspect
import itertools
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.core.model import OrganId, State, StatusCode, StatusReport
from gateway.flows.acknowledge import acknowledge
from gateway.flows.reconcile import reconcile
from gateway.flows.watch import refill, take_back
from gateway.ports import Ports
from tests.documents import DEPARTMENT, PROVINCE
from tests.flows.plane import PUSHED, Plane, opened

WATCHED = ("ledger", "outbox", "broker", "vault", "catalogue", "jobs")
"""The ports whose calls are counted: all that have an effect outside the process."""


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Fuse:
    """Counts calls, and crashes at one of them: before its effect, or after it."""

    at: int
    after_effect: bool
    calls: int = 0

    def burnt(self, *, before: bool) -> None:
        self.calls += before
        if self.calls == self.at and before is not self.after_effect:
            raise Crash


class Fused:
    """A port whose calls are counted."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self._port, self._fuse = port, fuse

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._port, name)
        return self._counted(member) if inspect.iscoroutinefunction(member) else member

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*given: Any, **named: Any) -> Any:
            self._fuse.burnt(before=True)
            result = await call(*given, **named)
            self._fuse.burnt(before=False)
            return result

        return counted


def fused(fuse: Fuse) -> Callable[[Ports], Ports]:
    def through(ports: Ports) -> Ports:
        return replace(
            ports, **{each.name: Fused(getattr(ports, each.name), fuse) for each in fields(ports) if each.name in WATCHED}
        )

    return through


async def whole_way(plane: Plane) -> None:
    """A sender's repeated POST, the push, and the receiver's status."""
    accepted = await plane.send()
    await plane.work()
    key = (await plane.ports.ledger.document(accepted.document, {OrganId(PROVINCE)})).deliveries[0].id
    if key in plane.office.taken:
        report = StatusReport(code=StatusCode.REGISTERED, reporter=OrganId(DEPARTMENT))
        await acknowledge(plane.ports, PUSHED, key, report)


async def crash_and_recover(folder: Path, at: int, *, after_effect: bool) -> int:
    """Crash once, then run unharmed; give how many calls the first run made."""
    fuse = Fuse(at=at, after_effect=after_effect)
    async with opened(folder, through=fused(fuse)) as first:
        with contextlib.suppress(Crash):
            await whole_way(first)
        office = first.office
    async with opened(folder) as second:
        second.office.taken, second.office.effects = office.taken, office.effects
        second.clock.advance(minutes=10)
        await take_back(second.ports)
        await refill(second.ports, settled_seconds=0)
        await whole_way(second)
        await proven(second)
    return fuse.calls


async def proven(plane: Plane) -> None:
    """One effect, complete receipts, the state that was reported, nothing left over, and the books balance."""
    page = await plane.ports.ledger.documents({OrganId(PROVINCE)}, role="sender", state=None, after=None, limit=9)
    (view,) = page.items
    assert plane.office.effects == 1
    assert view.deliveries[0].state is State.RECEIVED
    facts = [each.fact for each in await plane.ports.ledger.receipts(view.document.id, {OrganId(PROVINCE)})]
    assert facts.count("accepted") == facts.count("status") == 1
    assert facts.count("collected") <= 1
    assert await plane.ports.outbox.queues() == ()
    now = plane.clock.now()
    report = await reconcile(plane.ports, since=now - timedelta(days=1), until=now)
    assert report.clean, report


@pytest.mark.parametrize("after_effect", [False, True], ids=["before its effect", "after its effect"])
async def test_a_crash_at_any_call_loses_and_doubles_nothing(tmp_path: Path, after_effect: bool) -> None:
    for at in itertools.count(1):
        calls = await crash_and_recover(tmp_path / f"{at}", at, after_effect=after_effect)
        if calls < at:  # it came to the end unharmed
            break
    assert calls > 10
