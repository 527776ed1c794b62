"""`lienthong check --reconcile`: the balance of a working folder's ledger, and what disagrees."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.infra.opening import open_executor
from gateway.infra.tables import deliveries, receipts
from tests.cli.conftest import Lienthong
from tests.contracts.entries import NOW, entry
from tests.contracts.reconciliation_bench import Bench


def prepare(home: Path, *damage: sa.Executable) -> None:
    """Accept two documents for two receivers each, one a day after the other; then damage the ledger."""

    async def work() -> None:
        executor = open_executor(home / "data" / "ledger.sqlite3")
        bench = Bench.on(executor)
        for number in (1, 2):
            await bench.ledger.accept(entry(number, accepted_at=NOW.replace(day=20 + number)))
        await bench.damage(*damage)
        await executor.close()

    asyncio.run(work())


def test_a_balance_is_shown_with_the_oldest_of_each_category(home: Path, lienthong: Lienthong) -> None:
    prepare(home)
    ran = lienthong("check", "--reconcile")
    assert ran.code == 0 and "Cân: 4 = đang chờ chuyển 4" in ran.out and "21/11/2026" in ran.out


def test_an_empty_ledger_is_balanced(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("check", "--reconcile").code == 0


def test_a_period_is_of_days_in_vietnam(home: Path, lienthong: Lienthong) -> None:
    prepare(home)
    found = lienthong("check", "--reconcile", "--since", "2026-11-22", "--until", "23/11/2026", "--json").json
    assert (found["documents"], found["accepted"], found["balanced"]) == (1, 2, True)
    assert found["categories"]["waiting"] == {"deliveries": 2, "oldest_at": "2026-11-22T08:30:15.123456+07:00"}
    assert found["since"] == "2026-11-22T00:00:00+07:00"


def test_what_is_lost_is_named_with_who_has_the_next_step(home: Path, lienthong: Lienthong) -> None:
    lost = entry(1).deliveries[0].id
    prepare(home, deliveries.delete().where(deliveries.c.id == lost))
    ran = lienthong("check", "--reconcile")
    assert ran.code == 1 and "Lệch: 4 ≠ đang chờ chuyển 3; 1 chỗ không khớp." in ran.err
    (line,) = (each for each in ran.out.splitlines() if "delivery-missing" in each)
    assert lost in line and "bảo trì · maintainer" in line and "Không sửa tay." in line


def test_a_discrepancy_fails_a_ledger_that_is_balanced(home: Path, lienthong: Lienthong) -> None:
    prepare(home, receipts.delete())
    ran = lienthong("check", "--reconcile", "--json")
    assert ran.code == 1 and ran.json["balanced"] and not ran.json["ok"]
    found = ran.json["discrepancies"]["document-unattested"]
    assert found["count"] == 2 and found["owner"] == "maintainer"
    assert found["items"][0] == {
        "document": entry(1).document.id,
        "delivery": None,
        "since": "2026-11-21T08:30:15.123456+07:00",
    }


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_a_period_is_only_for_reconciliation(home: Path, lienthong: Lienthong, option: str) -> None:
    assert lienthong("check", option, "2026-11-22").code == 2
