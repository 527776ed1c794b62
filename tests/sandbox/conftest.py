"""A sandbox in the test's own event loop, and a vendor's system that calls it over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from gateway.core import signing, writing
from gateway.core.envelope import Code
from gateway.entry.sandbox import letters
from gateway.entry.sandbox.habits import Habits
from gateway.entry.sandbox.layout import Laid, lay_out
from gateway.entry.sandbox.letters import Agency, Letter
from gateway.entry.sandbox.running import opened
from gateway.entry.sandbox.sandbox import Sandbox
from gateway.entry.sandbox.switches import Switches
from gateway.infra.key_files import load_identity

SOON_SECONDS = 10.0
"""How long a test waits for what the peers do by themselves: they look five times a second."""


@dataclass(kw_only=True)
class Vendor:
    """My system, and what a person does on the sandbox's page."""

    sandbox: Sandbox
    session: aiohttp.ClientSession
    number: int = 0

    @property
    def mine(self) -> Agency:
        return self.sandbox.laid.mine

    @property
    def peer(self) -> Agency:
        return self.sandbox.laid.peers[0]

    def letter(self, **more: Any) -> bytes:
        """Write and sign a document of today, under the next number."""
        self.number += 1
        letter = replace(letters.plain(Code(number=str(self.number), notation="VP-HC"), self.sandbox.clock.now().date()), **more)
        return signed(self.sandbox.laid, letter, self.sandbox.clock.now())

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """Call the hub's API with my token."""
        token = self.sandbox.laid.token(self.mine.organ)
        headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
        url = f"{self.sandbox.url}/api/v1{path}"
        async with self.session.request(method, url, headers=headers, **more) as response:
            raw = await response.read()
            return response.status, await response.json(content_type=None) if "json" in response.content_type and raw else raw

    async def send(self, envelope: bytes, **headers: str) -> tuple[int, Any]:
        return await self.call("POST", "/documents", data=envelope, headers={"Content-Type": "application/xml"} | headers)

    async def lease(self, **asked: Any) -> dict[str, Any]:
        status, body = await self.call("POST", "/inbox/leases", json={"wait": 5, **asked})
        assert status == 201, body
        answer: dict[str, Any] = body
        return answer

    async def take(self) -> dict[str, Any]:
        """Take one delivery as one should: fetch, then acknowledge."""
        lease = await self.lease()
        (delivery,) = lease["deliveries"]
        await self.call("GET", f"/documents/{delivery['document']}/envelope")
        await self.call("POST", f"/inbox/leases/{lease['token']}/ack", json={})
        answer: dict[str, Any] = delivery
        return answer

    async def report(self, delivery: str, code: str, description: str = "") -> tuple[int, Any]:
        return await self.call("POST", "/statuses", json={"delivery": delivery, "code": code, "description": description})

    async def play(self, path: str, asked: object = None, method: str = "POST") -> Any:
        """Call the sandbox itself."""
        async with self.session.request(method, f"{self.sandbox.url}/sandbox{path}", json=asked) as response:
            return await response.json()

    async def switch(self, **on: Any) -> None:
        await self.play("/switches", {name.replace("_", "-"): value for name, value in on.items()})

    async def advance(self, minutes: float) -> None:
        await self.play("/clock", {"advance_minutes": minutes})

    async def calls(self) -> list[dict[str, Any]]:
        """Give the log, the oldest first."""
        found: list[dict[str, Any]] = (await self.play("/calls", method="GET"))["items"]
        return found[::-1]

    async def hints(self) -> list[str]:
        return [hint["code"] for call in await self.calls() for hint in call["hints"]]

    async def document(self, document: str) -> dict[str, Any]:
        _, body = await self.call("GET", f"/documents/{document}")
        shown: dict[str, Any] = body
        return shown

    async def until(self, document: str, holds: Callable[[dict[str, Any]], bool], *, minutes: float = 0) -> dict[str, Any]:
        """Look at a document until something holds of its first delivery; move the clock on between the looks."""
        async with asyncio.timeout(SOON_SECONDS):
            while True:
                delivery: dict[str, Any] = (await self.document(document))["deliveries"][0]
                if holds(delivery):
                    return delivery
                await asyncio.sleep(0.05)
                if minutes:
                    await self.advance(minutes)


def signed(laid: Laid, letter: Letter, now: datetime) -> bytes:
    """Sign a letter from me to the first peer."""
    package = letters.envelope(letter, laid.mine, laid.peers[0], now)
    key, certificate = load_identity(laid.own(laid.mine.organ) / "key.pem", laid.own(laid.mine.organ) / "cert.pem")
    return signing.sign(writing.emit(package), certificate=certificate, key=key)


def reported(delivery: dict[str, Any]) -> list[str]:
    """Give the codes of a delivery's statuses, in the order in which they came."""
    return [each["data"]["code"] for each in delivery["timeline"] if each["type"] == "status.received"]


@pytest.fixture(scope="package")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    """A sandbox's folder."""
    return lay_out(tmp_path_factory.mktemp("sandbox") / "hub", port=0, mine=None)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def running(laid: Laid) -> AsyncIterator[Vendor]:
    async with opened(laid) as sandbox, aiohttp.ClientSession() as session:
        yield Vendor(sandbox=sandbox, session=session)


@pytest_asyncio.fixture(loop_scope="package")
async def vendor(running: Vendor) -> Vendor:
    """My system on a new day: nothing waits for it, nothing is switched on, nothing is known of its habits."""
    sandbox = running.sandbox
    sandbox.switches = Switches()
    sandbox.observing = replace(sandbox.observing, habits=Habits())
    while (lease := await running.lease(wait=0, max=100)).get("token"):
        await running.call("POST", f"/inbox/leases/{lease['token']}/ack", json={})
    sandbox.observing = replace(sandbox.observing, habits=Habits())
    sandbox.log.clear()
    return running
