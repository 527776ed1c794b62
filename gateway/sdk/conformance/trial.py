"""A trial: the other side and the adapter, opened for one check, with what was heard of them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest

from gateway.core.faults import Fault
from gateway.sdk import Adapter, Collected, Consignment, Notice, Taken
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import fail
from gateway.sdk.conformance.other_side import Held, OtherSide, Told
from gateway.sdk.opening import Found

T = TypeVar("T")

CALL_SECONDS: Final = 20.0
"""No call takes that long of another side that is well, on a slow machine either."""
PATIENCE_SECONDS: Final = 0.5
SETTLE_SECONDS: Final = 0.3
CANCEL_SECONDS: Final = 2.0
"""How soon a call that is cancelled has to end."""
MOST: Final = 500
"""Collected at most in one go: another side that never ends its list is found out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The adapter that is tried, and what makes its other side in a folder.

    `patience` is how long the kit waits, in seconds, to see whether a call that cannot end ends all the same; `settling` how
    long the other side has to see that a call was broken off.
    """

    found: Found
    side: Callable[[Path], OtherSide]
    patience: float = PATIENCE_SECONDS
    settling: float = SETTLE_SECONDS


class Trial:
    """One check's other side and adapter. `heard` is all that the adapter wrote and raised; `skew` is how wrong the clock is."""

    def __init__(self, subject: Subject, folder: Path) -> None:
        self.found = subject.found
        self.manifest = subject.found.manifest
        self.folder = folder
        self.patience = subject.patience
        self.settling = subject.settling
        self.other = subject.side(folder)
        self.adapter: Adapter
        self.heard: list[str] = []
        self.skew = timedelta()
        self._opened = AsyncExitStack()

    @asynccontextmanager
    async def begun(self) -> AsyncGenerator["Trial", None]:
        """Have the other side and the adapter open for a block."""
        async with self.other:
            await self._open()
            try:
                yield self
            finally:
                await self._opened.aclose()

    async def reopen(self) -> None:
        """Close and open the adapter, as a restart of the hub does."""
        await self._opened.aclose()
        await self._open()

    async def _open(self) -> None:
        context = golden.context(self.folder, self._log, lambda: datetime.now(UTC) + self.skew)
        opening = self.found.opened(self.other.settings, context)
        self.adapter = await self._opened.enter_async_context(opening)
        meet = getattr(self.other, "meet", None)
        if meet is not None:
            meet(self.adapter)

    async def deliver(self, consignment: Consignment, seconds: float = CALL_SECONDS) -> Taken:
        """Hand a document over, which has to work."""
        return await bounded(self.adapter.deliver(consignment), seconds)

    async def report(self, notice: Notice) -> None:
        """Tell news, which has to work."""
        await bounded(self.adapter.report(notice))

    async def collect(self) -> list[Collected]:
        """Fetch all that waits."""
        collected: list[Collected] = []
        async with aclosing(self.adapter.collect()) as waiting:
            while (each := await bounded(anext(waiting, None))) is not None:
                collected.append(each)
                if len(collected) == MOST:
                    fail(f"collect không bao giờ hết (> {MOST})", f"collect never ends (> {MOST})")
        return collected

    async def held(self) -> tuple[Held, ...]:
        """Give the documents that the other side has, or skip where it cannot be looked into."""
        return await _seen(self.other.held())

    async def told(self) -> tuple[Told, ...]:
        """Give the news that the other side was told, or skip."""
        return await _seen(self.other.told())

    async def outcomes(self) -> Mapping[str, str]:
        """Give what the other side knows of what was collected, or skip."""
        return await _seen(self.other.outcomes())

    async def only(self) -> Held:
        """Give the only document that the other side has."""
        held = await self.held()
        if len(held) != 1:
            fail(f"bên kia có {len(held)} văn bản, cần đúng 1", f"the other side has {len(held)} documents, expected exactly 1")
        return held[0]

    async def fault_of(self, call: Awaitable[object]) -> Fault:
        """Make a call that has to come to nothing, and give what it raised."""
        try:
            await bounded(call)
        except AssertionError:
            raise
        except Exception as error:  # noqa: BLE001  an adapter's own code, of which anything may come
            return self._fault(error)
        return fail("không báo lỗi", "raised nothing")

    async def outcome(self, call: Awaitable[object]) -> Fault | None:
        """Make a call of which anything may come; give the fault. A call that does not end is cancelled."""
        task = asyncio.ensure_future(call)
        await asyncio.wait({task}, timeout=self.patience)
        if not task.done():
            await cancelled(task)
            return None
        error = task.exception()
        if error is None:
            return None
        return self._fault(error)

    def calls(self, consignment: Consignment, notice: Notice) -> dict[str, Callable[[], Awaitable[object]]]:
        """Give each call that the manifest claims, by its name."""
        claimed: dict[str, Callable[[], Awaitable[object]]] = {}
        if self.manifest.push:
            claimed["deliver"] = lambda: self.adapter.deliver(consignment)
        if self.manifest.statuses:
            claimed["report"] = lambda: self.adapter.report(notice)
        if self.manifest.collect:
            claimed["collect"] = self.collect
        return claimed

    def _fault(self, error: BaseException) -> Fault:
        self.hear(error)
        if isinstance(error, Fault):
            return error
        kind = type(error).__name__
        return fail(f"ném {kind} thay vì lỗi của SDK", f"raised {kind} instead of a fault of the SDK")

    def hear(self, error: BaseException) -> None:
        """Keep what an error says."""
        self.heard.append(str(error))
        if isinstance(error, Fault):
            self.heard += (error.detail, error.detail_en, *(f"{each.vi} {each.en}" for each in error.problems))

    def _log(self, event: str, **facts: str | float | None) -> None:
        self.heard.append(f"{event} {facts}")


async def _seen(look: Awaitable[T]) -> T:
    try:
        return await look
    except NotImplementedError as error:
        pytest.skip(str(error))


async def bounded(call: Awaitable[T], seconds: float = CALL_SECONDS) -> T:
    """Await a call that has to end."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await call
    except TimeoutError:
        if limit.expired():
            fail(f"sau {seconds:g} giây vẫn chưa xong", f"had not ended after {seconds:g} seconds")
        raise


async def cancelled(task: asyncio.Future[Any]) -> None:
    """Cancel a call, which has to end soon then."""
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=CANCEL_SECONDS)
    if not done:
        fail(
            f"đã hủy mà {CANCEL_SECONDS:g} giây sau vẫn chưa dừng",
            f"was cancelled and had not ended {CANCEL_SECONDS:g} seconds later",
        )
    if not task.cancelled():
        task.exception()  # it was looked at
