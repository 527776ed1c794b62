"""The office under the kit's control."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gateway.sdk import CollectedEnvelope, CollectedStatus, StatusCode, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.other_side import Held, Mood, Outgoing, Told
from tests.conformance.office.memory import Memory

TOKEN = "ma-truy-cap-0123456789"


class OtherSide:
    impossible: Mapping[Mood, str] = {}
    secrets = frozenset({TOKEN})

    def __init__(self, folder: Path) -> None:
        self.memory = Memory(token=TOKEN)
        (folder / "token").write_text(TOKEN)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    @property
    def settings(self) -> Mapping[str, object]:
        return {"token_file": "token"}

    def meet(self, adapter: Any) -> None:
        adapter.memory = self.memory

    async def be(self, mood: Mood) -> None:
        self.memory.mood = mood

    async def held(self) -> tuple[Held, ...]:
        return tuple(self.memory.documents.values())

    async def told(self) -> tuple[Told, ...]:
        return tuple(
            Told(number=each.number, notation=each.notation, code=each.code, description=each.description)
            for each in self.memory.news.values()
        )

    async def offer(self, outgoing: Outgoing) -> str:
        reference = f"DI-{outgoing.number}"
        package = golden.document(
            sender=edxml.Organisation(organ_id=outgoing.sender),
            receivers=(edxml.Organisation(organ_id=outgoing.receiver),),
            code=edxml.Code(number=outgoing.number, notation=outgoing.notation),
            promulgation_date=outgoing.promulgated_on,
            subject=outgoing.subject,
            attachments=(golden.attachment(content=outgoing.content, name=outgoing.file),),
        )
        envelope = edxml.write(replace(package, trace=edxml.TraceHeaderList()))
        self.memory.waiting[reference] = CollectedEnvelope(reference=reference, open=edxml.stream(envelope))
        return reference

    async def offer_status(self, key: str, code: StatusCode, description: str) -> str:
        reference = f"TT-{code}"
        status = CollectedStatus(reference=reference, key=key, code=code, description=description)
        self.memory.waiting[reference] = status
        return reference

    async def outcomes(self) -> Mapping[str, str]:
        return self.memory.outcomes
