"""The office, broken in one place: what it raises, collects, tells, says and asks for."""

import logging
from collections.abc import AsyncGenerator, Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from gateway.sdk import (
    Collected,
    CollectedEnvelope,
    CollectedStatus,
    Consignment,
    Misconfigured,
    Notice,
    Outcome,
    StatusCode,
    Taken,
    Transient,
    Undeliverable,
)
from tests.conformance.office.adapter import Office, Settings
from tests.conformance.office.memory import RefusedError

T = TypeVar("T")


class Hopeful(Office):
    """Tries again what was refused for good."""

    async def asked(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except RefusedError as error:
            raise Transient("receiver-failed", detail=str(error)) from error


class Wordless(Office):
    """Keeps the reason of a refusal to itself."""

    async def asked(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except RefusedError as error:
            raise Undeliverable("receiver-refused") from error


class Swallowing(Office):
    """Takes for handed over what could not be."""

    async def deliver(self, consignment: Consignment) -> Taken:
        try:
            return await super().deliver(consignment)
        except Transient as fault:
            if fault.code == "receiver-unreachable":
                return Taken()
            raise


class Undiscerning(Office):
    """Calls an outage a failure: nobody knows then that nothing can have arrived."""

    async def asked(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except ConnectionRefusedError as error:
            raise Transient("receiver-failed") from error


class Raw(Office):
    """Lets its library's own errors out."""

    async def asked(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except ValueError as error:
            raise KeyError("answer") from error


class Giving(Office):
    """Gives a document up because of wrong credentials."""

    async def asked(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except PermissionError as error:
            raise Undeliverable("receiver-refused") from error


class Chatty(Office):
    async def deliver(self, consignment: Consignment) -> Taken:
        self.context.log("sending", subject=consignment.subject)
        return await super().deliver(consignment)


class Logging(Office):
    async def deliver(self, consignment: Consignment) -> Taken:
        logging.getLogger("vendor").info("sending %s", consignment.subject)
        return await super().deliver(consignment)


class Leaking(Office):
    async def asked(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except PermissionError as error:
            raise Misconfigured("link-unauthorised", detail=f"token={self.token}") from error


class Silent(Office):
    """Never tells what became of what it collected."""

    async def acknowledge(self, collected: Collected, outcome: Outcome) -> None: ...


class Approving(Office):
    """Tells of a refusal that all is well."""

    async def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        await self.ask(lambda: self.memory.settle(collected.reference, "accepted"))


class Backwards(Office):
    async def collect(self) -> AsyncGenerator[Collected, None]:
        for each in reversed([each async for each in super().collect()]):
            yield each


class Greedy(Office):
    """Takes everything off the list as soon as it is asked for."""

    async def collect(self) -> AsyncGenerator[Collected, None]:
        given = [each async for each in super().collect()]
        self.memory.waiting.clear()
        for each in given:
            yield each


class Cutting(Office):
    """Gives the first half of what waits."""

    async def collect(self) -> AsyncGenerator[Collected, None]:
        async for each in super().collect():
            yield replace(each, open=_half(each)) if isinstance(each, CollectedEnvelope) else each


class Confusing(Office):
    """Reports a status of another document."""

    async def collect(self) -> AsyncGenerator[Collected, None]:
        async for each in super().collect():
            yield replace(each, key="0" * 64) if isinstance(each, CollectedStatus) else each


class Repeating(Office):
    """Tells news as often as it is given it."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.count = 0

    async def report(self, notice: Notice) -> None:
        self.count += 1
        await super().report(replace(notice, key=f"{notice.key}-{self.count}"))


class Curt(Office):
    """Tells a status without its words."""

    async def report(self, notice: Notice) -> None:
        await super().report(replace(notice, description=""))


class Rounding(Office):
    """Knows only that a document is done or is not."""

    async def report(self, notice: Notice) -> None:
        done = notice.code in {None, StatusCode.COMPLETED, StatusCode.RECALL_REQUESTED}
        await super().report(notice if done else replace(notice, code=StatusCode.PROCESSING))


class Trying(Office):
    """Finds out whether the other side works by sending it something."""

    async def health(self) -> None:
        await self.ask(lambda: self.memory.take("health", {}, {}))


class Cheerful(Office):
    async def health(self) -> None: ...


class Bare(Settings):
    name: str = "Văn phòng"


class Lax(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    token_file: Path = Field(description="Tệp chứa mã truy cập · file of the token")


class Quoting(Office):
    def __init__(self, settings: Settings, context: Any) -> None:
        super().__init__(settings, context)
        if settings.name != "Văn phòng":
            raise Misconfigured("link-misconfigured", detail=f"name: {settings.name}")


def _half(whole: CollectedEnvelope) -> Any:
    async def stream() -> AsyncGenerator[bytes, None]:
        content = b"".join([chunk async for chunk in whole.open()])
        yield content[: len(content) // 2]

    return stream
