"""How SQLite finds deadlines: by an index that is in the order asked for, so that how many there are does not matter."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.core.deadlines import DeadlineState, Rule
from gateway.core.model import OrganId, Priority
from gateway.infra import deadline_lateness, deadline_lists, deadline_steps
from gateway.infra.executor_sqlite import engine
from gateway.ports import Owing
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


STATES = (DeadlineState.OPEN, DeadlineState.OVERDUE, DeadlineState.MET)
A, B = OrganId("H56.1"), OrganId("H56.2")


@pytest.mark.parametrize("after", [None, (1, 1)])
@pytest.mark.parametrize("latest_first", [False, True])
@pytest.mark.parametrize(
    ("owing", "names"),
    [
        (Owing(states=STATES), {"deadlines_by_state"}),
        (Owing(organs=(A,), states=STATES), {"deadlines_owed", "deadlines_claimed"}),
        (Owing(debtor=A, states=STATES), {"deadlines_owed"}),
        (Owing(creditor=A, states=STATES, late=True), {"deadlines_claimed"}),
        (Owing(rule=Rule.INTAKE, states=STATES), {"deadlines_by_rule"}),
        (Owing(rule=Rule.INTAKE, priorities=(Priority.NORMAL,), states=STATES), {"deadlines_by_rule"}),
        (
            Owing(rule=Rule.INTAKE, priorities=(Priority.EXPRESS, Priority.EXPRESS_TIMED), states=STATES),
            {"deadlines_by_priority"},
        ),
        (
            Owing(debtor=A, creditor=B, rule=Rule.INTAKE, priorities=(Priority.EXPRESS, Priority.EXPRESS_TIMED), states=STATES),
            {"deadlines_owed"},
        ),
        (Owing(states=STATES, since=NOW, until=NOW), {"deadlines_by_state"}),
    ],
)
def test_lists_are_read_in_the_order_of_an_index(
    connection: sa.Connection, plans: list[str], owing: Owing, names: set[str], after: tuple[int, int] | None, latest_first: bool
) -> None:
    deadline_lists.first(connection, owing, after, 50, latest_first=latest_first)
    found = [step for step in plans if "deadlines" in step]
    assert found
    assert all(any(f"INDEX {name} (" in step for name in names) for step in found)
    assert not any("TEMP B-TREE" in step for step in plans)


def test_what_is_late_is_counted_by_agencies_in_an_index_alone(connection: sa.Connection, plans: list[str]) -> None:
    deadline_lateness.lateness(connection, Owing(), (NOW, NOW + timedelta(days=1)), 0, 20)
    found = [step for step in plans if "deadlines" in step]
    assert found
    assert all("USING COVERING INDEX deadlines_by_state (state=? AND late=? AND due_at>? AND due_at<?)" in step for step in found)


def test_those_of_few_documents_are_found_by_their_documents(connection: sa.Connection, plans: list[str]) -> None:
    deadline_lists.first(connection, Owing(words=("bao",), states=STATES), None, 50)
    assert any("deadlines USING INDEX ix_deadlines_document" in step for step in plans)
