"""The reference adapter: a receiver in memory that takes everything, and reports each document registered (03)."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager

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
    """The other side. It keeps facts, no octets: a consignment is read when it is taken, and can be read again.

    `taken` and `told` are by key, `waiting` and `outcomes` by reference.
    """

    def __init__(self) -> None:
        self.taken: dict[str, Consignment] = {}
        self.told: dict[str, Notice] = {}
        self.waiting: dict[str, Collected] = {}
        self.outcomes: dict[str, Outcome] = {}

    async def deliver(self, consignment: Consignment) -> Taken:
        reference = f"loopback-{consignment.key}"
        for stream in (consignment.open, *(part.open for part in consignment.parts)):
            async with aclosing(stream()) as chunks:
                async for _ in chunks:
                    pass
        if consignment.key not in self.taken:
            self.taken[consignment.key] = consignment
            self.waiting[reference] = CollectedStatus(reference=reference, key=consignment.key, code=StatusCode.REGISTERED)
        return Taken(reference=reference)

    async def report(self, notice: Notice) -> None:
        self.told.setdefault(notice.key, notice)

    async def collect(self) -> AsyncGenerator[Collected, None]:
        for each in tuple(self.waiting.values()):
            yield each

    async def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        self.waiting.pop(collected.reference, None)
        self.outcomes[collected.reference] = outcome

    async def health(self) -> None: ...


@asynccontextmanager
async def open_adapter(settings: Settings, context: Context) -> AsyncGenerator[Adapter, None]:
    """Open a receiver that has taken nothing yet."""
    yield Loopback()
