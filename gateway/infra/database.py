"""Which database the ledger is in: the file of SQLite, or a PostgreSQL."""

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from gateway.core.faults import Misconfigured

LIBRARIES = ("asyncpg", "greenlet")
SCHEMES = ("postgresql", "postgres")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresDatabase:
    """A PostgreSQL and how it is used: `url` as libpq's, without the password; times in seconds."""

    url: str
    password: str | None = field(default=None, repr=False)
    connections: int = 8
    statement_seconds: float = 30
    lock_seconds: float = 10

    def __str__(self) -> str:
        return self.url

    @classmethod
    def named(
        cls, url: str, *, password_file: Path | None, connections: int, statement_seconds: float, lock_seconds: float
    ) -> Self:
        """Take it from settings. Raises Misconfigured where they are wrong, or the libraries are not installed."""
        _demand_libraries()
        _demand_url(url)
        return cls(
            url=url,
            password=_password(password_file),
            connections=connections,
            statement_seconds=statement_seconds,
            lock_seconds=lock_seconds,
        )


Database = Path | PostgresDatabase
"""A path is that of SQLite's file."""


def _demand_libraries() -> None:
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise Misconfigured(
            "misconfigured",
            detail=f"[database] cần {', '.join(missing)}: pip install 'lienthong[postgres]'.",
            detail_en=f"[database] needs {', '.join(missing)}: pip install 'lienthong[postgres]'.",
        )


def _demand_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        wrong = parts.scheme not in SCHEMES or parts.port == 0 or not parts.path.strip("/")
    except ValueError:
        wrong = True
    if wrong:
        raise Misconfigured(
            "misconfigured",
            detail="[database] url phải là postgresql://user@host:port/name.",
            detail_en="[database] url must be postgresql://user@host:port/name.",
        )
    if parts.password is not None or "password=" in parts.query:
        raise Misconfigured(
            "misconfigured",
            detail="[database] mật khẩu đặt trong password_file, không đặt trong url.",
            detail_en="[database] the password belongs in password_file, not in url.",
        )


def _password(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            "misconfigured",
            detail=f"[database] không đọc được {file}: {type(error).__name__}.",
            detail_en=f"[database] cannot read {file}: {type(error).__name__}.",
        ) from error
