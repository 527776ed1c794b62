"""The vendor's database: a small pool of connections, and transactions whose errors are the hub's faults."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from gateway.sdk import Misconfigured

from .drivers import DRIVERS, Limits
from .faults import fault, unconnected

KEPT: Final = 2
"""Connections that stay open."""
MORE: Final = 14
"""Connections beyond those: a system has at most 16 calls under way."""
POOL_SECONDS: Final = 10
"""How long a call waits for a connection while others hang."""
RECYCLE_SECONDS: Final = 1800
"""Firewalls forget a connection that is older without a word."""


class Database:
    """A vendor's database."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @contextmanager
    def transaction(self) -> Generator[sa.Connection, None, None]:
        """Begin a transaction, committed when the block ends. Raises the three faults of an adapter."""
        try:
            connection = self.engine.connect()
        except Exception as error:  # noqa: BLE001  a driver's own errors, which quote values, end here
            raise unconnected(error) from None
        with connection:
            try:
                with connection.begin():
                    yield connection
            except (sa.exc.SQLAlchemyError, OSError) as error:
                raise fault(error) from None

    def close(self) -> None:
        """Close what is idle; a call that was given up closes its own when it ends."""
        self.engine.dispose()


def connect(url: str, password: str | None, limits: Limits) -> Database:
    """Make the pool; nothing is connected yet. Raises `Misconfigured` naming the setting."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise _wrong("url: …://user@host:port/database") from error
    driver = DRIVERS.get(parsed.drivername)
    if driver is None:
        raise _wrong(f"url: {', '.join(f'{each}://' for each in DRIVERS)}")
    if parsed.password is not None:
        raise _wrong("url: mật khẩu đặt trong password_file", "url: the password belongs in password_file")
    try:
        engine = sa.create_engine(
            parsed.set(password=password),
            pool_size=KEPT,
            max_overflow=MORE,
            pool_timeout=POOL_SECONDS,
            pool_recycle=RECYCLE_SECONDS,
            pool_pre_ping=True,
            hide_parameters=True,
            **driver.options,
        )
    except ImportError as error:
        raise _wrong(f"url: pip install 'lienthong[{driver.extra}]' ({error.name or error})") from error
    driver.prepare(engine, parsed, limits)
    return Database(engine)


def _wrong(vi: str, en: str = "") -> Misconfigured:
    return Misconfigured("link-misconfigured", detail=vi, detail_en=en or vi)
