"""What every exchange does with rows: fields into a row and back, the hub's keys, and what became of a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gateway.sdk import Context, Undeliverable

from .columns import VIETNAM, Column, Type
from .database import Database
from .faults import Meaning, fault, meaning
from .mapping import Mapping as TableMapping
from .mapping import Rows, State
from .tables import Tables

DOCUMENT: Final = "document"
"""Kind of the hub's key of a delivery; its reference is the key of the vendor's row."""
SENT: Final = "sent"
"""Kind of the hub's id of a document that was collected; its reference is the key of the vendor's row."""
NOTICE: Final = "notice"
"""Kind of the hub's key of news."""
PORTION: Final = 500
"""Keys in one IN: Oracle takes 1000, SQL Server 2100 parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """A vendor's database, with its mapping."""

    database: Database
    mapping: TableMapping
    tables: Tables
    context: Context

    def now(self) -> datetime:
        """Give the time as the vendor's columns have it: Vietnam's, without a zone."""
        return self.context.now().astimezone(VIETNAM).replace(tzinfo=None, microsecond=0)


def row_of(table: sa.Table, columns: Mapping[str, Column], fields: Mapping[str, str]) -> dict[str, Any]:
    """Make a row. Raises `Undeliverable` naming the column that a field's value cannot be in."""
    row = {}
    for name, column in columns.items():
        try:
            row[name] = column.write(fields.get(column.source or ""))
        except ValueError as error:
            detail = f"{table.name}.{name}: {column.source}: {error}"
            raise Undeliverable("receiver-refused", detail=detail) from error
    return row


def fields_of(columns: Mapping[str, Column], row: Mapping[str, Any]) -> dict[str, str]:
    """Make fields of a row. Raises ValueError naming the column that has none."""
    fields = {}
    for name, column in columns.items():
        try:
            text = column.read(row[name]) if column.source is not None else None
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{name}: {error}") from error
        if text:
            fields[column.source or ""] = text
    return fields


def read(connection: sa.Connection, found: sa.Select[Any]) -> list[dict[str, Any]]:
    """Read rows, by name of column."""
    return [{str(name): value for name, value in each.items()} for each in connection.execute(found).mappings()]


def insert(connection: sa.Connection, vendor: Vendor, table: sa.Table, row: dict[str, Any]) -> Any:
    """Write a row; give its key. Raises the faults of the database, naming the table."""
    try:
        done = connection.execute(sa.insert(table).values(vendor.tables.fitting(table, row)))
    except sa.exc.SQLAlchemyError as error:
        raise fault(error, table.name) from None
    return (done.inserted_primary_key or (None,))[0]


def claim(connection: sa.Connection, vendor: Vendor, kind: str, key: str, reference: str | None) -> bool:
    """Write one of the hub's keys down; False where it is there. Waits for a transaction that is just writing the same."""
    keys = vendor.tables.keys
    row = {"KIND": kind, "LT_KEY": key, "REFERENCE": reference, "CREATED_AT": vendor.now()}
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(keys).values(row))
    except sa.exc.DBAPIError as error:
        if meaning(error) is not Meaning.REFUSED:
            raise
        return False
    return True


def refer(connection: sa.Connection, vendor: Vendor, kind: str, key: str, reference: str) -> None:
    """Complete one of the hub's keys with what it stands for."""
    keys = vendor.tables.keys
    own = (keys.c["KIND"] == kind, keys.c["LT_KEY"] == key)
    connection.execute(sa.update(keys).where(*own).values(REFERENCE=reference))


def reference_of(connection: sa.Connection, vendor: Vendor, kind: str, key: str) -> str | None:
    """Give what a key of the hub's stands for."""
    keys = vendor.tables.keys
    found = sa.select(keys.c.REFERENCE).where(keys.c["KIND"] == kind, keys.c["LT_KEY"] == key)
    return connection.execute(found).scalar_one_or_none()


def key_of(connection: sa.Connection, vendor: Vendor, kind: str, reference: str) -> str | None:
    """Give the hub's key that stands for a row of the vendor's."""
    keys = vendor.tables.keys
    found = sa.select(keys.c.LT_KEY).where(keys.c["KIND"] == kind, keys.c["REFERENCE"] == reference)
    return connection.execute(found.order_by(keys.c.CREATED_AT)).scalars().first()


def vendors_key(rows: Rows, reference: str) -> int | str:
    """Give the value of a vendor's key, kept as text."""
    return int(reference) if rows.key_type is Type.NUMBER else reference


def settle(
    connection: sa.Connection, vendor: Vendor, table: sa.Table, state: State, keys: Sequence[Any], reason: str | None = None
) -> int:
    """Mark rows that are pending as sent, or with a reason as errors; give how many were."""
    values: dict[str, Any] = {state.column: state.sent if reason is None else state.error}
    if state.reason is not None:
        values[state.reason] = None if reason is None else vendor.tables.cut(table, state.reason, reason)
    if state.attempts is not None:
        values[state.attempts] = sa.func.coalesce(table.c[state.attempts], 0) + 1
    own = next(iter(table.primary_key.columns))
    count = 0
    for portion in portions(keys):
        pending = sa.update(table).where(own.in_(portion), table.c[state.column] == state.pending)
        count += connection.execute(pending.values(values)).rowcount
    return count


def portions(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Part keys into as many as one statement takes."""
    for start in range(0, len(keys), PORTION):
        yield keys[start : start + PORTION]
