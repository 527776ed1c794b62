"""PostgreSQL: a few lanes with group commit, snapshots beside them."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

import asyncpg  # type: ignore[import-untyped]
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, stop_after_delay, wait_random_exponential

from gateway.infra import postgres_faults
from gateway.infra.database import PostgresDatabase
from gateway.infra.executor import GROUP, Batch, Hook, Outcome, Unit, run_each, run_group, settle, unavailable

T = TypeVar("T")

LANES = 1
"""Transactions written side by side: with one, groups are largest, and a document costs a tenth less than with two (measured)."""
GROW_SECONDS = 0.003
"""How long a group may grow under load: less than a commit takes, and half the transactions."""
ATTEMPTS = 6
"""How often a unit that meets another's work is run: whoever was first has committed by then."""
PAUSE_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 5
"""A unit that has run for so long is not run again: it waited for a lock."""
REPLAY_SECONDS = 30
"""How long a group whose units are run one by one may take: behind a lock that nobody gives back, each would wait in its turn."""
STATEMENTS = 512
"""Prepared statements that a connection keeps: a list of each length up to GROUP is a statement of its own."""
CONNECT_SECONDS = 10
CLOSE_SECONDS = 5
GRACE_SECONDS = 5
"""How much longer than the server's own time-out a statement is waited for: a server that hangs answers nothing."""


async def connect(database: PostgresDatabase, name: str, *, seconds: float, **settings: str) -> Any:
    """Open a connection of the driver, whose statements take at most `seconds`; `settings` are the server's."""
    return await asyncpg.connect(
        database.url,
        password=database.password,
        timeout=CONNECT_SECONDS,
        command_timeout=seconds,
        server_settings={"application_name": name, "jit": "off", **settings},
    )


def engine(database: PostgresDatabase) -> AsyncEngine:
    """Open the pool: nobody waits for a statement, a lock or an idle transaction for ever, and a commit is on disk."""
    settings = {
        "statement_timeout": _milliseconds(database.statement_seconds),
        "lock_timeout": _milliseconds(database.lock_seconds),
        "idle_in_transaction_session_timeout": _milliseconds(database.lock_seconds),
        "synchronous_commit": "on",
    }
    opened = partial(connect, database, "lienthong", seconds=database.statement_seconds + GRACE_SECONDS, **settings)
    made = create_async_engine(
        "postgresql+asyncpg://",
        connect_args={"async_creator_fn": opened, "prepared_statement_cache_size": STATEMENTS},
        isolation_level="READ COMMITTED",
        pool_size=database.connections,
        max_overflow=0,
        pool_use_lifo=True,  # those that are used most know most statements
    )
    sa.event.listen(made.sync_engine, "checkout", _demand_alive)
    return made


