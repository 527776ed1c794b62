"""A vendor's database as the kit wants it: a real PostgreSQL with the vendor's tables, behind a relay that makes it sick."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Final, Self

import sqlalchemy as sa

from adapters.db_tables.tests.servers import PASSWORD, USER, server
from gateway.sdk import StatusCode
from gateway.sdk.conformance.other_side import REASON, Held, Mood, Outgoing, Told
from gateway.sdk.conformance.relay import MOODS

from .. import paths
from ..columns import Column
from ..mapping import Rows, load
from .cutting import CutAtCommit

SQL: Final = {
    Mood.REFUSING: f"""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION '{REASON}' USING ERRCODE = 'check_violation'; END $$;""",
    Mood.WELL: "DROP FUNCTION IF EXISTS refuse() CASCADE;",
}
FAIL: Final = """ALTER TABLE "{0}" RENAME TO "{0}_away";
    CREATE FUNCTION "fail_{0}"() RETURNS SETOF "{0}_away" LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not read block 7' USING ERRCODE = 'io_error'; END $$;
    CREATE VIEW "{0}" AS SELECT * FROM "fail_{0}"();"""
WORK: Final = 'DROP VIEW "{0}"; DROP FUNCTION "fail_{0}"(); ALTER TABLE "{0}_away" RENAME TO "{0}";'


class OtherSide:
    """vOffice's tables."""

    impossible: Mapping[Mood, str] = {}
    mapping_name: ClassVar[str] = "voffice"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.mapping = load(self.mapping_name, folder)
        self._server = server()
        self._mood = Mood.WELL
        self._relay = CutAtCommit("127.0.0.1", self._server.port)

    async def __aenter__(self) -> Self:
        self._database = self._server.create_database(self.mapping_name)
        self._engine = sa.create_engine(
            sa.make_url(self._server.url(self._database)).set(drivername="postgresql+pg8000"), poolclass=sa.NullPool
        )
        (self._folder / "password").write_text(f"{PASSWORD}\n")
        await self._relay.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.be(Mood.WELL)
        await self._relay.__aexit__(kind, error, traceback)
        self._engine.dispose()
        self._server.sql(f"DROP DATABASE {self._database} WITH (FORCE)")

    @property
    def settings(self) -> Mapping[str, object]:
        url = f"postgresql+pg8000://{USER}@127.0.0.1:{self._relay.port}/{self._database}"
        return {"url": url, "password_file": "password", "mapping": self.mapping_name, "connect_seconds": 3}

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset({PASSWORD})

    @property
    def losses(self) -> Mapping[str, str]:
        """Say which fields have no column, as README.md does."""
        kept = {column.source for column in self.mapping.inbox.document.columns.values()}
        return dict.fromkeys(paths.DOCUMENT - kept, "không có cột · no column")

    async def be(self, mood: Mood) -> None:
        before, self._mood = self._mood, mood
        await self._relay.be(mood if mood in MOODS else Mood.WELL)
        if before is Mood.FAILING:
            self.sql(*(WORK.format(table) for table in self._tables))
        if before is Mood.UNAUTHORISED:
            self.sql(f"ALTER ROLE {USER} PASSWORD '{PASSWORD}'")
        self.sql(SQL[Mood.WELL])
        if mood is Mood.FAILING:
            self.sql(*(FAIL.format(table) for table in self._tables))
        if mood is Mood.UNAUTHORISED:
            self.sql(f"ALTER ROLE {USER} PASSWORD 'other'")
        if mood is Mood.REFUSING:
            refused = (self.mapping.inbox.document.table, self.mapping.news.table)
            trigger = 'CREATE TRIGGER refuse BEFORE INSERT ON "{}" FOR EACH ROW EXECUTE FUNCTION refuse();'
            self.sql(SQL[mood], *map(trigger.format, refused))

    async def held(self) -> tuple[Held, ...]:
        inbox = self.mapping.inbox
        return tuple([self._held(row) for row in self.all_of(inbox.document.table, self.inbox_only)])

    async def told(self) -> tuple[Told, ...]:
        news = self.mapping.news
        return tuple([self._told(fields(news, row)) for row in self.all_of(news.table, self.news_only)])

    async def offer(self, outgoing: Outgoing) -> str:
        row = self._outgoing(outgoing)
        table = self.mapping.outbox.document.table
        key = self.insert(table, **row)
        self.offer_receiver(key, outgoing.receiver)
        files = self.mapping.outbox.files
        named = {column: outgoing.file for column, each in files.columns.items() if each.source == "Attachment/AttachmentName"}
        self.insert(files.table, **{files.document: key, files.content: outgoing.content, **named})
        return f"{table}/{key}"

    async def offer_status(self, key: str, code: StatusCode, description: str) -> str:
        ((about,),) = self.rows_of(
            'SELECT "REFERENCE" FROM "LIENTHONG_KEYS" WHERE "KIND" = \'document\' AND "LT_KEY" = :key', key=key
        )
        statuses = self.mapping.statuses
        row: dict[str, Any] = {statuses.document: int(about), **statuses.where}
        for name, column in statuses.columns.items():
            row |= {name: int(code)} if column.source == "StatusCode" else {}
            row |= {name: description} if column.source == "Description" else {}
        return f"{statuses.table}/{self.insert(statuses.table, **row)}"

    async def outcomes(self) -> Mapping[str, str]:
        outbox, statuses = self.mapping.outbox, self.mapping.statuses
        table, key = outbox.document.table, outbox.document.key
        if outbox.receivers is not None:
            table, key = outbox.receivers.table, outbox.receivers.document
        said = {}
        for own, of, name, state in (
            (table, key, outbox.document.table, outbox.state),
            (statuses.table, statuses.key, statuses.table, statuses.state),
        ):
            for row in self.all_of(own, f'"{state.column}" <> {state.pending}'):
                words = "accepted" if row[state.column] == state.sent else row[str(state.reason)]
                said[f"{name}/{row[of]}"] = words
        return said

    # What follows is vOffice's own.

    key: ClassVar[str] = '"ID"'
    inbox_only: ClassVar[str] = '"CONNECT_TYPE" = 1'
    news_only: ClassVar[str] = "true"

    def _outgoing(self, outgoing: Outgoing) -> dict[str, Any]:
        return {
            "CONNECT_TYPE": 2,
            "IDENTIFIER_CODE": outgoing.sender,
            "CODE_NUMBER": outgoing.number,
            "CODE_NOTATION": outgoing.notation,
            "PUBLISH_DATE": outgoing.promulgated_on,
            "DOC_TYPE": 1,
            "DOC_TYPE_NAME": "Công văn",
            "ABSTRACT": outgoing.subject,
            "SIGNER": "Nguyễn Văn Đường",
            "BUSSINESS_DOC_TYPE": 0,
        }

    def offer_receiver(self, document: int, receiver: str, **more: Any) -> int:
        """Have a receiver wait."""
        return self.insert(
            "CONNECT_DOC_OUT_DETAIL", **{"DOCUMENT_ID": document, "SEND_TYPE": 0, "IDENTIFIER_CODE": receiver, **more}
        )

    # Plain SQL.

    def sql(self, *commands: str) -> None:
        """Run commands."""
        with self._engine.begin() as connection:
            for command in commands:
                connection.exec_driver_sql(command)

    def all_of(self, table: str, where: str = "true") -> list[dict[str, Any]]:
        """Give the rows of a table, oldest first."""
        return self.rows(" ".join(("SELECT * FROM", f'"{table}"', "WHERE", where, "ORDER BY", self.key)))

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """Give rows, by name of column."""
        with self._engine.begin() as connection:
            return [dict(each) for each in connection.execute(sa.text(query), values).mappings()]

    def rows_of(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Give rows."""
        return [tuple(each.values()) for each in self.rows(query, **values)]

    def insert(self, table: str, **row: Any) -> int:
        """Write a row, give its key."""
        names, values = ", ".join(f'"{name}"' for name in row), ", ".join(f":v{number}" for number in range(len(row)))
        query = ("INSERT INTO", f'"{table}"', f"({names}) VALUES ({values}) RETURNING", self.key)
        ((own,),) = self.rows_of(" ".join(query), **{f"v{number}": value for number, value in enumerate(row.values())})
        return int(own)

    def change(self, table: str, key: int, column: str, value: object) -> None:
        """Change a value."""
        query = ("UPDATE", f'"{table}"', "SET", f'"{column}" = :value WHERE {self.key} = :key RETURNING 1')
        self.rows(" ".join(query), value=value, key=key)

    @contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Hold a table, as a report that somebody runs in the database does."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
            yield

    @property
    def _tables(self) -> set[str]:
        outbox, inbox = self.mapping.outbox, self.mapping.inbox
        rows = (inbox.document, outbox.document, outbox.receivers, self.mapping.statuses, self.mapping.news)
        return {each.table for each in rows if each is not None}

    def _held(self, row: dict[str, Any]) -> Held:
        inbox = self.mapping.inbox
        files: dict[str, str] = {}
        for file in self.all_of(inbox.files.table, f'"{inbox.files.document}" = {row[inbox.document.key]}'):
            name = fields(inbox.files, file)["Attachment/AttachmentName"]
            name = f"{name} ({len(files) + 1})" if name in files else name
            files[name] = hashlib.sha256(file[inbox.files.content]).hexdigest()
        return Held(reference=str(row[inbox.document.key]), fields=fields(inbox.document, row), files=files)

    def _told(self, told: dict[str, str]) -> Told:
        number, _, notation = told["ResponseFor/Code"].partition("/")
        code = told["StatusCode"]
        known = StatusCode(code) if code.isdigit() else None
        return Told(number=number, notation=notation, code=known, description=told.get("Description", ""))


class PhuTho(OtherSide):
    """Phú Thọ's tables."""

    mapping_name = "phu_tho"
    key = '"Id"'
    inbox_only = "true"
    news_only = '"Direction" > 1'

    def _outgoing(self, outgoing: Outgoing) -> dict[str, Any]:
        return {
            "FromCode": outgoing.sender,
            "ToCodes": outgoing.receiver,
            "Notation": f"{outgoing.number}/{outgoing.notation}",
            "PromulgationDate": f"{outgoing.promulgated_on:%d/%m/%Y}",
            "TypeId": 1,
            "TypeName": "Công văn",
            "Subject": outgoing.subject,
            "SignerName": "Nguyễn Văn Đường",
            "BussinessDocType": 0,
        }

    def offer_receiver(self, document: int, receiver: str, **more: Any) -> int:
        return document


def fields(rows: Rows, row: dict[str, Any]) -> dict[str, str]:
    """Give the fields of a row, read as a vendor's program would."""
    found = {
        column.source: _text(column, row[name])
        for name, column in rows.columns.items()
        if column.source and row[name] is not None
    }
    if "MessageHeader/Code" in found:
        number, _, notation = found.pop("MessageHeader/Code").partition("/")
        found |= {"MessageHeader/Code/CodeNumber": number, "MessageHeader/Code/CodeNotation": notation}
    return {path: text for path, text in found.items() if not path.startswith("hub/")}


def _text(column: Column, value: Any) -> str:
    for code, own in column.codes.items():
        if own == value:
            return code
    if column.format == "dd/MM/yyyy":
        day, month, year = value.split("/")
        return f"{year}/{month}/{day}"
    return f"{value:%Y/%m/%d}" if isinstance(value, date) else str(value)
