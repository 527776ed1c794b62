"""The other side for the kit: the example in Node, told what to do through its own `/kit/…`, behind a relay that can fail."""

import base64
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from gateway.sdk import StatusCode
from gateway.sdk.conformance.other_side import Held, Mood, Outgoing, Told
from gateway.sdk.conformance.relay import MOODS, Relay

from .service import TOKEN, running

MANIFEST: Final = b"GET /manifest "


class OtherSide:
    """The service under the kit's control."""

    impossible: Mapping[Mood, str] = {}

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened = AsyncExitStack()
        self._control: aiohttp.ClientSession
        self._relay: Relay
        self.port = 0

    async def __aenter__(self) -> Self:
        (self._folder / "token").write_text(f"{TOKEN}\n", "ascii")
        self.port, _ = await self._opened.enter_async_context(running(self._folder))
        headers = {"Authorization": f"Bearer {TOKEN}"}
        session = aiohttp.ClientSession(f"http://127.0.0.1:{self.port}", headers=headers, raise_for_status=True)
        self._control = await self._opened.enter_async_context(session)
        self._relay = await self._opened.enter_async_context(Relay("127.0.0.1", self.port, spared=MANIFEST))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._opened.aclose()

    @property
    def settings(self) -> Mapping[str, object]:
        return {"url": f"http://127.0.0.1:{self._relay.port}", "token_file": "token", "networks": ["127.0.0.0/8"]}

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset({TOKEN})

    async def be(self, mood: Mood) -> None:
        """Behave like that from now on: the service its part, the relay the others."""
        await self._ask("POST", "mood", {"mood": Mood.WELL if mood in MOODS else mood})
        await self._relay.be(mood)

    async def held(self) -> tuple[Held, ...]:
        return tuple(_held(each) for each in (await self._ask("GET", "held"))["held"])

    async def told(self) -> tuple[Told, ...]:
        return tuple(_told(each) for each in (await self._ask("GET", "told"))["told"])

    async def offer(self, outgoing: Outgoing) -> str:
        return str((await self._ask("POST", "offer", _outgoing(outgoing)))["reference"])

    async def offer_status(self, key: str, code: StatusCode, description: str) -> str:
        said = await self._ask("POST", "offer-status", {"key": key, "code": code, "description": description})
        return str(said["reference"])

    async def outcomes(self) -> Mapping[str, str]:
        outcomes: dict[str, str] = (await self._ask("GET", "outcomes"))["outcomes"]
        return outcomes

    async def _ask(self, method: str, name: str, body: object = None) -> Any:
        async with self._control.request(method, f"/kit/{name}", json=body) as response:
            return await response.json() if response.status == 200 else None


def _held(said: Mapping[str, Any]) -> Held:
    envelope = base64.b64decode(said["envelope"]) if said.get("envelope") else None
    return Held(reference=said["reference"], envelope=envelope, fields=said.get("fields", {}), files=said["files"])


def _told(said: Mapping[str, Any]) -> Told:
    code = StatusCode(said["code"]) if said["code"] else None
    return Told(number=said["number"], notation=said["notation"], code=code, description=said["description"])


def _outgoing(outgoing: Outgoing) -> dict[str, str]:
    return {
        "sender": outgoing.sender,
        "receiver": outgoing.receiver,
        "number": outgoing.number,
        "notation": outgoing.notation,
        "promulgated_on": outgoing.promulgated_on.isoformat(),
        "subject": outgoing.subject,
        "file": outgoing.file,
        "content": base64.b64encode(outgoing.content).decode(),
    }
