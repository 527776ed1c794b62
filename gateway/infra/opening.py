"""The executor that fits a database."""

from collections.abc import Callable, Collection
from pathlib import Path

from gateway.core.model import OrganId
from gateway.infra import ledger_events
from gateway.infra.database import Database
from gateway.infra.executor import Executor
from gateway.infra.executor_sqlite import SqliteExecutor


def open_executor(database: Database, wake: Callable[[Collection[OrganId]], None] | None = None) -> Executor:
    """Open the ledger's database, inside a running event loop; `wake` is told there whom events committed here concern.

    What other processes commit to PostgreSQL is heard by `listener_postgres.listen`, and so is what is committed here.
    """
    committed = None if wake is None else ledger_events.waker(wake)
    if isinstance(database, Path):
        return SqliteExecutor(database, before_commit=ledger_events.finish, committed=committed)
    from gateway.infra.executor_postgres import PostgresExecutor  # the embedded ledger does not pay for it

    return PostgresExecutor(database, before_commit=ledger_events.finish, committed=committed)
