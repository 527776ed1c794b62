"""All peers together: who writes to me, what, and when."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from gateway.core.faults import Rejected, Transient
from gateway.entry.cli.api_client import Refused
from gateway.entry.sandbox import letters
from gateway.entry.sandbox.clock import MovableClock
from gateway.entry.sandbox.peer import AGAIN_SECONDS, Peer
from gateway.entry.sandbox.switches import Switches

TRAFFIC_EVERY: Final = timedelta(seconds=30)


class Errand(StrEnum):
    """What a peer can be asked to send."""

    DOCUMENT = "document"
    URGENT = "urgent"
    UPDATE = "update"
    RECALL = "recall"
    REPLY = "reply"


@dataclass(slots=True, kw_only=True)
class Office:
    """The peers by organ id."""

    peers: dict[str, Peer]
    clock: MovableClock
    switches: Callable[[], Switches]

    async def run(self) -> None:
        """Let everybody work until cancelled."""
        await asyncio.gather(*(peer.run() for peer in self.peers.values()), self._traffic())

    async def send(self, sender: str, errand: Errand) -> dict[str, Any]:
        """Let a peer send; give what the hub answered. Raises `not-found` where there is nothing to answer, or no such peer."""
        peer = self.peers.get(sender)
        if peer is None:
            names = ", ".join(self.peers)
            raise Rejected("not-found", path="from", detail=f"Cơ quan bạn: {names}.", detail_en=f"The peers: {names}.")
        try:
            return {"kind": errand, "from": sender, "answer": await _sent(peer, errand)}
        except Refused as refused:
            code = refused.code or "malformed-request"
            raise Rejected(code, detail=str(refused.problem.get("detail", ""))) from refused

    async def _traffic(self) -> None:
        """Write to me in turns while that is switched on."""
        turns, last = itertools.cycle(self.peers), self.clock.now() - TRAFFIC_EVERY
        while True:
            await self.clock.moved(AGAIN_SECONDS)
            now = self.clock.now()
            if not self.switches().traffic:
                last = now - TRAFFIC_EVERY
            elif not timedelta() <= now - last < TRAFFIC_EVERY:
                last = now
                try:
                    await self.send(next(turns), Errand.DOCUMENT)
                except (Rejected, Transient):
                    continue


async def _sent(peer: Peer, errand: Errand) -> dict[str, Any]:
    if errand is Errand.URGENT:
        return await peer.write(letters.urgent)
    if errand is Errand.REPLY:
        asked = await peer.asked()
        if asked is None:
            vi, en = "Bạn chưa gửi cơ quan này văn bản nào.", "You have not sent this peer anything yet."
            raise Rejected("not-found", path="from", detail=vi, detail_en=en)
        return await peer.write(lambda code, on: letters.reply(code, on, asked))
    if errand is Errand.DOCUMENT:
        return await peer.write(letters.plain)
    earlier = await peer.earlier(again=errand is Errand.UPDATE) or await _first(peer)
    return await peer.recall(earlier) if errand is Errand.RECALL else await peer.send(letters.update(earlier))


async def _first(peer: Peer) -> dict[str, Any]:
    """Send what can then be updated or recalled; give it as the hub shows it."""
    answer = await peer.write(letters.plain)
    shown: dict[str, Any] = await peer.client.get(f"/documents/{answer['id']}")
    return shown
