"""The outbox keeps its promises on every ledger."""

from tests.contracts.executors import OnPostgres, OnSqlite
from tests.contracts.outbox_circuit_contract import CircuitContract, RouteContract, StatusRaceContract
from tests.contracts.outbox_contract import AttemptContract, RelayContract
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class OutboxContract(RelayContract, AttemptContract, StatusRaceContract, CircuitContract, RouteContract):
    """All of them."""


class TestSqliteOutbox(OutboxContract, OnSqlite):
    """SQLite."""


class TestPostgresOutbox(OutboxContract, OnPostgres):
    """PostgreSQL."""
