"""One peer: an agency with its own key and token that takes what I send, works through it, and writes when asked to."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509

from gateway.core import signing, writing
from gateway.core.envelope import Code
from gateway.core.faults import Rejected, Transient
from gateway.core.model import BusinessType, State, StatusCode
from gateway.entry.cli.api_client import ApiClient, Refused
from gateway.entry.sandbox import letters
from gateway.entry.sandbox.clock import MovableClock
from gateway.entry.sandbox.letters import Agency, Letter
from gateway.entry.sandbox.switches import Switches

TICK_SECONDS: Final = 0.2
"""How soon what is due is done, in real time; a move of the clock is heard at once."""
WAIT_SECONDS: Final = 20
LEASE_SECONDS: Final = 120
AGAIN_SECONDS: Final = 1.0
"""How soon a peer tries again that the hub refused or did not answer."""
PAGE: Final = 500
WORK: Final = (
    (StatusCode.ARRIVED, timedelta(seconds=2), "Đã đến"),
    (StatusCode.REGISTERED, timedelta(seconds=5), "Đã vào sổ văn bản đến"),
    (StatusCode.ASSIGNED, timedelta(seconds=15), "Đã phân công"),
    (StatusCode.PROCESSING, timedelta(seconds=30), "Đang xử lý"),
    (StatusCode.COMPLETED, timedelta(seconds=60), "Hoàn thành"),
)
"""When each is reported, in the sandbox's time since the document was taken: a person can watch, a moved clock shows the end."""
REFUSED_BY: Final = "[02]"
RECALL_REFUSED_BY: Final = "[16]"
"""What the subject of a document says where its sender wants to see it refused, or its recall."""
REFUSAL: Final = ((StatusCode.REFUSED, timedelta(seconds=2), "Văn bản không đúng thẩm quyền giải quyết"),)
RECALLS: Final = (
    (StatusCode.RECALL_AGREED, "Đồng ý thu hồi"),
    (StatusCode.RECALL_REFUSED, "Văn bản đã được thực hiện"),
)
RECALLED_AFTER: Final = timedelta(seconds=3)
_OPEN: Final = frozenset({State.COLLECTED, State.RECEIVED, State.ASSIGNED, State.PROCESSING})
_STANDING: Final = _OPEN | {State.AVAILABLE, State.QUEUED, State.COMPLETED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A status that will be reported at a time of the sandbox."""

    at: datetime
    delivery: str
    code: StatusCode
    words: str


@dataclass(slots=True, kw_only=True)
class Peer:
    """`agency` is the peer, `mine` my agency; `identity` reads its key, `told` counts what it did, for the page."""

    agency: Agency
    mine: Agency
    client: ApiClient
    identity: Callable[[], tuple[signing.SigningKey, x509.Certificate]]
    clock: MovableClock
    switches: Callable[[], Switches]
    told: dict[str, int] = field(default_factory=lambda: {"received": 0, "reported": 0, "sent": 0})
    _due: list[Due] = field(default_factory=list)
    _recalled: set[str] = field(default_factory=set)
    _number: int | None = None

    async def run(self) -> None:
        """Take, and work, until cancelled. What an earlier run left unfinished is gone on with."""
        await asyncio.gather(self._forever(self._take), self._forever(self._work))

    async def send(self, letter: Letter) -> dict[str, Any]:
        """Sign a letter and send it to my agency."""
        key, certificate = self.identity()
        package = letters.envelope(letter, self.agency, self.mine, self.clock.now())
        _, answer = await self.client.send(signing.sign(writing.emit(package), certificate=certificate, key=key))
        self.told["sent"] += 1
        return answer

    async def write(self, make: Callable[[Code, Any], Letter]) -> dict[str, Any]:
        """Give a letter the next number and today's date, and send it."""
        if self._number is None:
            used = [each["code"]["number"] async for each in self.client.items("/documents", role="sender", limit=PAGE)]
            self._number = max((int(each) for each in used if each.isdigit()), default=0)
        self._number += 1
        return await self.send(make(Code(number=str(self._number), notation=letters.NOTATION), self.clock.now().date()))

    async def recall(self, document: dict[str, Any]) -> dict[str, Any]:
        """Ask for a document back (13)."""
        delivery = document["deliveries"][0]["id"]
        words = "Văn bản phát hành nhầm, đề nghị thu hồi"
        asked = {"delivery": delivery, "code": StatusCode.RECALL_REQUESTED, "description": words}
        answer: dict[str, Any] = await self.client.post("/statuses", asked)
        return answer

    async def asked(self) -> dict[str, Any] | None:
        """Give the newest document that I sent to this peer; None where there is none."""
        async for each in self.client.items("/documents", role="receiver", limit=PAGE):
            if each["from"] == self.mine.organ:
                return each
        return None

    async def earlier(self, *, again: bool) -> dict[str, Any] | None:
        """Give the newest document of this peer to me that can be recalled (`again`: updated)."""
        sent = [each async for each in self.client.items("/documents", role="sender", limit=PAGE)]
        updated = {each["code"]["number"] for each in sent if each["business_type"] == BusinessType.UPDATE}
        for each in sent:
            own = each["deliveries"][0]
            fits = each["business_type"] == BusinessType.NEW and each["code"]["number"] not in updated if again else True
            if own["to"] == self.mine.organ and own["state"] in _STANDING and fits:
                return each
        return None

    async def _take(self) -> None:
        asked = {"max": 20, "seconds": LEASE_SECONDS, "wait": WAIT_SECONDS}
        lease = await self.client.post("/inbox/leases", asked)
        if not lease["deliveries"]:
            return
        for each in lease["deliveries"]:
            await self.client.get(f"/documents/{each['document']}/envelope")
        await self.client.post(f"/inbox/leases/{lease['token']}/ack", {})
        self.told["received"] += len(lease["deliveries"])
        for each in lease["deliveries"]:
            self._plan(each["id"], each["subject"])

    def _plan(self, delivery: str, subject: str, after: StatusCode | None = None) -> None:
        now = self.clock.now()
        self._due += [
            Due(at=now + delay, delivery=delivery, code=code, words=words)
            for code, delay, words in (REFUSAL if REFUSED_BY in subject else WORK)
            if after is None or code > after
        ]

    async def _work(self) -> None:
        await self._go_on()
        while True:
            await self.clock.moved(TICK_SECONDS)
            if self.switches().no_receipt:
                continue
            now = self.clock.now()
            for due in self._in_order([each for each in self._due if each.at <= now]):
                self._due.remove(due)
                await self._report(due)
            await self._answer_recalls()

    def _in_order(self, due: list[Due]) -> list[Due]:
        """Put what is due in the order of its time; where statuses are to come out of order, the other way round."""
        return sorted(due, key=lambda each: each.at, reverse=self.switches().duplicate)

    async def _report(self, due: Due) -> None:
        said = {"delivery": due.delivery, "code": due.code, "description": due.words}
        with contextlib.suppress(Refused):  # recalled or refused meanwhile
            await self.client.post("/statuses", said)
            self.told["reported"] += 1
            if self.switches().duplicate:  # the very same again would be one report to the hub
                await self.client.post("/statuses", {**said, "description": f"{due.words} (báo lại)"})

    async def _answer_recalls(self) -> None:
        async for each in self.client.items("/documents", role="receiver", state=State.RECALL_REQUESTED, limit=PAGE):
            delivery = each["deliveries"][0]["id"]
            if delivery not in self._recalled:
                self._recalled.add(delivery)
                self._due = [due for due in self._due if due.delivery != delivery]
                at = self.clock.now() + RECALLED_AFTER
                code, words = RECALLS[RECALL_REFUSED_BY in each["subject"]]
                self._due.append(Due(at=at, delivery=delivery, code=code, words=words))

    async def _go_on(self) -> None:
        """Plan what is open and not planned: an earlier run ended in the middle of it."""
        async for each in self.client.items("/documents", role="receiver", limit=PAGE):
            own = each["deliveries"][0]
            if own["state"] in _OPEN and all(due.delivery != own["id"] for due in self._due):
                self._plan(own["id"], each["subject"], StatusCode(own["status_code"]) if own["status_code"] else None)

    async def _forever(self, work: Callable[[], Any]) -> None:
        while True:
            try:
                await work()
            except (Refused, Rejected, Transient):  # the clock moved past a lease, or the hub is stopping
                await asyncio.sleep(AGAIN_SECONDS)
