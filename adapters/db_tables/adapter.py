"""Exchange through outbox and inbox tables in a vendor's database, as a mapping says; README.md tells it to the vendor."""

import ssl
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field

from gateway.sdk import (
    Collected,
    CollectedStatus,
    Consignment,
    Context,
    Misconfigured,
    Notice,
    Outcome,
    Taken,
)
from gateway.sdk.blocking import BlockingAdapter

from . import inbox, outbox, statuses
from .database import connect
from .drivers import Limits
from .mapping import load
from .rows import Vendor
from .tables import Tables


class Settings(BaseModel):
    """Where the database is, and which tables it has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(
        min_length=1,
        description="Địa chỉ cơ sở dữ liệu, không có mật khẩu: postgresql+pg8000://, mssql+pyodbc://, oracle+oracledb:// · "
        "The database's URL, without a password",
    )
    password_file: Path | None = Field(default=None, description="Tệp chứa mật khẩu · The file with the password")
    mapping: str = Field(
        min_length=1,
        description="Ánh xạ có sẵn (voffice, phu_tho) hoặc tệp .toml của tỉnh · A shipped mapping, or a .toml file of your own",
    )
    ca_file: Path | None = Field(
        default=None,
        description="Chứng thư gốc (PEM) để nối PostgreSQL bằng TLS · The authority (PEM) for TLS to PostgreSQL",
    )
    connect_seconds: float = Field(default=10, gt=0, le=120, description="Chờ kết nối, giây · Seconds to wait for a connection")
    statement_seconds: float = Field(
        default=60, ge=1, le=600, description="Một câu lệnh chạy tối đa, giây · Seconds that a statement may take"
    )


class DbTables(BlockingAdapter):
    """A vendor's database; all that it keeps is there."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor

    def deliver(self, consignment: Consignment) -> Taken:
        return Taken(reference=inbox.deliver(self._vendor, consignment))

    def report(self, notice: Notice) -> None:
        statuses.report(self._vendor, notice)

    def collect(self) -> Iterator[Collected]:
        """Give documents and statuses in turn: a backlog of the ones does not hold the others up."""
        waiting: list[Iterator[Collected]] = [outbox.collect(self._vendor), statuses.collect(self._vendor)]
        while waiting:
            for source in tuple(waiting):
                each = next(source, None)
                if each is None:
                    waiting.remove(source)
                else:
                    yield each

    def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        if isinstance(collected, CollectedStatus):
            statuses.acknowledge(self._vendor, collected, outcome)
        elif isinstance(collected, outbox.Offered):
            outbox.acknowledge(self._vendor, collected, outcome)
        else:
            raise TypeError("not of this adapter's")

    def health(self) -> None:
        with self._vendor.database.transaction() as connection:
            connection.execute(sa.select(sa.literal(1)))


@contextmanager
def open_adapter(settings: Settings, context: Context) -> Generator[BlockingAdapter, None, None]:
    """Connect, and compare the mapping with the database."""
    mapping = load(settings.mapping, context.folder)
    password = context.secret(settings.password_file, "password_file") if settings.password_file is not None else None
    tls = _tls(context.folder / settings.ca_file) if settings.ca_file is not None else None
    limits = Limits(connect_seconds=settings.connect_seconds, statement_seconds=settings.statement_seconds, tls=tls)
    database = connect(settings.url, password, limits)
    tables = Tables(mapping, database.engine.dialect.name)
    try:
        with database.transaction() as connection:
            tables.check(connection)
        yield DbTables(Vendor(database=database, mapping=mapping, tables=tables, context=context))
    finally:
        database.close()


def _tls(file: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(file))
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured("link-misconfigured", detail=f"ca_file: {file.name}: {type(error).__name__}") from error
