"""What the drivers' errors mean, as each driver shapes them."""

from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.sdk import Misconfigured, Transient, Undeliverable

from ..faults import fault, unconnected

MISSING = (Misconfigured, "link-misconfigured")
LOCKED_OUT = (Misconfigured, "link-unauthorised")
REFUSED = (Undeliverable, "receiver-refused")
FAILED = (Transient, "receiver-failed")
TOO_LONG = (Transient, "receiver-timeout")


@dataclass
class Oracle:
    full_code: str
    message: str


def wrapped(*arguments: Any) -> Exception:
    original = Exception(*arguments)
    return sa.exc.DBAPIError("INSERT INTO t VALUES (:a)", {"a": "nội dung mật"}, original, hide_parameters=True)


def postgres(code: str, words: str = "words") -> Exception:
    return wrapped({"C": code, "M": words, "D": "Failing row contains (nội dung mật)."})


def odbc(state: str, native: int, words: str) -> Exception:
    server = "[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]"
    return wrapped(state, f"[{state}] {server}{words} ({native}) (SQLExecDirectW)")


def oracle(code: str, words: str) -> Exception:
    return wrapped(Oracle(full_code=code, message=f"{code}: {words}"))


ERRORS: dict[str, tuple[Exception, type[Exception], str]] = {
    "no-such-table": (postgres("42P01", 'relation "X" does not exist'), *MISSING),
    "no-such-column": (postgres("42703"), *MISSING),
    "no-right": (postgres("42501"), *LOCKED_OUT),
    "wrong-password": (postgres("28P01"), *LOCKED_OUT),
    "check": (postgres("23514"), *REFUSED),
    "too-long": (postgres("22001"), *REFUSED),
    "deadlock": (postgres("40P01"), *FAILED),
    "serialisation": (postgres("40001"), *FAILED),
    "disk-full": (postgres("53100"), *FAILED),
    "raised-by-a-trigger": (postgres("P0001"), *FAILED),
    "statement-time": (postgres("57014"), *TOO_LONG),
    "connection-lost": (wrapped("network error"), *FAILED),
    "mssql-login": (odbc("28000", 18456, "Login failed for user 'sa'."), *LOCKED_OUT),
    "mssql-right": (odbc("42000", 229, "The INSERT permission was denied"), *LOCKED_OUT),
    "mssql-table": (odbc("42S02", 208, "Invalid object name 'X'."), *MISSING),
    "mssql-thrown": (odbc("42000", 50000, "Đang khóa sổ"), *FAILED),
    "mssql-long": (
        odbc("22001", 2628, "String or binary data would be truncated in column 'Subject'. Truncated value: 'nội dung mật'."),
        *REFUSED,
    ),
    "mssql-double": (odbc("23000", 2627, "Violation of PRIMARY KEY. The duplicate key value is (nội dung mật)."), *REFUSED),
    "mssql-deadlock": (odbc("40001", 1205, "deadlocked"), *FAILED),
    "mssql-time": (odbc("HYT00", 0, "Query timeout expired"), *TOO_LONG),
    "oracle-login": (oracle("ORA-01017", "invalid username/password"), *LOCKED_OUT),
    "oracle-table": (oracle("ORA-00942", "table or view does not exist"), *MISSING),
    "oracle-long": (oracle("ORA-12899", 'value too large for column "V"."D"."S"'), *REFUSED),
    "oracle-deadlock": (oracle("ORA-00060", "deadlock detected"), *FAILED),
    "oracle-time": (oracle("DPY-4024", "call timeout of 60000 ms exceeded"), *TOO_LONG),
    "oracle-thrown": (oracle("ORA-20001", "Đang khóa sổ"), *FAILED),
    "pool": (sa.exc.TimeoutError("QueuePool limit"), *TOO_LONG),
}


@pytest.mark.parametrize("named", ERRORS)
def test_an_error_means_again_later_never_or_an_operators_turn(named: str) -> None:
    error, kind, code = ERRORS[named]
    found = fault(error, "DOCUMENTS")
    assert (type(found), found.code) == (kind, code)


@pytest.mark.parametrize("named", ERRORS)
def test_no_value_of_a_document_is_in_the_words_of_an_error(named: str) -> None:
    found = fault(ERRORS[named][0])
    assert "nội dung mật" not in f"{found} {found.detail} {found.detail_en}"


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(111, "Connection refused"),
        oracle("DPY-6005", "cannot connect to database. ORA-12541"),
        odbc("08001", 0, "Login timeout expired"),
        odbc("HYT00", 0, "Login timeout expired"),
        KeyError("H"),
    ],
)
def test_what_fails_before_there_is_a_connection_cannot_have_arrived(error: Exception) -> None:
    found = unconnected(error)
    assert (type(found), found.code) == (Transient, "receiver-unreachable")
