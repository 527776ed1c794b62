"""The reference adapter: a receiver in memory that takes everything, and reports each document registered (03)."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from pydantic import BaseModel, ConfigDict

from gateway.sdk import (
    Adapter,
    Collected,
    CollectedStatus,
    Consignment,
    Context,
    Notice,
    Outcome,
    StatusCode,
    Taken,
)


class Settings(BaseModel):
    """It has none."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Loopback(Adapter):
    """The other side. `reports` has each document by key, until its status is acknowledged: then None."""

    def __init__(self) -> None:
        self._reports: dict[str, CollectedStatus | None] = {}

    async def deliver(self, consignment: Consignment) -> Taken:
        reference = f"loopback-{consignment.key}"
        report = CollectedStatus(reference=reference, key=consignment.key, code=StatusCode.REGISTERED)
        self._reports.setdefault(consignment.key, report)
        return Taken(reference=reference)

    async def report(self, notice: Notice) -> None: ...

    async def collect(self) -> AsyncGenerator[Collected, None]:
        for report in tuple(self._reports.values()):
            if report is not None:
                yield report

    async def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        if isinstance(collected, CollectedStatus):
            self._reports[collected.key] = None

    async def health(self) -> None: ...


@asynccontextmanager
async def open_adapter(settings: Settings, context: Context) -> AsyncGenerator[Adapter, None]:
    """Open a receiver that has taken nothing yet."""
    yield Loopback()
