"""A delivery moves only from where it was read."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.core import lifecycle
from gateway.core.faults import Transient
from gateway.core.model import State, StatusCode
from gateway.infra import ledger_accept, ledger_read
from gateway.infra.executor_sqlite import engine
from gateway.infra.ledger_moves import move, standing
from tests.contracts.entries import RECEIVER, entry
from tests.migrated import new_ledger


@pytest.mark.parametrize(
    "elsewhere",
    [{"state": State.COLLECTED}, {"status_code": StatusCode.REGISTERED}, {"progress": StatusCode.REGISTERED}],
    ids=str,
)
def test_a_delivery_that_moved_since_it_was_read_is_not_moved(tmp_path: Path, elsewhere: dict[str, object]) -> None:
    new_ledger(tmp_path / "ledger.sqlite3")
    opened = engine(tmp_path / "ledger.sqlite3")
    with opened.connect() as connection:
        ledger_accept.accept(connection, [entry()])
        own = ledger_read.delivery(connection, entry().deliveries[0].id, {RECEIVER}).deliveries[0]
        stale = replace(own, **elsewhere)  # type: ignore[arg-type]  # by name
        with pytest.raises(Transient, match="busy"):
            move(connection, stale, lifecycle.report(standing(stale), StatusCode.COMPLETED))
        assert ledger_read.delivery(connection, own.id, {RECEIVER}).deliveries[0] == own
        move(connection, own, lifecycle.report(standing(own), StatusCode.COMPLETED))
        assert connection.execute(sa.text("SELECT state FROM deliveries WHERE id = :id"), {"id": own.id}).scalar() == "completed"
    opened.dispose()
