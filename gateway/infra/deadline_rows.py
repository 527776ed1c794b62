"""How deadlines are rows."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.deadlines import Deadline, DeadlineState, Rule
from gateway.core.model import OrganId
from gateway.infra.tables import deadlines, documents

_FIELDS: Final = tuple(each.name for each in fields(Deadline))
_CHANGED: Final = (
    deadlines.update()
    .where(deadlines.c.id == sa.bindparam("its"))
    .values({name: sa.bindparam(f"new_{name}") for name in _FIELDS if name != "id"})
)
_PRIORITY: Final = sa.select(documents.c.priority).where(documents.c.id == sa.bindparam("its_document")).scalar_subquery()
_NEW: Final = deadlines.insert().values({name: sa.bindparam(f"new_{name}") for name in _FIELDS} | {"priority": _PRIORITY})


def read_deadline(row: sa.RowMapping | dict[str, Any]) -> Deadline:
    """Read a deadline."""
    values = {name: row[name] for name in _FIELDS}
    named = {"rule": Rule(row["rule"]), "state": DeadlineState(row["state"])}
    organs = {"organ": OrganId(row["organ"]), "creditor": OrganId(row["creditor"])}
    return Deadline(**(values | named | organs))


def write_deadlines(connection: sa.Connection, changed: Iterable[Deadline], known: frozenset[str]) -> None:
    """Write deadlines: those that are known are changed, the rest is new."""
    rows = [_row(each) for each in changed]
    new = [row | {"its_document": row["new_document"]} for row in rows if row["new_id"] not in known]
    old = [row | {"its": row["new_id"]} for row in rows if row["new_id"] in known]
    if new:
        connection.execute(_NEW, new)
    for row in old:
        del row["new_id"]
    if old:
        connection.execute(_CHANGED, old)


def _row(value: Deadline) -> dict[str, Any]:
    row = {f"new_{name}": getattr(value, name) for name in _FIELDS}
    return row | {"new_rule": value.rule.value, "new_state": value.state.value}
