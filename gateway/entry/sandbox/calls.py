"""The log of my calls: what was asked and answered, never a token or a body; in memory, and in a file that grows."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from gateway.entry.sandbox.explained import Explained

KEPT: Final = 2000
"""Calls in memory: an afternoon of trials. The file has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. `at` is the sandbox's time; `status` is None where no answer left; `injected` names the faults switched on.

    Sizes are in bytes; `got_bytes` is None where the answer was streamed.
    """

    number: int
    at: datetime
    method: str
    path: str
    status: int | None
    milliseconds: int
    sent_bytes: int
    sent_sha256: str | None
    got_bytes: int | None
    trace_id: str
    injected: tuple[str, ...] = ()
    problems: tuple[Explained, ...] = ()
    findings: tuple[Explained, ...] = ()
    hints: tuple[Explained, ...] = ()

    def shown(self) -> dict[str, Any]:
        """Give it as JSON shows it."""
        return {**asdict(self), "at": self.at.isoformat(timespec="milliseconds")}

    @property
    def is_troubled(self) -> bool:
        """Tell whether there is something to mend."""
        return bool(self.problems or self.hints or self.findings)


class CallLog:
    """Calls, the newest last."""

    def __init__(self, file: Path) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self._file = file
        self._last = 0

    def number(self) -> int:
        """Give the number of the next call."""
        self._last += 1
        return self._last

    def add(self, call: Call) -> None:
        """Keep a call that has ended."""
        self._calls.append(call)
        self._write(call.shown())

    def hint(self, number: int, hint: Explained) -> None:
        """Say something about an earlier call, once; nothing where it is no longer kept."""
        for index, call in enumerate(self._calls):
            if call.number == number and all(each.code != hint.code for each in call.hints):
                self._calls[index] = replace(call, hints=(*call.hints, hint))
                self._write({"number": number, "hint": asdict(hint)})

    def newest(self, *, limit: int, after: int = 0, troubled: bool = False) -> Iterator[Call]:
        """Give calls, the newest first: those after a number, on wish only those with something to mend."""
        found = (call for call in reversed(self._calls) if call.number > after and (call.is_troubled or not troubled))
        return (call for call, _ in zip(found, range(limit), strict=False))

    def summary(self) -> dict[str, int]:
        """Count."""
        return {
            "calls": len(self._calls),
            "problems": sum(len(call.problems) for call in self._calls),
            "findings": sum(len(call.findings) for call in self._calls),
            "hints": sum(len(call.hints) for call in self._calls),
            "injected": sum(bool(call.injected) for call in self._calls),
        }

    def clear(self) -> None:
        """Forget the calls; numbers run on, and the file keeps what it has."""
        self._calls.clear()

    def _write(self, line: dict[str, Any]) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(line, ensure_ascii=False)}\n")
