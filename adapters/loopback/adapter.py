"""The reference adapter: a receiver in memory that takes everything, and reports each document registered (03)."""

from collections.abc import AsyncIterator, Mapping

from pydantic import BaseModel, ConfigDict

from gateway.sdk import Adapter, Collected, CollectedStatus, Consignment, Context, StatusCode, Taken


class Settings(BaseModel):
    """It has none."""

    model_config = ConfigDict(extra="forbid")


class Loopback:
    """The other side. `_reports` has each document by key, until its status is acknowledged: then None."""

    def __init__(self) -> None:
        self._reports: dict[str, CollectedStatus | None] = {}

    async def deliver(self, consignment: Consignment) -> Taken:
        reference = f"loopback-{consignment.key}"
        report = CollectedStatus(reference=reference, key=consignment.key, code=StatusCode.REGISTERED)
        self._reports.setdefault(consignment.key, report)
        return Taken(reference=reference)

    async def collect(self) -> AsyncIterator[Collected]:
        for report in tuple(self._reports.values()):
            if report is not None:
                yield report

    async def acknowledge(self, collected: Collected, refusal: str | None) -> None:
        if isinstance(collected, CollectedStatus):
            self._reports[collected.key] = None

    async def health(self) -> None: ...

    async def close(self) -> None: ...


def open_adapter(settings: Mapping[str, object], context: Context) -> Adapter:
    """Open a receiver that has taken nothing yet."""
    Settings.model_validate(settings)
    return Loopback()
