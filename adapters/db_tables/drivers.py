"""The drivers: how each is given its time limits and its password, all else being SQLAlchemy's."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from gateway.sdk import Misconfigured

GRACE_SECONDS: Final = 5.0
"""A socket waits this much longer than a statement may take: the database says first that it was too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a connection, and a statement, may take; what a server's certificate is checked against."""

    connect_seconds: float
    statement_seconds: float
    tls: ssl.SSLContext | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A driver: the extra that installs it, and how it is prepared."""

    extra: str
    options: dict[str, Any]
    prepare: Callable[[sa.Engine, sa.URL, Limits], None]


def _pg8000(engine: sa.Engine, url: sa.URL, limits: Limits) -> None:
    """Connect the socket ourselves: the driver has one limit for connecting and for statements alike."""

    def connect(dialect: Any, _record: object, arguments: Any, options: dict[str, Any]) -> Any:
        address = (url.host or "localhost", url.port or 5432)
        sock = socket.create_connection(address, limits.connect_seconds)
        if limits.tls is not None:  # it goes on in a socket of its own, which takes this limit over
            sock.settimeout(limits.statement_seconds + GRACE_SECONDS)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            started = {"statement_timeout": str(int(limits.statement_seconds * 1000))}
            made = dialect.loaded_dbapi.Connection  # its `connect` takes no socket
            connection = made(*arguments, **options, sock=sock, ssl_context=limits.tls or False, startup_params=started)
        except BaseException:
            sock.close()
            raise
        if limits.tls is None:
            sock.settimeout(limits.statement_seconds + GRACE_SECONDS)
        return connection

    sa.event.listen(engine, "do_connect", connect)


def _pyodbc(engine: sa.Engine, _url: sa.URL, limits: Limits) -> None:
    _no_tls(limits, "Encrypt=yes")

    def started(connection: Any, _record: object) -> None:
        connection.timeout = max(1, int(limits.statement_seconds))

    def connect(_dialect: object, _record: object, _arguments: Any, options: dict[str, Any]) -> None:
        options["timeout"] = max(1, int(limits.connect_seconds))

    sa.event.listen(engine, "do_connect", connect)
    sa.event.listen(engine, "connect", started)


def _oracledb(engine: sa.Engine, _url: sa.URL, limits: Limits) -> None:
    _no_tls(limits, "protocol=tcps")

    def started(connection: Any, _record: object) -> None:
        connection.call_timeout = int(limits.statement_seconds * 1000)

    def connect(_dialect: object, _record: object, _arguments: Any, options: dict[str, Any]) -> None:
        options["tcp_connect_timeout"] = limits.connect_seconds

    sa.event.listen(engine, "do_connect", connect)
    sa.event.listen(engine, "connect", started)


def _no_tls(limits: Limits, instead: str) -> None:
    if limits.tls is not None:
        detail = f"ca_file: chỉ cho PostgreSQL; ở đây ghi {instead} trong url"
        raise Misconfigured("link-misconfigured", detail=detail, detail_en=f"ca_file: for PostgreSQL; here: {instead} in url")


DRIVERS: Final = {
    "postgresql+pg8000": Driver(extra="tables-postgresql", options={}, prepare=_pg8000),
    "mssql+pyodbc": Driver(extra="tables-sqlserver", options={}, prepare=_pyodbc),
    "oracle+oracledb": Driver(extra="tables-oracle", options={"use_nchar_for_unicode": True}, prepare=_oracledb),
}
"""By the beginning of the URL. Oracle's NVARCHAR2 and NCLOB lose no letter, whatever the character set of the database."""
