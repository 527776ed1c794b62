"""Steps of deadlines are told to the systems of those whom they concern."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.core.deadlines import DeadlineState, Rule
from gateway.core.directory import Link
from gateway.core.model import State
from gateway.flows.inform import inform
from gateway.flows.keep_time import keep_time, remind, take_steps
from gateway.flows.oversee import Decision
from gateway.ports import Owing
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


@pytest.mark.parametrize(("hours", "word"), [(0, "Nhắc: "), (240, "Quá hạn: ")])
async def test_the_receivers_system_is_told_when_an_officer_reminds(plane: Plane, hours: int, word: str) -> None:
    await plane.send(due_date=date(2026, 12, 1))
    await plane.work()
    await keep_time(plane.ports.deadlines, plane.rules)
    plane.clock.advance(hours=hours)
    (owed,) = [
        each.deadline
        for each in (await plane.ports.deadlines.owed(Owing(states=[DeadlineState.OPEN]), after=None, limit=9)).items
        if each.deadline.rule is Rule.RESPONSE
    ]
    decision = Decision(by="truc-ban", reason="sở hỏi", now=plane.clock.now())
    await remind(plane.ports.deadlines, plane.rules, owed.id, decision)
    await inform(plane.ports, PUSHED, LINK)
    words = [each.description for each in plane.office.told if each.code is None]
    assert len([each for each in words if each.startswith(f"{word}Hồi báo (hạn ")]) == 1
