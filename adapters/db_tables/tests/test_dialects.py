"""The SQL that is sent to databases that no test has a server of."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, oracle, postgresql

from gateway.sdk.conformance import golden

from ..database import Database
from ..mapping import load
from ..outbox import _waiting
from ..rows import Vendor, settle
from ..tables import Tables

DIALECTS: dict[str, sa.Dialect] = {
    "mssql": mssql.dialect(),  # type: ignore[no-untyped-call]
    "oracle": oracle.dialect(use_nchar_for_unicode=True),  # type: ignore[no-untyped-call]
    "postgresql": postgresql.dialect(),  # type: ignore[no-untyped-call]
}


class Heard:
    """Stands for a connection, and keeps what it is told to execute."""

    def __init__(self) -> None:
        self.statements: list[Any] = []

    def execute(self, statement: Any) -> Any:
        self.statements.append(statement)
        return type("Result", (), {"rowcount": 1})


def vendor(mapping: str) -> Vendor:
    loaded = load(mapping, Path())
    context = golden.context(Path(), now=lambda: datetime(2026, 5, 12, tzinfo=UTC))
    database = Database(sa.create_engine("postgresql+pg8000://nowhere"))  # it is never asked
    return Vendor(database=database, mapping=loaded, tables=Tables(loaded), context=context)


def compiled(statement: Any, dialect: str) -> str:
    return " ".join(str(statement.compile(dialect=DIALECTS[dialect])).split())


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("mapping", ["voffice", "phu_tho"])
def test_every_statement_is_made_for_every_dialect(mapping: str, dialect: str) -> None:
    made = vendor(mapping)
    statements = [_waiting(made).limit(500)]
    statements += [sa.select(table) for table in made.tables]
    for statement in (*statements, *(sa.insert(table) for table in made.tables)):
        assert compiled(statement, dialect)


@pytest.mark.parametrize(
    ("dialect", "wanted"),
    [
        ("mssql", "SELECT TOP __[POSTCOMPILE_param_1] [CONNECT_DOCUMENT].[ID]"),
        ("oracle", "FETCH FIRST __[POSTCOMPILE_param_1] ROWS ONLY"),
    ],
)
def test_only_so_many_are_asked_for_in_the_dialects_own_way(dialect: str, wanted: str) -> None:
    assert wanted in compiled(_waiting(vendor("voffice")).limit(500), dialect).replace('"CONNECT_DOCUMENT"."ID"', "")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_row_is_marked_in_one_statement_that_expects_it_pending(dialect: str) -> None:
    made, heard = vendor("voffice"), Heard()
    table = made.tables.outbox_receivers
    assert table is not None
    settle(heard, made, table, made.mapping.outbox.state, [1, 2], None)  # type: ignore[arg-type]
    (statement,) = heard.statements
    text = compiled(statement, dialect).translate(str.maketrans("[]", '""'))
    assert text.startswith('UPDATE "CONNECT_DOC_OUT_DETAIL" SET "IS_SENDED"=')
    assert '"NUMBERSEND"=(coalesce("CONNECT_DOC_OUT_DETAIL"."NUMBERSEND"' in text
    assert text.count("WHERE") == 1
    assert 'AND "CONNECT_DOC_OUT_DETAIL"."IS_SENDED" = ' in text


def test_more_receivers_than_a_statement_takes_are_marked_in_portions() -> None:
    made, heard = vendor("voffice"), Heard()
    table = made.tables.outbox_receivers
    assert table is not None
    assert settle(heard, made, table, made.mapping.outbox.state, list(range(1200)), None) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("dialect", "types"),
    [
        ("mssql", {"CONTENT": "NTEXT", "ABSTRACT": "NVARCHAR(max)", "file": "IMAGE"}),
        ("oracle", {"CONTENT": "NCLOB", "file": "BLOB"}),
        ("postgresql", {"CONTENT": "TEXT", "ABSTRACT": "VARCHAR", "file": "BYTEA"}),
    ],
)
def test_texts_and_octets_have_the_dialects_own_types(dialect: str, types: dict[str, str]) -> None:
    made = vendor("voffice").tables
    columns = {**made.inbox_document.columns, "file": made.inbox_files.columns["CONTENT"]}
    assert {name: columns[name].type.compile(DIALECTS[dialect]) for name in types} == types


def test_names_that_could_end_a_statement_are_quoted() -> None:
    table = sa.table('X"]; DROP TABLE y; --', sa.column("a b"))
    assert compiled(sa.select(table), "oracle") == 'SELECT "X""]; DROP TABLE y; --"."a b" FROM "X""]; DROP TABLE y; --"'
    assert compiled(sa.select(table), "mssql") == 'SELECT [X"]]; DROP TABLE y; --].[a b] FROM [X"]]; DROP TABLE y; --]'


def test_sql_server_gives_the_key_in_a_way_that_triggers_do_not_forbid() -> None:
    made = Tables(load("voffice", Path()), "mssql").inbox_document
    assert "OUTPUT" not in compiled(sa.insert(made).values(ABSTRACT="x"), "mssql")


def test_a_sequence_gives_the_key_where_the_mapping_names_one() -> None:
    loaded = load("voffice", Path())
    document = loaded.inbox.document.model_copy(update={"sequence": "CONNECT_DOCUMENT_SEQ"})
    own = loaded.model_copy(update={"inbox": loaded.inbox.model_copy(update={"document": document})})
    assert '"CONNECT_DOCUMENT_SEQ".nextval' in compiled(sa.insert(Tables(own).inbox_document).values(ABSTRACT="x"), "oracle")
