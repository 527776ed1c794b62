"""The other side of an adapter out of process: a service over HTTP, told what to do through its own `/kit/…`, behind a relay.

A service without `/kit/…` cannot be looked into: what would need that is skipped, and says so.
"""

import base64
import os
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NoReturn, Self

import aiohttp
from pydantic import ValidationError
from yarl import URL

from gateway.core.faults import Misconfigured
from gateway.core.model import StatusCode
from gateway.sdk.conformance.other_side import Held, Mood, Outgoing, Told
from gateway.sdk.conformance.relay import HOST, MOODS, Relay
from gateway.sdk.contract import CONTRACT
from gateway.sdk.manifest import Manifest, mistakes

VARIABLE: Final = "LIENTHONG_ADAPTER_TOKEN"
"""The variable of the environment that has the service's token."""
MANIFEST: Final = b"GET /manifest "
SECONDS: Final = 20.0
NO_KIT: Final = "dịch vụ không có /kit · the service has no /kit"
NO_RELAY: Final = "https: bộ thử không đứng giữa được · https: the kit cannot stand between"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that answered: where it is, what it claims, and whether it can be controlled."""

    url: URL
    token: str
    manifest: Manifest
    controlled: bool


async def meet(address: str) -> Service:
    """Ask a service who it is. Raises `Misconfigured` saying what is wrong with the address, the token or its manifest."""
    url, token = URL(address.rstrip("/")), os.environ.get(VARIABLE, "")
    if not token:
        raise _wrong(f"đặt mã truy cập của dịch vụ vào biến {VARIABLE}", f"put the service's token into {VARIABLE}")
    try:
        async with _session(token) as session:
            async with session.get(url / "manifest") as response:
                if response.status != 200:
                    raise _wrong(f"/manifest: HTTP {response.status}")
                said = await response.json()
            async with session.get(url / "kit" / "held") as response:
                controlled = response.status == 200
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise _wrong(f"/manifest: {type(error).__name__}") from error
    return Service(url=url, token=token, manifest=_manifest(said), controlled=controlled)


class RemoteSide:
    """A service under the kit's control."""

    def __init__(self, service: Service, folder: Path) -> None:
        self._service = service
        self._folder = folder
        self._opened = AsyncExitStack()
        self._session: aiohttp.ClientSession
        self._relay: Relay | None = None
        between = MOODS if service.url.scheme == "https" else frozenset[Mood]()
        inside = frozenset[Mood]() if service.controlled else frozenset(Mood) - MOODS - {Mood.WELL}
        self.impossible: Mapping[Mood, str] = dict.fromkeys(between, NO_RELAY) | dict.fromkeys(inside, NO_KIT)

    async def __aenter__(self) -> Self:
        (self._folder / "token").write_text(self._service.token, "utf-8")
        self._session = await self._opened.enter_async_context(_session(self._service.token))
        url = self._service.url
        if url.scheme == "http":
            behind = Relay(str(url.host), int(url.port or 80), spared=MANIFEST)
            self._relay = await self._opened.enter_async_context(behind)
        if self._service.controlled:
            await self._ask("POST", "reset")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._opened.aclose()

    @property
    def settings(self) -> Mapping[str, object]:
        url = self._service.url
        if self._relay is not None:
            return _settings(url.with_host(HOST).with_port(self._relay.port), ["127.0.0.0/8"])
        found = socket.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
        return _settings(url, sorted({str(address[0]) for *_, address in found}))

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset({self._service.token})

    async def be(self, mood: Mood) -> None:
        """Behave like that from now on: the service its part, the relay the others."""
        if self._service.controlled:
            await self._ask("POST", "mood", {"mood": Mood.WELL if mood in MOODS else mood})
        if self._relay is not None:
            await self._relay.be(mood)

    async def held(self) -> tuple[Held, ...]:
        return tuple(map(_held, (await self._ask("GET", "held"))["held"]))

    async def told(self) -> tuple[Told, ...]:
        return tuple(map(_told, (await self._ask("GET", "told"))["told"]))

    async def offer(self, outgoing: Outgoing) -> str:
        return str((await self._ask("POST", "offer", _outgoing(outgoing)))["reference"])

    async def offer_status(self, key: str, code: StatusCode, description: str) -> str:
        said = await self._ask("POST", "offer-status", {"key": key, "code": code, "description": description})
        return str(said["reference"])

    async def outcomes(self) -> Mapping[str, str]:
        outcomes: dict[str, str] = (await self._ask("GET", "outcomes"))["outcomes"]
        return outcomes

    async def _ask(self, method: str, name: str, body: object = None) -> Any:
        if not self._service.controlled:
            _blind()
        async with self._session.request(method, self._service.url / "kit" / name, json=body) as response:
            response.raise_for_status()
            return await response.json() if response.status == 200 else None


def _blind() -> NoReturn:
    raise NotImplementedError(NO_KIT)


def _session(token: str) -> aiohttp.ClientSession:
    headers = {"Authorization": f"Bearer {token}", "X-Lienthong-Contract": str(CONTRACT), "X-Lienthong-System": "kit"}
    return aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=SECONDS))


def _settings(url: URL, networks: list[str]) -> Mapping[str, object]:
    return {"url": str(url), "token_file": "token", "networks": networks}


def _manifest(said: Any) -> Manifest:
    """Read what a service says of itself; members that are unknown are left out, as the contract has it."""
    if not isinstance(said, dict):
        raise _wrong("/manifest: JSON object")
    known = {name: value for name, value in said.items() if name in Manifest.model_fields}
    name = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in str(said.get("name", "")).lower())
    try:
        return Manifest.model_validate({**known, "name": f"a{name}"[:40] if not name[:1].isalpha() else name[:40]})
    except ValidationError as error:
        raise _wrong(f"/manifest: {mistakes(error)}") from None


def _held(said: Mapping[str, Any]) -> Held:
    envelope = base64.b64decode(said["envelope"]) if said.get("envelope") else None
    return Held(reference=said["reference"], envelope=envelope, fields=said.get("fields") or {}, files=said["files"])


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


def _wrong(vi: str, en: str = "") -> Misconfigured:
    return Misconfigured("misconfigured", detail=vi, detail_en=en)
