"""What the office has: a system of records in memory, which fails on demand."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from gateway.sdk import Collected, Notice
from gateway.sdk.conformance.other_side import REASON, Held, Mood

T = TypeVar("T")


class FailedError(Exception):
    """The office failed by itself."""


class RefusedError(Exception):
    """The office refuses for good."""


@dataclass(slots=True, kw_only=True)
class Memory:
    """Documents and news are by key, what waits and outcomes by reference."""

    token: str
    mood: Mood = Mood.WELL
    documents: dict[str, Held] = field(default_factory=dict)
    news: dict[str, Notice] = field(default_factory=dict)
    waiting: dict[str, Collected] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    calls: int = 0

    async def ask(self, token: str, do: Callable[[], T]) -> T:
        """Do what is asked, if the mood is well or silent."""
        self.calls += 1
        if self.mood is Mood.AWAY:
            raise ConnectionRefusedError
        if self.mood is Mood.HANGING:
            await asyncio.Event().wait()
        if self.mood is Mood.FAILING:
            raise FailedError
        if self.mood is Mood.GARBLED:
            raise ValueError("<html>")
        if self.mood is Mood.UNAUTHORISED or token != self.token:
            raise PermissionError
        await asyncio.sleep(0)
        done = do()
        if self.mood is Mood.SILENT:
            await asyncio.Event().wait()
        return done

    def take(self, key: str, fields: dict[str, str], files: dict[str, str]) -> str:
        """Keep a document; give its number here."""
        if self.mood is Mood.REFUSING:
            raise RefusedError(REASON)
        reference = f"CV-{len(self.documents) + 1}"
        held = self.documents.setdefault(key, Held(reference=reference, fields=fields, files=files))
        return str(held.reference)

    def tell(self, notice: Notice) -> None:
        """Keep news."""
        if self.mood is Mood.REFUSING:
            raise RefusedError(REASON)
        self.news.setdefault(notice.key, notice)

    def settle(self, reference: str, outcome: str) -> None:
        """Take what waits off the list."""
        self.waiting.pop(reference, None)
        self.outcomes[reference] = outcome
