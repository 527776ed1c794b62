"""Two processes that write letters, and one that is killed at it: everybody hears of everything, nobody twice."""

import asyncio
import sys
from collections import Counter
from pathlib import Path

import pytest

from gateway.infra.database import Database, PostgresDatabase
from gateway.infra.deadlines import SqlDeadlines
from gateway.infra.ledger import SqlLedger
from gateway.infra.opening import open_executor
from tests.contracts.entries import entry
from tests.contracts.letters_contract import DUE, pass_to
from tests.faults import write_letters_once
from tests.faults.write_letters_once import RECEIVERS, SENDERS, address
from tests.mail import PostOffice, running
from tests.migrated import new_ledger
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]

ROOT = Path(__file__).resolve().parents[2]
SOON_SECONDS = 60


@pytest.fixture
def file(tmp_path: Path) -> Path:
    new_ledger(tmp_path / "ledger.sqlite3")
    return tmp_path / "ledger.sqlite3"


async def overdue(database: Database) -> None:
    """Have each receiver be late with a document."""
    executor = open_executor(database)
    ledger = SqlLedger(executor)
    for number, organ in enumerate(RECEIVERS):
        await ledger.accept(entry(number, to=(organ,), due_on=None))
    await pass_to(SqlDeadlines(executor), DUE)
    await executor.close()


async def started(database: str, office: PostOffice, now: str, *more: str) -> asyncio.subprocess.Process:
    arguments = ("-m", write_letters_once.__name__, database, str(office.port), f"2026-11-23T{now}", *more)
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE)


async def ended(*processes: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(SOON_SECONDS):
        for each in processes:
            _, _ = await each.communicate()
    assert [each.returncode for each in processes] == [0] * len(processes)


def heard(office: PostOffice) -> Counter[str]:
    return Counter(each for envelope in office.envelopes for each in envelope)


EVERYBODY = Counter([SENDERS, *map(address, RECEIVERS)])


async def test_two_writers_on_postgresql_write_to_everybody_once(postgres_database: PostgresDatabase) -> None:
    await overdue(postgres_database)
    async with running() as office:
        await ended(*[await started(postgres_database.url, office, "14:40") for _ in range(2)])
    assert heard(office) == EVERYBODY


async def test_a_writer_killed_between_its_claim_and_sending_is_made_good_once(file: Path) -> None:
    await overdue(file)
    async with running() as office:
        dies = await started(str(file), office, "14:40", "hold")
        assert dies.stdout is not None
        async with asyncio.timeout(SOON_SECONDS):
            claimed = (await dies.stdout.readline()).decode().strip()
        dies.kill()
        await dies.communicate()
        for now in ("14:41", "14:46", "14:47"):
            await ended(await started(str(file), office, now))
    assert heard(office) == EVERYBODY
    assert f"<{claimed}@tinh.example>" in {each["Message-ID"] for each in office.taken}


async def test_a_writer_killed_after_sending_repeats_the_same_message(file: Path) -> None:
    await overdue(file)
    async with running(PostOffice(silent=True)) as office:
        dies = await started(str(file), office, "14:40")
        async with asyncio.timeout(SOON_SECONDS):
            await office.got_one.wait()
        dies.kill()
        await dies.communicate()
        office.silent = False
        for now in ("14:41", "14:46"):
            await ended(await started(str(file), office, now))
    assert set(heard(office)) == set(EVERYBODY)
    messages = Counter(each["Message-ID"] for each in office.taken)
    assert sorted(messages.values()) == [1] * len(RECEIVERS) + [2]
