"""Agencies that write to each other over a plane: whoever sends repeats what was not answered, whoever receives reports."""

import asyncio
import contextlib
import itertools
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench.documents import packaged
from gateway.core import signing, writing
from gateway.core.envelope import Organisation, OtherInfo
from gateway.core.model import Priority
from tests.production import PROVINCE, ProductionPlane, eventually

PATIENCE_SECONDS: Final = 60
"""How long a sender repeats, and how long a backlog may take to drain, on a machine that is busy."""
ANSWER_SECONDS: Final = 10
WRITERS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A document that was answered 202: its id, and its deliveries by receiver."""

    id: str
    body: bytes
    deliveries: dict[str, str]


class Office:
    """An agency: it sends documents until they are answered, and reports the status of what it was given."""

    def __init__(self, plane: ProductionPlane, organ: str = PROVINCE) -> None:
        self.organ = organ
        self.sent: dict[str, Sent] = {}
        self._plane = plane
        self._own = plane.folder / "agencies" / organ
        self._headers = {"Authorization": f"Bearer {(self._own / 'token').read_text().strip()}"}
        self._numbers = itertools.count(1)

    @cached_property
    def _identity(self) -> tuple[Any, x509.Certificate]:
        key: Any = load_pem_private_key((self._own / "key.pem").read_bytes(), None)
        return key, x509.load_pem_x509_certificate((self._own / "cert.pem").read_bytes())

    def write(self, *to: str, priority: Priority | None = None, size: int = 0) -> bytes:
        """Write and sign a document that nobody has seen."""
        number = next(self._numbers)
        package = packaged(number, size)
        header = replace(
            package.header,
            sender=Organisation(organ_id=self.organ, organ_name="Cơ quan gửi (mẫu)"),
            receivers=tuple(Organisation(organ_id=organ, organ_name="Cơ quan nhận (mẫu)") for organ in to),
            document_id=f"{self.organ},{date.today():%Y/%m/%d},{package.header.code}",  # noqa: DTZ011  as bench.documents
            other_info=None if priority is None else OtherInfo(priority=priority),
        )
        hops = tuple(replace(hop, organ_id=self.organ) for hop in package.trace.hops)
        package = replace(package, header=header, trace=replace(package.trace, hops=hops))
        key, certificate = self._identity
        return signing.sign(writing.emit(package), certificate=certificate, key=key)

    async def post(self, body: bytes, *, seconds: float = ANSWER_SECONDS) -> Sent:
        """Post a document, the same bytes again until it is answered 2xx; give up waiting for an answer after `seconds`."""
        answer = await self.ask("POST", "/documents", seconds=seconds, data=body)
        sent = Sent(id=answer["id"], body=body, deliveries={each["to"]: each["id"] for each in answer["deliveries"]})
        assert self.sent.setdefault(sent.id, sent) == sent  # a repeat has the first answer
        return sent

    async def post_all(self, bodies: Iterable[bytes], *, writers: int = WRITERS) -> list[Sent]:
        """Post from several writers at once."""
        waiting = iter(bodies)

        async def writer() -> list[Sent]:
            return [await self.post(body) for body in waiting]

        return list(itertools.chain.from_iterable(await asyncio.gather(*(writer() for _ in range(writers)))))

    async def ask(self, method: str, path: str, *, seconds: float = ANSWER_SECONDS, **body: Any) -> Any:
        """Ask the gateways in turn, until one answers with something else than 5xx; that must be 2xx."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                gateway = random.choice(self._plane.gateways)  # noqa: S311
                async with self.asking(method, f"{gateway.url}/api/v1{path}", seconds=seconds, **body) as response:
                    if response.status < 500:
                        assert response.status < 300, await response.text()
                        return await response.json()
            assert time.monotonic() < end, f"{method} {path}: not answered within {PATIENCE_SECONDS} s"
            await asyncio.sleep(0.1)

    @asynccontextmanager
    async def asking(self, method: str, url: str, *, seconds: float, **body: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask once."""
        headers = self._headers | ({"Content-Type": "application/xml"} if "data" in body else {})
        timeout = aiohttp.ClientTimeout(total=seconds)
        async with (
            aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
            session.request(method, url, **body) as response,
        ):
            yield response

    async def report(self, delivery: str, code: str = "03", **more: Any) -> None:
        await self.ask("POST", "/statuses", json={"delivery": delivery, "code": code, **more})

    async def facts(self, document: str) -> Counter[str]:
        """Count the receipts of a document by what they attest."""
        page = await self.ask("GET", f"/documents/{document}/receipts")
        return Counter(each["fact"] for each in page["items"])


async def page(url: str) -> tuple[int, str]:
    """Get a page that is for everybody."""
    timeout = aiohttp.ClientTimeout(5)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
        return response.status, await response.text()


async def drained(plane: ProductionPlane, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until nothing is left to be pushed."""

    async def empty() -> bool:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            status, text = await page(f"{plane.gateways[0].url}/metrics")
            return status == 200 and "lienthong_queue_waiting{" not in text
        return False

    await eventually(empty, seconds, "the queues are empty")


async def arrived(plane: ProductionPlane, documents: Sequence[Sent]) -> None:
    """Wait until nothing waits; then who is pushed to has had each document once, and nothing that the ledger does not know."""
    await drained(plane)
    received = plane.received()
    for sent in documents:
        for organ in sent.deliveries.keys() & set(plane.linked):
            assert len(keys(received, sent.id, organ)) == 1, f"{organ} has not one {sent.id}"
    known = set(plane.sql("SELECT id FROM documents").splitlines())
    assert {each["document"] for each in received} <= known


async def proven(plane: ProductionPlane, office: Office, documents: Sequence[Sent], *, reported: bool = False) -> None:
    """Each receiver has each document once, reports it, all receipts are there, nothing is stuck, and the books balance.

    `reported`: the status came before; that the document was collected need not have been noticed then.
    """
    await arrived(plane, documents)
    if not reported:
        await asyncio.gather(*(status(plane, sent) for sent in documents))
    for sent in documents:
        facts, receivers = await office.facts(sent.id), len(sent.deliveries)
        assert (facts["accepted"], facts["status"]) == (1, receivers), facts
        assert facts["collected"] == receivers or (reported and facts["collected"] < receivers), facts
    await reconciled(plane)
    undisturbed(plane)


def undisturbed(plane: ProductionPlane) -> None:
    """See that no loop met what nobody had thought of; a connection that is lost looks to aio-pika like a cancellation."""
    for worker in plane.workers:
        failed = [each for each in worker.logged("worker.failed") if not each["error"].startswith("CancelledError")]
        assert failed == []
        assert "never awaited" not in worker.log.read_text("utf-8")


async def reconciled(plane: ProductionPlane) -> None:
    """Have the command line find that what was promised is somewhere, and nothing is stuck."""
    await asyncio.to_thread(plane.lienthong, "check", "--reconcile", "--config", str(plane.config))


def keys(received: Iterable[dict[str, Any]], document: str, organ: str) -> set[str]:
    """Name the keys under which a receiver took a document: one, or the document has had more than one effect."""
    own = [each for each in received if each["document"] == document and each["to"] == organ]
    assert len({each["key"] for each in own}) <= 1, own
    return {each["key"] for each in own if each["taken"]}


async def status(plane: ProductionPlane, sent: Sent, code: str = "03") -> None:
    """Have every receiver of a document report."""
    await asyncio.gather(*(Office(plane, organ).report(each, code) for organ, each in sent.deliveries.items()))


async def seen(plane: ProductionPlane, documents: Iterable[Sent], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until the receiver was sent each of the documents, taken or not."""
    wanted = {sent.id for sent in documents}

    async def came() -> bool:
        return wanted <= {each["document"] for each in plane.received()}

    await eventually(came, seconds, "the receiver is sent the documents")
