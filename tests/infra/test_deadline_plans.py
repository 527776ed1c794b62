"""How SQLite finds deadlines: by an index that is in the order asked for, so that how many there are does not matter."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.core.deadlines import DeadlineState
from gateway.core.model import OrganId
from gateway.infra import deadline_lists, deadline_steps
from gateway.infra.executor_sqlite import engine
from tests.contracts.deadlines_contract import BY
from tests.contracts.entries import NOW
from tests.migrated import new_ledger


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    new_ledger(tmp_path / "ledger.sqlite3")
    opened = engine(tmp_path / "ledger.sqlite3")
    with opened.connect() as connection:
        yield connection
    opened.dispose()


@pytest.fixture
def plans(connection: sa.Connection) -> list[str]:
    """Give the steps of the plan of each query that is run from now on."""
    steps: list[str] = []

    def explain(cursor: sa.engine.interfaces.DBAPICursor, statement: str, parameters: object) -> None:
        if statement.startswith("SELECT"):
            explaining = cursor.connection.cursor()
            steps.extend(row[3] for row in explaining.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    sa.event.listen(
        connection, "before_cursor_execute", lambda _c, cursor, statement, parameters, *_: explain(cursor, statement, parameters)
    )
    return steps


def test_steps_are_found_by_when_they_are_due(connection: sa.Connection, plans: list[str]) -> None:
    deadline_steps.take(connection, BY, 200, NOW)
    assert any("USING INDEX deadlines_next" in step for step in plans)
    assert not any("SCAN" in step or "TEMP B-TREE" in step for step in plans)


@pytest.mark.parametrize("organs", [{OrganId("H56.1"), OrganId("H56.2")}, None])
@pytest.mark.parametrize("after", [None, (1, 1)])
def test_lists_are_read_in_the_order_of_an_index(
    connection: sa.Connection, plans: list[str], organs: set[OrganId] | None, after: tuple[int, int] | None
) -> None:
    deadline_lists.first(connection, organs, [DeadlineState.OPEN, DeadlineState.OVERDUE], after, 50)
    found = [step for step in plans if "deadlines" in step]
    names = {"deadlines_by_state"} if organs is None else {"deadlines_owed", "deadlines_claimed"}
    assert found
    assert all(any(f"USING COVERING INDEX {name} " in step for name in names) for step in found)
    assert not any("TEMP B-TREE" in step for step in plans)
