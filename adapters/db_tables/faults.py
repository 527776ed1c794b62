"""What a database's error means for the hub, by the codes of the drivers: SQLSTATE, SQL Server's numbers, ORA- and DPY-."""

import re
from enum import Enum, auto
from typing import Any, Final

import sqlalchemy as sa

from gateway.sdk import Misconfigured, Transient, Undeliverable

LONGEST_WORDS: Final = 300
"""Characters of a database's own words in `detail`; they are one sentence."""


class Meaning(Enum):
    """What an error means."""

    UNAUTHORISED = auto()
    MISCONFIGURED = auto()
    REFUSED = auto()
    TIMEOUT = auto()
    FAILED = auto()


_MEANINGS: Final = (
    (Meaning.UNAUTHORISED, r"28...|42501|\w{5}/(229|230|262|916|4060|18456)|ORA-(01005|01017|01031|01045|28000|28001)"),
    (Meaning.FAILED, r"42000/\d*"),
    (Meaning.MISCONFIGURED, r"42...(/\d*)?|3D000|3F000|ORA-(00904|00942|02289|12505|12514)|DPY-(4000|4026|6001|6003)"),
    (Meaning.REFUSED, r"2[23]...(/\d*)?|ORA-(00001|01400|01401|01407|01438|01461|02290|02291|12899)"),
    (Meaning.TIMEOUT, r"57014|55P03|HYT0[01](/\d*)?|ORA-(00054|01013|30006)|DPY-4024"),
)
"""The first that fits. ODBC's 42000 is nearly everything: also what a trigger throws, so it is no proof of a wrong mapping."""
_NATIVE: Final = re.compile(r"\((\d+)\) \(SQL")
_ORACLE: Final = re.compile(r"(?:ORA|DPY)-\d{4,5}")
_VALUES: Final = re.compile(r"(?:Truncated value|The duplicate key value is|Key \(|DETAIL:|\[parameters:|\[SQL:).*", re.DOTALL)
"""Where a message begins to quote what was written."""


def meaning(error: Exception) -> Meaning:
    """Say what an error of SQLAlchemy or of a driver means."""
    if isinstance(error, sa.exc.TimeoutError):
        return Meaning.TIMEOUT
    code, _ = _told(error)
    return next((each for each, codes in _MEANINGS if re.fullmatch(codes, code)), Meaning.FAILED)


def fault(error: Exception, where: str = "") -> Misconfigured | Transient | Undeliverable:
    """Make the hub's fault of an error of a statement."""
    found, detail = meaning(error), _detail(error, where)
    if found is Meaning.UNAUTHORISED:
        return Misconfigured("link-unauthorised", detail=detail)
    if found is Meaning.MISCONFIGURED:
        return Misconfigured("link-misconfigured", detail=detail)
    if found is Meaning.REFUSED:
        return Undeliverable("receiver-refused", detail=detail)
    return Transient("receiver-timeout" if found is Meaning.TIMEOUT else "receiver-failed", detail=detail)


def unconnected(error: Exception) -> Misconfigured | Transient:
    """Make the hub's fault of an error while connecting: nothing can have arrived."""
    found = fault(error)
    if isinstance(found, Misconfigured):
        return found
    if isinstance(error, sa.exc.TimeoutError):
        return Transient("receiver-timeout", detail=found.detail)
    return Transient("receiver-unreachable", detail=found.detail)


def _detail(error: Exception, where: str) -> str:
    code, words = _told(error)
    return ": ".join(filter(None, (where, code, words))) or type(error).__name__


def _told(error: Exception) -> tuple[str, str]:
    """Give the code and the database's own words, without a value of the document."""
    original: Any = getattr(error, "orig", None) or error
    given: Any = original.args[0] if original.args else ""
    if isinstance(given, dict):  # pg8000
        return str(given.get("C", "")), _clean(str(given.get("M", "")))
    if hasattr(given, "full_code"):  # oracledb
        return str(given.full_code), _clean(str(given.message))
    text = " ".join(map(str, original.args))
    oracle = _ORACLE.search(text)
    if oracle is not None:
        return oracle.group(), _clean(text)
    if re.fullmatch(r"[0-9A-Z]{5}", str(given)):  # pyodbc
        native = _NATIVE.search(text)
        return f"{given}/{native.group(1)}" if native else str(given), _clean(text)
    return "", _clean(text) if isinstance(error, sa.exc.SQLAlchemyError | OSError) else type(original).__name__


def _clean(words: str) -> str:
    return _VALUES.sub("", " ".join(words.split()))[:LONGEST_WORDS].strip()
