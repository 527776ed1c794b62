"""A relay that is told to stop leaves no claim behind: for as long as one lasts, nobody else would publish its documents."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.core.model import Lane
from gateway.flows.relay import relay
from gateway.ports import Ports, QueueId
from tests.flows.plane import PUSHED, opened


class Halted:
    """A port of which one call, once it has had its effect, does not return before it is told to."""

    def __init__(self, port: Any, call: str) -> None:
        self._port, self._call = port, call
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._port, name)
        return self._halting(member) if name == self._call else member

    def _halting(self, call: Any) -> Any:
        async def halting(*given: Any, **named: Any) -> Any:
            result = await call(*given, **named)
            self.reached.set()
            await self.go_on.wait()
            return result

        return halting


@pytest.mark.parametrize(("port", "call"), [("outbox", "claim"), ("broker", "publish"), ("outbox", "published")])
async def test_a_relay_that_is_cancelled_finishes_its_batch(tmp_path: Path, port: str, call: str) -> None:
    halted: list[Halted] = []

    def through(ports: Ports) -> Ports:
        halted.append(Halted(getattr(ports, port), call))
        return replace(ports, **{port: halted[0]})

    async with opened(tmp_path, through=through) as plane:
        await plane.ports.broker.declare([QueueId(system=PUSHED.id, lane=lane) for lane in Lane])
        await plane.send()
        relaying = asyncio.create_task(relay(plane.ports))
        await halted[0].reached.wait()
        relaying.cancel()
        await asyncio.sleep(0)
        halted[0].go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await relaying
        (tally,) = await plane.ports.outbox.queues()
        assert (tally.waiting, tally.published) == (1, 1)
