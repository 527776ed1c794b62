"""What came of an attempt is kept in hand while the ledger cannot take it, and written down as soon as it can."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.core.faults import Transient
from gateway.core.model import OrganId
from gateway.ports import Ports
from tests.documents import PROVINCE
from tests.flows.plane import Plane, opened

TIMES = 3


class Away:
    """A port that is away for the first calls of one kind."""

    def __init__(self, port: Any, call: str) -> None:
        self._port, self._call = port, call
        self.left = TIMES

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._port, name)
        return self._failing(member) if name == self._call else member

    def _failing(self, call: Any) -> Any:
        async def failing(*given: Any, **named: Any) -> Any:
            if self.left:
                self.left -= 1
                raise Transient("storage-unavailable")
            return await call(*given, **named)

        return failing


async def _after(plane: Plane) -> tuple[str, list[str], int]:
    """Send and attempt one document; give its state, its receipts, and how many attempts seem to be under way."""
    sent = await plane.send()
    assert await plane.work() == 1
    view = await plane.ports.ledger.document(sent.document, {OrganId(PROVINCE)})
    receipts = await plane.ports.ledger.receipts(sent.document, {OrganId(PROVINCE)})
    under_way = sum(each.attempted for each in await plane.ports.outbox.queues())
    return view.deliveries[0].state, [each.fact for each in receipts], under_way


async def test_that_a_document_was_handed_over_is_written_down_once_the_ledger_is_back(tmp_path: Path) -> None:
    away: list[Away] = []

    def through(ports: Ports) -> Ports:
        away.append(Away(ports.outbox, "handed_over"))
        return replace(ports, outbox=away[0])  # type: ignore[arg-type]  # it passes all calls on

    async with opened(tmp_path, through=through) as plane:
        assert await _after(plane) == ("collected", ["accepted", "collected"], 0)
    assert away[0].left == 0


async def test_that_an_attempt_came_to_nothing_is_written_down_once_the_ledger_is_back(tmp_path: Path) -> None:
    away: list[Away] = []

    def through(ports: Ports) -> Ports:
        away.append(Away(ports.outbox, "came_to_nothing"))
        return replace(ports, outbox=away[0])  # type: ignore[arg-type]  # it passes all calls on

    async with opened(tmp_path, through=through) as plane:
        plane.office.plan = [Transient("receiver-failed")]
        assert await _after(plane) == ("queued", ["accepted"], 0)
    assert away[0].left == 0
