"""What runs units of work on a database: many writes to a commit, reads on a snapshot."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import sqlalchemy as sa

from gateway.core.faults import Transient

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")

GROUP = 64
"""Units that share a commit: past this the fsync is no longer what costs."""
RETRY_AFTER_SECONDS = 5

Batch = Callable[[sa.Connection, list[Any]], list[Any]]
"""Work on several items at once; gives for each its result, or the exception that is its own and nobody else's."""
Hook = Callable[[sa.Connection], object]
"""What is called around each commit. `connection.info` is empty when a transaction begins, and its own until after the commit."""


class Executor(Protocol):
    """Runs units of work: synchronous functions over a connection, without effect outside their transaction (they may run twice).

    Raises `storage-unavailable` while the database is out of reach; what was asked for may then have been committed or not.
    """

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in a transaction; returns once it is on disk. What it raises undoes it alone."""
        ...

    async def write_batched(self, batch: Batch, item: Any) -> Any:
        """Run `batch` on this item and those of others that wait; returns this item's result once it is on disk."""
        ...

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` on a snapshot."""
        ...

    async def close(self) -> None:
        """Finish what is waiting, then close the database."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An item that waits for its batch, and who is told of its result."""

    batch: Batch
    item: Any
    done: "asyncio.Future[Any]"


Outcome = tuple[Unit, Any]
"""A unit and its result, or the exception that it gets."""


def run_each(connection: sa.Connection, works: list[Callable[[sa.Connection], Any]]) -> list[Any]:
    """Run functions one by one: the batch of units that have nothing in common."""
    return [work(connection) for work in works]


def run_group(connection: sa.Connection, group: Iterable[Unit]) -> list[Outcome]:
    """Run the units of a group, those of one batch together."""
    batches: dict[Batch, list[Unit]] = {}
    for unit in group:
        batches.setdefault(unit.batch, []).append(unit)
    return [
        outcome
        for batch, units in batches.items()
        for outcome in zip(units, batch(connection, [unit.item for unit in units]), strict=True)
    ]


def settle(outcomes: Iterable[Outcome]) -> None:
    """Tell the callers, in the loop that they wait in."""
    for unit, result in outcomes:
        if unit.done.done():  # its caller went away
            continue
        if isinstance(result, Exception):
            unit.done.set_exception(result)
        else:
            unit.done.set_result(result)


def unavailable(reason: BaseException | str) -> Transient:
    """Make the fault of a database that is out of reach."""
    said = reason if isinstance(reason, str) else type(reason).__name__
    return Transient("storage-unavailable", detail_en=said, retry_after=RETRY_AFTER_SECONDS)
