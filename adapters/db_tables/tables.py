"""The vendor's tables as SQLAlchemy has them, made of a mapping and compared with what the database really has."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import sqlalchemy as sa

from gateway.sdk import Misconfigured, Undeliverable

from .columns import Column, Type, sql_type
from .mapping import Files, Kept, Mapping, Pending, Rows, State, Statuses

_FAMILIES: Final = (
    ({Type.TEXT, Type.LONG}, (sa.String,)),
    ({Type.NUMBER}, (sa.Integer, sa.Numeric, sa.Boolean)),
    ({Type.DATE, Type.MOMENT}, (sa.Date, sa.DateTime)),
    ({Type.BYTES}, (sa.LargeBinary,)),
)
"""Which real types a column of a mapping may have; a type that is none of these (a vendor's own) is taken as it is."""


class Tables:
    """All tables of a mapping. A table has one `sa.Table` for each section, with the columns that the section names."""

    def __init__(self, mapping: Mapping, dialect: str = "") -> None:
        self._schema = mapping.schema_name
        self._returning = dialect != "mssql"  # there, OUTPUT is an error on a table that has triggers
        self._lengths: dict[tuple[str, str], int] = {}
        inbox, outbox = mapping.inbox, mapping.outbox
        received, waiting = inbox.document.key_type, outbox.document.key_type
        self.inbox_document = self._rows(inbox.document)
        self.inbox_receiver = self._rows(inbox.receiver, received) if inbox.receiver else None
        self.inbox_files = self._rows(inbox.files, received)
        own_state = outbox.state if outbox.receivers is None else None
        sent = outbox.document.model_copy(update={"columns": mapping.sent})
        self.outbox_document = self._rows(sent, waiting, own_state, _list_column(mapping))
        self.outbox_receivers = self._rows(outbox.receivers, waiting, outbox.state) if outbox.receivers else None
        self.outbox_files = self._rows(outbox.files, waiting)
        self.statuses = self._rows(mapping.statuses, received, mapping.statuses.state)
        self.news = self._rows(mapping.news)
        self.keys = sa.Table(
            mapping.keys,
            sa.MetaData(),
            sa.Column("KIND", sa.Unicode(), primary_key=True),
            sa.Column("LT_KEY", sa.Unicode(), primary_key=True),
            sa.Column("REFERENCE", sa.Unicode()),
            sa.Column("CREATED_AT", sa.DateTime()),
            schema=self._schema,
        )

    def __iter__(self) -> Iterator[sa.Table]:
        each: Iterable[sa.Table | None] = (
            *(self.inbox_document, self.inbox_receiver, self.inbox_files),
            *(self.outbox_document, self.outbox_receivers, self.outbox_files),
            *(self.statuses, self.news, self.keys),
        )
        return (table for table in each if table is not None)

    def check(self, connection: sa.Connection) -> None:
        """Compare with the database. Raises `Misconfigured` naming a table or columns that it does not have so."""
        inspector = sa.inspect(connection)
        for table in self:
            if not inspector.has_table(table.name, self._schema):
                raise _wrong(f"không có bảng {table.name}", f"there is no table {table.name}")
            folded = _folding(connection.dialect)
            real = {folded(each["name"]): each["type"] for each in inspector.get_columns(table.name, self._schema)}
            missing = [each.name for each in table.columns if folded(each.name) not in real]
            if missing:
                names = ", ".join(missing)
                raise _wrong(f"bảng {table.name} không có cột {names}", f"table {table.name} has no column {names}")
            for column in table.columns:
                self._compare(table, column, real[folded(column.name)])

    def fitting(self, table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
        """Give a row back whose texts fit their columns. Raises `Undeliverable` naming the one that does not: nothing is cut."""
        for name, value in row.items():
            most = self._lengths.get((table.name, name))
            if most is not None and isinstance(value, str) and len(value) > most:
                detail = f"{table.name}.{name}: {len(value)} > {most} ký tự"
                raise Undeliverable(
                    "receiver-refused", detail=detail, detail_en=f"{table.name}.{name}: {len(value)} > {most} characters"
                )
        return row

    def cut(self, table: sa.Table, name: str, words: str) -> str:
        """Cut words of the hub's own to the length of their column."""
        return words[: self._lengths.get((table.name, name), len(words))]

    def _compare(self, table: sa.Table, column: sa.Column[Any], real: Any) -> None:
        for kinds, family in _FAMILIES:
            wanted = any(isinstance(column.type, type(sql_type(kind))) for kind in kinds)
            known = any(isinstance(real, real_types) for _, real_types in _FAMILIES)
            if wanted and known and not isinstance(real, family):
                name, types = f"{table.name}.{column.name}", f"{type(real).__name__} ≠ {type(column.type).__name__}"
                raise _wrong(f"cột {name}: kiểu {types}", f"column {name}: type {types}")
        length = getattr(real, "length", None)
        if isinstance(real, sa.String) and isinstance(length, int) and length > 0:
            self._lengths[table.name, column.name] = length

    def _rows(
        self, rows: Rows, of: Type = Type.NUMBER, state: State | None = None, more: dict[str, Type] | None = None
    ) -> sa.Table:
        """Make a table; `of` is the type of the key of the document that its rows belong to."""
        columns = {rows.key: rows.key_type, **_extra(rows, of), **_of_state(state), **(more or {})}
        columns |= {name: _type(column) for name, column in rows.columns.items()}
        sequence = sa.Sequence(rows.sequence, schema=self._schema) if rows.sequence else None
        made = [
            sa.Column(
                name, sql_type(kind), *filter(None, (sequence if name == rows.key else None,)), primary_key=name == rows.key
            )
            for name, kind in columns.items()
        ]
        return sa.Table(rows.table, sa.MetaData(), *made, schema=self._schema, implicit_returning=self._returning)


def condition(table: sa.Table, rows: Pending) -> Iterator[sa.ColumnElement[bool]]:
    """Give the conditions that rows must meet to be taken, besides being pending."""
    for name, value in rows.where.items():
        yield table.c[name].in_(_several(value))
    for name, value in rows.unless.items():
        yield sa.or_(table.c[name].is_(None), table.c[name].not_in(_several(value)))


def _several(value: int | str | list[int | str]) -> list[int | str]:
    return value if isinstance(value, list) else [value]


def _extra(rows: Rows, of: Type) -> dict[str, Type]:
    """Give the columns that a section has besides those that hold fields."""
    extra: dict[str, Type] = {}
    if isinstance(rows, Pending):
        for name, value in (*rows.where.items(), *rows.unless.items()):
            extra[name] = Type.NUMBER if isinstance(_several(value)[0], int) else Type.TEXT
    if isinstance(rows, Kept | Statuses):
        extra[rows.document] = of
    if isinstance(rows, Files):
        extra[rows.content] = Type.BYTES
    return extra


def _of_state(state: State | None) -> dict[str, Type]:
    if state is None:
        return {}
    columns = {state.column: state.type}
    columns |= {state.reason: Type.TEXT} if state.reason else {}
    return columns | ({state.attempts: Type.NUMBER} if state.attempts else {})


def _list_column(mapping: Mapping) -> dict[str, Type]:
    listed = mapping.outbox.receiver_list
    return {} if listed is None else {listed.column: Type.LONG}


def _type(column: Column) -> Type:
    """Give the type that a column really has: a constant's is its own, a day written by a format is text."""
    if column.value is not None:
        return Type.NUMBER if isinstance(column.value, int) else Type.TEXT
    if column.codes:
        return Type.NUMBER if all(isinstance(each, int) for each in column.codes.values()) else Type.TEXT
    return column.type


def _folding(dialect: sa.Dialect) -> Callable[[str], str]:
    """Give how the database spells a name; Oracle's are in capitals, which SQLAlchemy shows as small letters."""
    if dialect.requires_name_normalize:
        return lambda name: str(dialect.denormalize_name(name))
    return str


def _wrong(vi: str, en: str) -> Misconfigured:
    return Misconfigured("link-misconfigured", detail=vi, detail_en=en)