class PostgresExecutor:
    """Executor, in the event loop."""

    def __init__(
        self, database: PostgresDatabase, *, before_commit: Hook | None = None, committed: Hook | None = None, lanes: int = LANES
    ) -> None:
        """Open lazily, inside a running event loop.

        `before_commit` is the last that runs in each transaction, and `committed` is called after each commit, before any
        caller hears of it.
        """
        self._before_commit = before_commit
        self._committed = committed
        self._engine = engine(database)
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._closed = False
        self._waiting: asyncio.Queue[Unit | None] = asyncio.Queue()
        lanes = min(lanes, database.connections - 1)
        self._readers = database.connections - lanes
        self._reading = asyncio.Semaphore(self._readers)
        self._lanes = [asyncio.create_task(self._lane(), name=f"ledger-lane-{number}") for number in range(lanes)]

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        return cast("T", await self.write_batched(run_each, work))

    async def write_batched(self, batch: Batch, item: Any) -> Any:
        self._demand_open()
        done = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(Unit(batch=batch, item=item, done=done))
        return await done

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        async with self._reading:
            self._demand_open()
            try:
                return await _on(self._snapshots, work)
            except Exception as error:
                raise postgres_faults.translated(error) from error

    async def close(self) -> None:
        """Finish what is waiting, then close the connections."""
        self._closed = True
        self._waiting.put_nowait(None)
        await asyncio.gather(*self._lanes)
        for _ in range(self._readers):  # once all are held, nobody reads
            await self._reading.acquire()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._engine.dispose()
        for _ in range(self._readers):
            self._reading.release()

    def _demand_open(self) -> None:
        if self._closed:
            raise unavailable("closed")

    async def _lane(self) -> None:
        """Run group after group. Under load each is let grow for a moment: what a transaction costs is then shared by more."""
        alone = True
        while (first := await self._waiting.get()) is not None:
            if not alone:
                await asyncio.sleep(GROW_SECONDS)
            group = self._gather(first)
            alone = len(group) == 1
            settle(await self._run(group))
        self._waiting.put_nowait(None)  # for the lane beside

    def _gather(self, first: Unit) -> list[Unit]:
        """Take what waits, up to a group."""
        group = [first]
        while len(group) < GROUP and not self._waiting.empty():
            unit = self._waiting.get_nowait()
            if unit is None:
                self._waiting.put_nowait(None)
                break
            group.append(unit)
        return group

    async def _run(self, group: list[Unit]) -> list[Outcome]:
        """Run a group in one transaction; if a unit fails it, run each in its own, so that only the guilty one fails."""
        try:
            return await self._commit(group)
        except Exception as error:  # noqa: BLE001  whatever a unit raises is its caller's
            if postgres_faults.is_lost(error):  # nobody is guilty, and what was sent may be committed
                return [(unit, postgres_faults.translated(error)) for unit in group]
            if len(group) == 1 and not postgres_faults.is_conflict(error):
                return [(group[0], postgres_faults.translated(error))]
        return await self._replay(group)

    async def _replay(self, group: list[Unit]) -> list[Outcome]:
        end = asyncio.get_running_loop().time() + REPLAY_SECONDS
        outcomes: list[Outcome] = []
        for unit in group:
            late = asyncio.get_running_loop().time() > end
            outcomes.append((unit, unavailable("slow") if late else await self._alone(unit)))
        return outcomes

    async def _alone(self, unit: Unit) -> Any:
        """Run a unit by itself, again when it meets another's work; give its result, or the exception that it gets."""
        again = AsyncRetrying(
            retry=retry_if_exception(postgres_faults.is_conflict),
            stop=stop_after_attempt(ATTEMPTS) | stop_after_delay(PATIENCE_SECONDS),
            wait=wait_random_exponential(PAUSE_SECONDS, LONGEST_PAUSE_SECONDS),
            reraise=True,
        )
        try:
            outcomes: list[Outcome] = await again(self._commit, [unit])
        except Exception as error:  # noqa: BLE001  whatever a unit raises is its caller's
            return postgres_faults.translated(error)
        return outcomes[0][1]

    async def _commit(self, group: list[Unit]) -> list[Outcome]:
        return await _on(self._engine, lambda connection: self._work(connection, group))

    def _work(self, connection: sa.Connection, group: list[Unit]) -> list[Outcome]:
        connection.info.clear()
        outcomes = run_group(connection, group)
        if self._before_commit is not None:
            self._before_commit(connection)
        connection.commit()
        if self._committed is not None:
            self._committed(connection)
        return outcomes


async def _on(opened: AsyncEngine, work: Callable[[sa.Connection], T]) -> T:
    """Run `work` on a connection of the pool; one whose answer did not come is not used again."""
    async with opened.connect() as connection:
        try:
            return await connection.run_sync(work)
        except OSError:
            await connection.invalidate()
            raise


def _demand_alive(connection: Any, _record: object, _proxy: object) -> None:
    """Have the pool replace a connection that was closed while it lay idle."""
    if connection.driver_connection.is_closed():
        raise sa.exc.DisconnectionError


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))
