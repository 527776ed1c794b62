"""Steps of deadlines are told to the systems of those whom they concern."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.core.directory import Link
from gateway.core.model import State
from gateway.flows.inform import inform
from gateway.flows.keep_time import take_steps
from tests.flows.plane import PUSHED, SENDING, Plane, opened

LINK = Link(adapter="test", settings={}, seconds=5)
SENDER = replace(SENDING, link=LINK)


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[Plane]:
    async with opened(tmp_path) as plane:
        yield plane


async def overdue(plane: Plane) -> None:
    """A document that was handed over, and that nobody took in."""
    await plane.send(due_date=date(2026, 12, 1))
    await plane.work()
    plane.clock.advance(hours=9)
    await take_steps(plane.ports, plane.rules)


async def test_the_receivers_system_is_told_what_is_overdue_while_its_document_stands(plane: Plane) -> None:
    await overdue(plane)
    await inform(plane.ports, PUSHED, LINK)
    words = [each.description for each in plane.office.told if each.code is None]
    assert any(each.startswith("Quá hạn: Tiếp nhận (hạn ") for each in words)
    assert {each.state for each in plane.office.told} == {State.COLLECTED}


async def test_the_senders_system_is_not_told_of_what_concerns_the_receiver_alone(plane: Plane) -> None:
    await overdue(plane)
    await inform(plane.ports, SENDER, LINK)
    assert [each.description for each in plane.office.told] == [""]


async def test_the_sender_is_told_once_the_receiver_is_a_day_late(plane: Plane) -> None:
    await overdue(plane)
    await inform(plane.ports, SENDER, LINK)
    plane.clock.advance(days=2)
    await take_steps(plane.ports, plane.rules)
    await inform(plane.ports, SENDER, LINK)
    assert any("Tiếp nhận" in each.description for each in plane.office.told)
