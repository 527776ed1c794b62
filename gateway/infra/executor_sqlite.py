"""SQLite: one writer thread with group commit, readers beside it."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

from gateway.infra.executor import GROUP, Batch, Hook, Outcome, Unit, run_each, run_group, settle, unavailable

T = TypeVar("T")

READERS = 4
BUSY_MILLISECONDS = 10_000
"""How long a reader or another process's migration may hold the file before a write gives up."""


def engine(file: Path) -> sa.Engine:
    """Open a file with the durability that the ledger promises: WAL, and an fsync for each commit."""
    made = sa.create_engine(
        f"sqlite:///{file}",
        connect_args={"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000, "isolation_level": None},
        poolclass=sa.pool.QueuePool,
        pool_size=READERS + 1,
        max_overflow=0,
    )

    @sa.event.listens_for(made, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        _begin_wal(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return made


@retry(
    retry=retry_if_exception(lambda error: isinstance(error, sqlite3.OperationalError) and "locked" in str(error)),
    stop=stop_after_delay(BUSY_MILLISECONDS / 1000),
    wait=wait_random(0.01, 0.05),
    reraise=True,
)
def _begin_wal(connection: sqlite3.Connection) -> None:
    """Switch a new file to write-ahead logging. SQLite does not wait for another process that is doing so at the moment."""
    connection.execute("PRAGMA journal_mode=WAL")


class SqliteExecutor:
    """Executor: writes one after the other in one thread; reads in a small pool."""

    def __init__(self, file: Path, *, before_commit: Hook | None = None, committed: Hook | None = None) -> None:
        """Open the file, inside a running event loop.

        In the writer's thread, `before_commit` is the last that runs in each transaction, and `committed` is called after each
        commit, before any caller hears of it.
        """
        self._before_commit = before_commit
        self._committed = committed
        self._engine = engine(file)
        try:
            self._connection = self._engine.connect()
        except sa.exc.OperationalError as error:
            raise unavailable(error) from error
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.SimpleQueue[Unit | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, "ledger-reader")
        self._writer = threading.Thread(target=self._write, name="ledger-writer", daemon=True)
        self._writer.start()

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        return cast("T", await self.write_batched(run_each, work))

    async def write_batched(self, batch: Batch, item: Any) -> Any:
        self._demand_open()
        done = self._loop.create_future()
        self._waiting.put(Unit(batch=batch, item=item, done=done))
        return await done

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        self._demand_open()
        return await self._loop.run_in_executor(self._readers, self._read, work)

    async def close(self) -> None:
        """Finish what is waiting, then close the file; the last connection to it empties the write-ahead log."""
        self._closed = True
        self._waiting.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()
        self._connection.close()
        self._engine.dispose()

    def _demand_open(self) -> None:
        if self._closed:
            raise unavailable("closed")

    def _read(self, work: Callable[[sa.Connection], T]) -> T:
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                try:
                    return work(connection)
                finally:
                    connection.exec_driver_sql("ROLLBACK")
        except sa.exc.OperationalError as error:
            raise unavailable(error) from error

    def _write(self) -> None:
        while (first := self._waiting.get()) is not None:
            group, last = self._gather(first)
            self._settle(self._run(group))
            if last:
                return

    def _gather(self, first: Unit) -> tuple[list[Unit], bool]:
        """Take what waits, up to a group; True when the end was seen."""
        group = [first]
        while len(group) < GROUP:
            try:
                unit = self._waiting.get_nowait()
            except queue.Empty:
                break
            if unit is None:
                return group, True
            group.append(unit)
        return group, False

    def _run(self, group: list[Unit]) -> list[Outcome]:
        """Run a group in one transaction; if a unit fails it, run each in its own, so that only the guilty one fails."""
        try:
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
        except sa.exc.OperationalError as error:  # nobody is guilty: alone, each would wait for the lock in its turn
            return [(unit, error) for unit in group]
        self._connection.info.clear()
        try:
            outcomes = self._commit(group)
        except Exception as error:  # noqa: BLE001  whatever a unit raises is its caller's
            if len(group) == 1:
                return [(group[0], error)]
            return [outcome for unit in group for outcome in self._run([unit])]
        if self._committed is not None:
            self._committed(self._connection)
        return outcomes

    def _commit(self, group: list[Unit]) -> list[Outcome]:
        connection = self._connection
        try:
            outcomes = run_group(connection, group)
            if self._before_commit is not None:
                self._before_commit(connection)
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            with contextlib.suppress(sa.exc.OperationalError):  # SQLite may have rolled back by itself
                connection.exec_driver_sql("ROLLBACK")
            raise
        return outcomes

    def _settle(self, outcomes: list[Outcome]) -> None:
        told = [(unit, _translated(result)) for unit, result in outcomes]
        self._loop.call_soon_threadsafe(settle, told)


def _translated(result: Any) -> Any:
    return unavailable(result) if isinstance(result, sa.exc.OperationalError) else result
