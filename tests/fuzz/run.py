"""One run: the doors of one hub and the pure functions in turn."""

import collections
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.campaign import Tally, opened
from tests.fuzz.hub import serving
from tests.fuzz.pure import PureFuzz

PURE_SHARE = 0.15
"""Of the time: these calls are so fast that it is enough."""
TURN_SECONDS = 30.0
"""How long the doors have before it is the functions' turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run came to."""

    tally: Tally = field(default_factory=Tally)
    failures: collections.Counter[tuple[str, str]] = field(default_factory=collections.Counter)

    @classmethod
    def of(cls, results: Iterable["Result"]) -> "Result":
        """Add up the results of several runs."""
        whole = cls()
        for each in results:
            whole.tally.add(each.tally)
            whole.failures.update(each.failures)
        return whole


async def fuzz(folder: Path, *, seed: int, until: float) -> Result:
    """Fuzz until a moment of the monotonic clock; failures are saved under `folder`, made when there is one."""
    home = Path(tempfile.mkdtemp(prefix="lienthong-fuzzed-"))
    try:
        async with serving(home) as target, opened(target, folder, seed=seed) as (campaign, failures):
            pure = PureFuzz(failures, seed=seed)
            while time.monotonic() < until and target.complaint() is None:
                turn = min(TURN_SECONDS, until - time.monotonic())
                await campaign.run(time.monotonic() + turn * (1 - PURE_SHARE))
                pure.run(time.monotonic() + turn * PURE_SHARE)
            campaign.tally.add(pure.tally)
            return Result(tally=campaign.tally, failures=failures.counts)
    finally:
        shutil.rmtree(home)
