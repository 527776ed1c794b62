"""The worker's reconciliation: clean while all moves, and told code by code where it does not."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.core.faults import Transient
from gateway.core.reconciliation import Category
from gateway.flows.reconcile import reconcile
from gateway.infra.telemetry import LoggedTelemetry
from gateway.ports import Ports
from tests.flows.plane import Plane, opened


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[Plane]:
    async with opened(tmp_path) as plane:
        yield plane


def heard(plane: Plane) -> Ports:
    """Give the ports with a telemetry that writes where the test reads."""
    return replace(plane.ports, telemetry=LoggedTelemetry())


def said(capsys: pytest.CaptureFixture[str], event: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line for line in lines if line["event"] == event]


async def test_what_was_handed_over_and_what_is_tried_again_is_accounted_for(plane: Plane) -> None:
    await plane.send(1)
    await plane.work()
    await plane.send(2)
    plane.office.plan = [Transient("receiver-failed")]
    await plane.work()
    report = await reconcile(plane.ports, since=None, until=None)
    assert report.clean
    assert [report.balance.of(each).deliveries for each in (Category.DELIVERED, Category.WAITING)] == [1, 1]


async def test_the_counts_are_recorded(plane: Plane, capsys: pytest.CaptureFixture[str]) -> None:
    await plane.send()
    await reconcile(heard(plane), since=None, until=None)
    (told,) = said(capsys, "ledger.reconciled")
    assert (told["documents"], told["accepted"], told["waiting"], told["discrepancies"]) == (1, 1, 1, 0)


async def test_what_nobody_moves_is_told_with_its_code(plane: Plane, capsys: pytest.CaptureFixture[str]) -> None:
    await plane.send()
    plane.clock.advance(minutes=11)
    report = await reconcile(heard(plane), since=plane.clock.now(), until=None)
    assert not report.clean and report.balance.documents == 0
    (told,) = said(capsys, "ledger.unbalanced")
    assert (told["code"], told["count"]) == ("relay-overdue", 1)
    await plane.work()
    assert (await reconcile(plane.ports, since=None, until=None)).clean
