"""Deadlines at scale: what finding, listing and keeping them costs beside bare look-ups, with few and with a million running."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench import deadline_lists
from gateway.core.deadlines import DeadlineState
from gateway.core.model import VIETNAM, OrganId
from gateway.core.timekeeping import Timekeeping
from gateway.infra.calendar_files import load_working_time, shipped_calendar
from gateway.infra.database import Database, PostgresDatabase
from gateway.infra.deadlines import SqlDeadlines
from gateway.infra.executor import Executor
from gateway.infra.ledger import SqlLedger
from gateway.infra.migrate import migrate
from gateway.infra.opening import open_executor
from gateway.infra.tables import deadlines, deliveries, documents, events, timekeeper
from gateway.ports import Owing
from tests.contracts.entries import entry
from tests.postgres import PostgresServer

FEW, MANY = 10_000, 1_000_000
ORGANS = 200
EACH = 5
"""Deadlines of one delivery."""
STEPS = 200
PAGE = 50
TIMES = 15
KEPT = 400
"""Documents whose events are kept, to see how fast that is."""
APART = 60_000_000 // 25
"""Microseconds between two due times: 25 become due each minute, which is more than the busiest province has."""
AGENCY = OrganId("H56.7")
RUNNING = (DeadlineState.OPEN, DeadlineState.EXTENDED)
FIRST = datetime(2026, 1, 5, 7, 30, tzinfo=VIETNAM)

Times = dict[str, tuple[float, float]]
"""What was done, in milliseconds, and its floor."""


def measure(*, quick: bool, console: Console) -> None:
    """Measure on both databases, and print."""
    by = Timekeeping(working_time=load_working_time(shipped_calendar()))
    many = MANY // 10 if quick else MANY
    table = Table("", "", *(f"{count:,}" for count in (FEW, many)), "sàn · floor ms")
    for name, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
        found: list[Times] = []
        for count in (FEW, many):
            console.print(f"{name}: {count:,} thời hạn · deadlines …")
            with opened() as database:
                found.append(asyncio.run(_measured(database, count, by)))
        for what in found[0]:
            few, large = (f"{each[what][0]:.2f}" for each in found)
            table.add_row(name, what, few, large, " / ".join(f"{each[what][1]:.2f}" for each in found))
    console.print(table)


@contextmanager
def _sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="lienthong-bench-") as folder:
        migrate(Path(folder) / "ledger.sqlite3")
        yield Path(folder) / "ledger.sqlite3"


@contextmanager
def _postgres() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="lienthong-bench-") as folder:
        Path(folder).chmod(0o755)
        server = PostgresServer(Path(folder) / "postgres")
        server.start()
        try:
            database = PostgresDatabase(url=server.url(server.create_database()), statement_seconds=600)
            migrate(database)
            yield database
        finally:
            server.kill()


async def _measured(database: Database, count: int, by: Timekeeping) -> Times:
    async with _opened(database) as executor:
        ledger, kept = SqlLedger(executor), SqlDeadlines(executor)
        await ledger.accept(entry(1, to=(AGENCY,)))
        await kept.keep(by, limit=100)
        await executor.write(lambda c: _fill(c, count))
        if isinstance(database, PostgresDatabase):
            await executor.write(lambda c: c.execute(sa.text("ANALYZE")) and None)
        found = {
            "200 bước đến hạn · due steps": await _steps(executor, kept, by),
            "are_kept": await _both(kept.are_kept, _look(executor, sa.select(timekeeper.c.seq))),
            "next_step_at": await _both(kept.next_step_at, _look(executor, _EARLIEST.limit(1))),
            "GET /deadlines": await _both(
                lambda: kept.owed(Owing(organs={AGENCY}, states=RUNNING), after=None, limit=PAGE), _look(executor, _OWED)
            ),
            "keep, 1 sự kiện · event": await _keeping(executor, ledger, kept, by),
        }
        await executor.write(deadline_lists.spread)
        if isinstance(database, PostgresDatabase):
            await executor.write(lambda c: c.execute(sa.text("ANALYZE")) and None)
        last = FIRST + timedelta(microseconds=count * APART)
        for what, (work, floor) in deadline_lists.asked(kept, executor, AGENCY, last).items():
            found[what] = await _both(work, floor)
        return found


@asynccontextmanager
async def _opened(database: Database) -> AsyncIterator[Executor]:
    executor = open_executor(database)
    try:
        yield executor
    finally:
        await executor.close()


_EARLIEST = sa.select(deadlines.c.next_at).where(deadlines.c.next_at.is_not(None)).order_by(deadlines.c.next_at)
_DUE = sa.select(deadlines).where(deadlines.c.next_at.is_not(None)).order_by(deadlines.c.next_at).limit(STEPS)
_OWED = (
    sa.select(deadlines)
    .where(deadlines.c.organ == AGENCY, deadlines.c.state == "open")
    .order_by(deadlines.c.due_at)
    .limit(PAGE + 1)
)


async def _steps(executor: Executor, kept: SqlDeadlines, by: Timekeeping) -> tuple[float, float]:
    """Take the next steps, again and again; the floor is to find them."""
    floor = await _milliseconds(_look(executor, _DUE))
    spent = []
    for _ in range(TIMES):
        moment = await executor.read(lambda c: c.execute(_EARLIEST.offset(STEPS - 1).limit(1)).scalar_one())
        began = time.perf_counter()
        await kept.take_steps(by, limit=STEPS, now=moment)
        spent.append(1000 * (time.perf_counter() - began))
    return median(spent), floor


async def _keeping(executor: Executor, ledger: SqlLedger, kept: SqlDeadlines, by: Timekeeping) -> tuple[float, float]:
    """Keep the events of new documents; the floor inserts as many deadlines, and does nothing else."""
    while await kept.keep(by, limit=300) == 300:  # what taking steps said
        pass
    before = await executor.read(lambda c: c.execute(sa.select(sa.func.max(deadlines.c.seq))).scalar_one())
    start = await executor.read(lambda c: c.execute(sa.select(sa.func.max(events.c.seq))).scalar_one())
    await asyncio.gather(*(ledger.accept(entry(number, to=(AGENCY,))) for number in range(10, 10 + KEPT)))
    began, read = time.perf_counter(), 0
    while some := await kept.keep(by, limit=300):
        read += some
    spent = time.perf_counter() - began
    made = sa.select(deadlines).where(deadlines.c.seq > before)
    rows = await executor.read(lambda c: [dict(row) for row in c.execute(made).mappings()])
    for number, row in enumerate(rows):
        row |= {"seq": None, "id": f"f{number:031x}"}
        del row["seq"]
    began = time.perf_counter()
    for place in range(0, len(rows), 300):
        some_rows = rows[place : place + 300]
        await executor.write(lambda c, some=some_rows: c.execute(deadlines.insert(), some) and None)  # type: ignore[misc]
    floor = time.perf_counter() - began
    assert read and start  # noqa: S101  there was something to keep
    return 1000 * spent / read, 1000 * floor / read


def _look(executor: Executor, select: sa.Select[tuple[object, ...]]) -> Callable[[], Awaitable[object]]:
    """Make a bare look-up of its text, without what makes objects of rows."""

    async def look() -> object:
        return await executor.read(lambda c: c.execute(select).all())

    return look


async def _both(work: Callable[[], Awaitable[object]], floor: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    return await _milliseconds(work), await _milliseconds(floor)


async def _milliseconds(work: Callable[[], Awaitable[object]]) -> float:
    spent = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await work()
        spent.append(1000 * (time.perf_counter() - began))
    return median(spent)


def _fill(connection: sa.Connection, count: int) -> None:
    """Clone the document that is there, its delivery and a deadline of it, until so many run."""
    own = entry(1, to=(AGENCY,))
    document, delivery = own.document.id, own.deliveries[0].id
    n, number = _hex(connection, "n"), _hex(connection, f"((n - 1) / {EACH} + 1)")
    due = f"{int(FIRST.timestamp()) * 1_000_000} + n * {APART}"
    shared = count // EACH
    _clone(
        connection,
        documents,
        document,
        shared,
        {"id": n, "document_id": n, "natural_key": n, "sha256": n, "content_sha256": n, "number": "CAST(n AS TEXT)"},
    )
    _clone(connection, deliveries, delivery, shared, {"id": n, "document": n, "document_seq": "n", "receiver": _organ("n")})
    found = sa.select(deadlines.c.id).where(deadlines.c.rule == "collection")
    template = connection.execute(found).scalar_one()
    _clone(
        connection,
        deadlines,
        template,
        count,
        {
            "id": n,
            "document": number,
            "delivery": number,
            "organ": _organ(f"((n - 1) / {EACH} + 1)"),
            "starts_at": f"{due} - 3600000000",
            "due_at": due,
            "next_at": due,
        },
    )
    connection.execute(deadlines.delete().where(deadlines.c.delivery == delivery))


def _organ(number: str) -> str:
    return f"'H56.' || CAST({number} % {ORGANS} AS TEXT)"


def _hex(connection: sa.Connection, number: str) -> str:
    lite = connection.dialect.name == "sqlite"
    return f"printf('%032x', {number})" if lite else f"lpad(to_hex({number}), 32, '0')"


def _clone(connection: sa.Connection, table: sa.Table, template: str, count: int, other: Mapping[str, str]) -> None:
    names = [column.name for column in table.columns if column.name != "seq"]
    values = [other.get(name, f"old.{name}") for name in names]
    lite = connection.dialect.name == "sqlite"
    up_to = f"UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}" if lite else f"FROM generate_series(1::bigint, {count}) AS n"  # noqa: S608
    numbers = f"WITH RECURSIVE numbers(n) AS (SELECT 1 {up_to})" if lite else f"WITH numbers AS (SELECT n {up_to})"
    into = f"INSERT INTO {table.name} ({', '.join(names)})"
    copied = f"SELECT {', '.join(values)} FROM {table.name} AS old, numbers WHERE old.id = '{template}'"  # noqa: S608  our own
    connection.exec_driver_sql(f"{numbers} {into} {copied}" if lite else f"{into} {numbers} {copied}")
