"""The other side of loopback: the memory of the adapter itself, which outlives the adapter here."""

import hashlib
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.sdk import Accepted, Adapter, CollectedEnvelope, CollectedStatus, Opener, StatusCode, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.other_side import Held, Mood, Outgoing, Told

from ..adapter import Loopback


class OtherSide:
    """Holds what each loopback that is opened shares: a restart of the hub loses nothing of it."""

    impossible: Mapping[Mood, str] = {mood: "bộ nhớ không hỏng · memory does not fail" for mood in Mood if mood is not Mood.WELL}
    settings: Mapping[str, object] = {}
    secrets: frozenset[str] = frozenset()

    def __init__(self, folder: Path) -> None:
        self._memory = Loopback()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def meet(self, adapter: Adapter) -> None:
        vars(adapter).update(vars(self._memory))

    async def be(self, mood: Mood) -> None: ...

    async def held(self) -> tuple[Held, ...]:
        return tuple(
            [
                Held(
                    reference=f"loopback-{each.key}",
                    envelope=await _octets(each.open),
                    files={part.name: await _digest(part.open) for part in each.parts},
                )
                for each in self._memory.taken.values()
            ]
        )

    async def told(self) -> tuple[Told, ...]:
        return tuple(
            Told(number=each.number, notation=each.notation, code=each.code, description=each.description)
            for each in self._memory.told.values()
        )

    async def offer(self, outgoing: Outgoing) -> str:
        reference = f"out-{len(self._memory.waiting) + len(self._memory.outcomes)}"
        self._memory.waiting[reference] = CollectedEnvelope(reference=reference, open=edxml.stream(_envelope(outgoing)))
        return reference

    async def offer_status(self, key: str, code: StatusCode, description: str) -> str:
        reference = f"status-{len(self._memory.waiting) + len(self._memory.outcomes)}"
        status = CollectedStatus(reference=reference, key=key, code=code, description=description)
        self._memory.waiting[reference] = status
        return reference

    async def outcomes(self) -> Mapping[str, str]:
        outcomes = self._memory.outcomes.items()
        return {reference: "accepted" if isinstance(each, Accepted) else str(each) for reference, each in outcomes}


def _envelope(outgoing: Outgoing) -> bytes:
    usual = golden.document(
        outgoing.number,
        attachments=(golden.attachment(content=outgoing.content, name=outgoing.file),),
        sender=edxml.Organisation(organ_id=outgoing.sender),
        receivers=(edxml.Organisation(organ_id=outgoing.receiver),),
        code=edxml.Code(number=outgoing.number, notation=outgoing.notation),
        promulgation_date=outgoing.promulgated_on,
        subject=outgoing.subject,
    )
    return edxml.write(replace(usual, trace=edxml.TraceHeaderList()))


async def _octets(stream: Opener) -> bytes:
    async with aclosing(stream()) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def _digest(stream: Opener) -> str:
    digest = hashlib.sha256()
    async with aclosing(stream()) as chunks:
        async for chunk in chunks:
            digest.update(chunk)
    return digest.hexdigest()
