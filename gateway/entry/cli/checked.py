"""What a check says."""

from dataclasses import dataclass

from gateway.core.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    what: str
    ok: bool
    detail: str


def passed(what: str, detail: str) -> Check:
    """Say that something is in order."""
    return Check(what=what, ok=True, detail=detail)


def failed(what: str, error: Exception | None) -> Check:
    """Say what is wrong."""
    if isinstance(error, Fault):
        return Check(what=what, ok=False, detail=f"{error.code}: {error.detail}")
    return Check(what=what, ok=False, detail=str(error))
