"""Lists of what lies in memory, found by words, a page at a time. Lists of the ledger have cursors of their own."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from gateway.core.directory import Agency
from gateway.core.faults import Rejected
from gateway.core.search import words
from gateway.entry.console.visit import Visit

Row = TypeVar("Row")

PAGE_SIZE: Final = 50
LARGEST: Final = 1_000_000


def part(visit: Visit, rows: Sequence[Row]) -> tuple[Sequence[Row], str | None]:
    """Give the page that is asked for, and where the next begins. Raises `malformed-request`."""
    after = visit.asked("after") or "0"
    if not (after.isascii() and after.isdigit() and int(after) <= LARGEST):
        raise Rejected("malformed-request", path="after", detail=after)
    ends = int(after) + PAGE_SIZE
    return rows[int(after) : ends], str(ends) if len(rows) > ends else None


def is_named(agency: Agency, asked: Sequence[str]) -> bool:
    """Tell whether an agency is meant by words of its name or its ids, or by their beginnings."""
    return is_found((agency.name, agency.id, *agency.aliases), asked)


def is_found(said: Iterable[str], asked: Sequence[str]) -> bool:
    """Tell whether texts have all words that are asked for, or words that begin so."""
    known = words(" ".join(said)) if asked else ()
    return all(any(word.startswith(each) for word in known) for each in asked)
