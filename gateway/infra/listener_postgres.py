"""What other processes commit to PostgreSQL wakes those who wait in this one."""

import asyncio
import contextlib
from typing import Final, NoReturn

import asyncpg  # type: ignore[import-untyped]

from gateway.infra import ledger_events
from gateway.infra.database import PostgresDatabase
from gateway.infra.executor_postgres import connect
from gateway.infra.waiting import ProcessWaiting
from gateway.ports import Telemetry

NAME: Final = "lienthong-listener"
PROBE_SECONDS: Final = 10.0
"""How soon a connection that died without a word is noticed."""
ANSWER_SECONDS: Final = 5.0
PAUSE_SECONDS: Final = 1.0
"""Before a connection is tried anew."""


async def listen(database: PostgresDatabase, waiting: ProcessWaiting, telemetry: Telemetry) -> NoReturn:
    """Listen for ever; whoever may have missed something while there was no connection is woken after it."""
    while True:
        try:
            await _listen(database, waiting)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            telemetry.record("listener.lost", error=type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


async def _listen(database: PostgresDatabase, waiting: ProcessWaiting) -> None:
    """Listen until the connection is lost."""

    def heard(_connection: object, _process: int, _channel: str, payload: object) -> None:
        organs = ledger_events.concerned(str(payload))
        if organs is None:
            waiting.notify_all()
        else:
            waiting.notify(organs)

    lost = asyncio.Event()
    connection = await connect(database, NAME, seconds=ANSWER_SECONDS)
    try:
        connection.add_termination_listener(lambda _connection: lost.set())
        await connection.add_listener(ledger_events.CHANNEL, heard)
        waiting.notify_all()
        while not lost.is_set():
            await connection.execute("SELECT 1")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(lost.wait(), PROBE_SECONDS)
    finally:
        connection.terminate()
