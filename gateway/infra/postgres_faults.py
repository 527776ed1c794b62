"""What an error of PostgreSQL, or of the way to it, means for a unit of work (codes: PostgreSQL, appendix A)."""

import sqlalchemy as sa

from gateway.core.faults import Fault, Rejected, Transient
from gateway.infra.executor import unavailable
from gateway.infra.ledger_moves import RETRY_AFTER_SECONDS

CONFLICTS = ("23505", "40001", "40P01", "55P03")
"""Another was there first: unique violation, serialization failure, deadlock, lock time-out."""
LOST = ("08", "25006", "25P03", "28", "3D", "53100", "53300", "57P", "58")
"""No unit can be written now: no connection, read-only, access refused, disk full, too many connections, shutdown, I/O error."""
TIMED_OUT = ("53", "57014")
"""A unit asks for too much: of memory, or of time."""
UNSTORABLE = ("22021", "22P05")
"""A text has U+0000 or another character that the database cannot keep."""


def is_lost(error: BaseException) -> bool:
    """Tell whether the database is out of reach; what was sent may have been committed."""
    if isinstance(error, sa.exc.DBAPIError):
        return error.connection_invalidated or _sqlstate(error).startswith(LOST) or _broken(error)
    return isinstance(error, OSError | sa.exc.TimeoutError)


def is_conflict(error: BaseException) -> bool:
    """Tell whether the same unit may succeed when it is run again."""
    if isinstance(error, Transient):
        return error.code == "busy"
    return isinstance(error, sa.exc.DBAPIError) and (_sqlstate(error) in CONFLICTS or _outdated(error))


def translated(error: Exception) -> Exception:
    """Give what the caller of a unit is to hear: a fault, or the error itself where it is his."""
    if isinstance(error, Fault | sa.exc.IntegrityError):
        return error
    if is_lost(error) or _sqlstate(error).startswith(TIMED_OUT):
        return unavailable(_driver(error))
    if is_conflict(error):
        return Transient("busy", detail_en=type(_driver(error)).__name__, retry_after=RETRY_AFTER_SECONDS)
    if _sqlstate(error).startswith(UNSTORABLE):
        return Rejected("malformed-request", detail="Có ký tự không lưu được.", detail_en="A character cannot be stored.")
    return error


def _sqlstate(error: BaseException) -> str:
    return getattr(_driver(error), "sqlstate", None) or ""


def _driver(error: BaseException) -> BaseException:
    """Give the driver's own error."""
    return error.driver_exception if isinstance(error, sa.exc.DBAPIError) else error


def _broken(error: sa.exc.DBAPIError) -> bool:
    """Tell whether the driver refuses to use the connection (it refuses values with an error of this class, too)."""
    return isinstance(error, sa.exc.InterfaceError) and not isinstance(_driver(error), ValueError)


def _outdated(error: sa.exc.DBAPIError) -> bool:
    """Tell whether a migration changed what a prepared statement gives; it is prepared anew."""
    return type(error.orig).__name__ == "InvalidCachedStatementError"
