"""`lienthong alerts`: on the ledger of a working folder, beside a hub or without one."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.alert_rules import USUAL, Trouble
from gateway.core.alerts import Sign, named
from gateway.infra.alerts import SqlAlerts
from gateway.infra.clock import SystemClock
from gateway.infra.opening import open_executor
from tests.cli.conftest import Lienthong

WHY = "đang xử lý"
PARKED = Sign(trouble=Trouble.SYSTEM_PARKED, subject="voffice", vi="voffice: không trả lời", en="voffice: no answer")
ID = named(PARKED.trouble, PARKED.subject)
RULES = {trouble: replace(rule, lasting=timedelta(0)) for trouble, rule in USUAL.items()}


@pytest.fixture
def parked(home: Path) -> Path:
    """Have one alert open."""

    async def look() -> None:
        executor = open_executor(home / "data" / "ledger.sqlite3")
        await SqlAlerts(executor).look([PARKED], RULES, channels=(), now=SystemClock().now())
        await executor.close()

    asyncio.run(look())
    return home


def test_an_empty_list_says_so(home: Path, lienthong: Lienthong) -> None:
    assert "Chưa có cảnh báo nào." in lienthong("alerts", "list").out


def test_what_is_open_is_listed(parked: Path, lienthong: Lienthong) -> None:
    assert ID in lienthong("alerts", "list").out
    (listed,) = lienthong("alerts", "list", "--json").json
    assert (listed["id"], listed["rule"], listed["state"], listed["subject"]) == (ID, "system-parked", "open", "voffice")
    assert listed["vi"] == "Hệ thống mất kết nối: voffice: không trả lời"


def test_one_is_acknowledged(parked: Path, lienthong: Lienthong) -> None:
    assert "Đã nhận xử lý" in lienthong("alerts", "acknowledge", ID, "--reason", WHY).out
    (listed,) = lienthong("alerts", "list", "--json").json
    assert (listed["state"], listed["reason"]) == ("acknowledged", WHY)


def test_one_is_silenced_and_told_again(parked: Path, lienthong: Lienthong) -> None:
    assert "Tắt tiếng tới" in lienthong("alerts", "silence", ID, "--hours", "8", "--reason", WHY).out
    (listed,) = lienthong("alerts", "list", "--json").json
    assert listed["silenced_until"] is not None
    assert "Báo lại như thường" in lienthong("alerts", "silence", ID, "--hours", "0", "--reason", "xong").out
    (listed,) = lienthong("alerts", "list", "--json").json
    assert listed["silenced_until"] is None


def test_a_decision_needs_a_reason_and_an_alert(parked: Path, lienthong: Lienthong) -> None:
    refused = lienthong("alerts", "acknowledge", ID, "--reason", " ")
    assert refused.code == 1 and "malformed-request" in refused.err
    none = lienthong("alerts", "acknowledge", "none", "--reason", WHY)
    assert none.code == 1 and "not-found" in none.err
