"""Failures: kept on disk with what is needed to see them again, made small where that is cheap, and not told twice."""

import collections
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.cases import Answer, Case

if TYPE_CHECKING:
    from tests.fuzz.campaign import Campaign

KEPT_OF_A_KIND = 3
MOST_TRIES = 60
MOST_SECONDS = 10.0
LARGEST_BODY = 200_000
"""Only smaller ones are made small: the others take too long to send again."""
TIMING = ("slow", "no answer")
"""Complaints that another program on the machine may cause: they count when they are seen again."""


@dataclass(slots=True, kw_only=True)
class Failures:
    """The failures of a campaign, by door and complaint."""

    folder: Path
    seed: int
    log: collections.deque[str]
    counts: collections.Counter[tuple[str, str]] = field(default_factory=collections.Counter)

    def note(self, said: str, index: int) -> None:
        """Take up a complaint about the hub as a whole, after the case of that number."""
        self.counts["hub", said] += 1
        self._write("hub", said, index, b"", [])

    async def add(self, campaign: "Campaign", case: Case, answers: list[Answer], said: str, index: int) -> None:
        """Take up a complaint about a case, unless it was a matter of time and is not seen again."""
        if self.counts[case.door, said] >= KEPT_OF_A_KIND:
            self.counts[case.door, said] += 1
            return
        again = await campaign.complaint(case, await campaign.send(case))
        if again is None and said.startswith(TIMING):
            return
        self.counts[case.door, said] += 1
        if again == said and not said.startswith(TIMING) and len(case.body) <= LARGEST_BODY:
            case = await _smallest(campaign, case, said)
        self._write(case.door, said, index, case.octets(), answers)

    def save(self, name: str, said: str, octets: bytes) -> None:
        """Take up a complaint about a function, which says the bytes that it was given."""
        self.counts[name, said] += 1
        if self.counts[name, said] <= KEPT_OF_A_KIND:
            self._write(name, said, 0, octets, [])

    def _write(self, door: str, said: str, index: int, octets: bytes, answers: Iterable[Answer]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{len(list(self.folder.glob('*.json'))):03}-{door.replace(' ', '-')}"
        facts = {
            "complaint": said,
            "seed": self.seed,
            "case": index,
            "answers": [(answer.status, answer.body[:2000].decode("utf-8", "replace")) for answer in answers],
            "log": list(self.log)[-5:],
        }
        (self.folder / f"{name}.request").write_bytes(octets)
        (self.folder / f"{name}.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")


async def _smallest(campaign: "Campaign", case: Case, said: str) -> Case:
    """Leave out pieces of the body, large ones first, as long as the complaint stays."""
    end, size, at = time.monotonic() + MOST_SECONDS, len(case.body) // 2, 0
    for _ in range(MOST_TRIES):
        if size < 1 or time.monotonic() > end:
            break
        smaller = replace(case, body=case.body[:at] + case.body[at + size :])
        if await campaign.complaint(smaller, await campaign.send(smaller)) == said:
            case = smaller
        else:
            at += size
        if at >= len(case.body):
            size, at = size // 2, 0
    return case
