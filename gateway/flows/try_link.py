"""Try a link: what stands between the hub and a system, step by step, without sending anything."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.core.directory import System
from gateway.core.faults import Fault, Misconfigured
from gateway.flows.within import within
from gateway.ports import Catalogue

TRY_SECONDS: Final = 15.0
"""For all steps together: a system that works answers sooner, and somebody may be waiting in front of a page."""


class Step(StrEnum):
    """What is tried, in this order."""

    ADAPTER = "adapter"
    SETTINGS = "settings"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A step, how many seconds it took, and what was wrong with it; None where it went well."""

    step: Step
    seconds: float
    fault: Fault | None = None


async def try_link(catalogue: Catalogue, system: System) -> tuple[Tried, ...]:
    """Try one step after the other, as far as they go well: at most the last has a fault.

    The adapter is there and can do what the link asks of it; its settings, and the files that they name, can be used; the
    system answers.
    """
    begun, tried = time.monotonic(), list[Tried]()
    for step, does in _STEPS.items():
        began = time.monotonic()
        try:
            await within(round(TRY_SECONDS - (began - begun), 1), does(catalogue, system))
        except Fault as fault:
            return (*tried, Tried(step=step, seconds=time.monotonic() - began, fault=fault))
        tried.append(Tried(step=step, seconds=time.monotonic() - began))
    return tuple(tried)


async def _adapter(catalogue: Catalogue, system: System) -> None:
    manifest = catalogue.manifest(system)
    if system.link is not None and system.link.push and not manifest.push:
        raise Misconfigured("link-misconfigured", detail=f"{system.link.adapter}: push = false")


async def _settings(catalogue: Catalogue, system: System) -> None:
    await catalogue.adapter(system)


async def _answer(catalogue: Catalogue, system: System) -> None:
    await (await catalogue.adapter(system)).health()


_STEPS: Final[dict[Step, Callable[[Catalogue, System], Awaitable[None]]]] = {
    Step.ADAPTER: _adapter,
    Step.SETTINGS: _settings,
    Step.ANSWER: _answer,
}
