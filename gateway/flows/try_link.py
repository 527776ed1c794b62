"""Try a link: what stands between the hub and a system, step by step, without sending anything."""

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.core.directory import System
from gateway.core.faults import Fault, Misconfigured
from gateway.flows.within import within
from gateway.ports import Catalogue
from gateway.sdk import Adapter

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


async def try_link(catalogue: Catalogue, system: System, *, kept: bool = True) -> tuple[Tried, ...]:
    """Try one step after the other, as far as they go well: at most the last has a fault.

    The adapter is there and can do what the link asks of it; its settings, and the files that they name, can be used; the
    system answers. A link that is not `kept` yet is opened beside what is in force, and closed again.
    """
    begun, tried = time.monotonic(), list[Tried]()
    async with AsyncExitStack() as opened:
        trial = _Trial(catalogue, system, None if kept else opened)
        for step in Step:
            began = time.monotonic()
            try:
                await within(round(TRY_SECONDS - (began - begun), 1), trial.take(step))
            except Fault as fault:
                return (*tried, Tried(step=step, seconds=time.monotonic() - began, fault=fault))
            tried.append(Tried(step=step, seconds=time.monotonic() - began))
        return tuple(tried)


class _Trial:
    """The steps of one trial, over one adapter."""

    def __init__(self, catalogue: Catalogue, system: System, beside: AsyncExitStack | None) -> None:
        self._catalogue, self._system, self._beside = catalogue, system, beside
        self._adapter: Adapter | None = None

    async def take(self, step: Step) -> None:
        if step is Step.ADAPTER:
            manifest, link = self._catalogue.manifest(self._system), self._system.link
            if link is not None and link.push and not manifest.push:
                raise Misconfigured("link-misconfigured", detail=f"{link.adapter}: push = false")
        elif step is Step.SETTINGS:
            self._adapter = await self._open()
        elif self._adapter is not None:
            await self._adapter.health()

    async def _open(self) -> Adapter:
        if self._beside is None:
            return await self._catalogue.adapter(self._system)
        return await self._beside.enter_async_context(self._catalogue.beside(self._system))
