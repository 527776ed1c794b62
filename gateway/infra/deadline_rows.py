"""How deadlines are rows."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.deadlines import Deadline, DeadlineState, Rule
from gateway.core.model import OrganId
from gateway.infra.tables import deadlines

_FIELDS: Final = tuple(each.name for each in fields(Deadline))
_CHANGED: Final = (
    deadlines.update()
    .where(deadlines.c.id == sa.bindparam("its"))
    .values({name: sa.bindparam(f"new_{name}") for name in _FIELDS if name != "id"})
)


def read_deadline(row: sa.RowMapping | dict[str, Any]) -> Deadline:
    """Read a deadline."""
    values = {name: row[name] for name in _FIELDS}
    named = {"rule": Rule(row["rule"]), "state": DeadlineState(row["state"])}
    organs = {"organ": OrganId(row["organ"]), "creditor": OrganId(row["creditor"])}
    return Deadline(**(values | named | organs))


def write_deadlines(connection: sa.Connection, changed: Iterable[Deadline], known: frozenset[str]) -> None:
    """Write deadlines: those that are known are changed, the rest is new."""
    rows = [_row(each) for each in changed]
    new = [row for row in rows if row["id"] not in known]
    old = [{f"new_{name}": value for name, value in row.items()} | {"its": row["id"]} for row in rows if row["id"] in known]
    if new:
        connection.execute(deadlines.insert(), new)
    for row in old:
        del row["new_id"]
    if old:
        connection.execute(_CHANGED, old)


def _row(value: Deadline) -> dict[str, Any]:
    row = {name: getattr(value, name) for name in _FIELDS}
    return row | {"rule": value.rule.value, "state": value.state.value}
