"""Documents from end to end: posted to the gateways, pushed by the workers to a receiver in this process, with their receipts."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
import psutil
from aiohttp import web

from bench.documents import Identity, packaged
from bench.load import peak_memory
from gateway.core import signing, writing
from gateway.core.envelope import Organisation
from tests.production import ProductionPlane

RECEIVERS = tuple(f"H56.40.{number:02d}" for number in range(1, 17))
"""Each is a system of its own, with a lane of its own, as in a province."""
POLL_SECONDS = 0.1
PATIENCE_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What a run measured. `accepted` and `delivered` in documents a second, times in milliseconds, memory in MB.

    `p50` and `p99` are from the beginning of the POST to the receiver's having the document; `cpu` is of all hub processes.
    """

    accepted: float
    delivered: float
    p50: float
    p99: float
    cpu: float
    peak: float


def pushed_documents(identity: Identity, size: int, start: int = 1) -> Iterator[bytes]:
    """Make signed documents for ever, each to one of the receivers in turn."""
    for number in itertools.count(start):
        package = packaged(number, size)
        receiver = Organisation(organ_id=RECEIVERS[number % len(RECEIVERS)], organ_name="Cơ quan nhận (mẫu)")
        package = replace(package, header=replace(package.header, receivers=(receiver,)))
        yield signing.sign(writing.emit(package), certificate=identity.certificate, key=identity.key)


class Plane(ProductionPlane):
    """The production plane with a receiver that costs as little as it can: it is in this process, and only looks at the clock."""

    def start_receiver(self) -> None:
        """Leave it to `receiving`."""


@dataclass(slots=True)
class Arrivals:
    """When each document arrived, by its id."""

    at: dict[str, float] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        """Read the document, and say that it is here."""
        await request.read()
        self.at.setdefault(request.headers["X-Lienthong-Document"], time.perf_counter())
        return web.Response(status=200)


@asynccontextmanager
async def receiving(port: int) -> AsyncIterator[Arrivals]:
    """Receive while the block runs."""
    arrivals = Arrivals()
    app = web.Application(client_max_size=100 * 1024 * 1024)
    app.router.add_get("/health", _healthy)
    app.router.add_post("/{organ}", arrivals.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield arrivals
    finally:
        await runner.cleanup()


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response()


async def travel(
    plane: Plane, arrivals: Arrivals, token: str, bodies: Sequence[bytes], *, connections: int, rate: float | None = None
) -> Journey:
    """Post all documents, as fast as they are taken or at a rate; wait until all are handed over with their receipts."""
    processes = [psutil.Process(each.pid) for each in plane.processes]
    before = sum(sum(each.cpu_times()[:2]) for each in processes)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/xml"}
    async with aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(limit=connections)) as session:
        base = await _collected(session, plane)
        started, posted = time.perf_counter(), dict[str, float]()
        queue = iter(enumerate(bodies))

        async def client() -> None:
            for number, body in queue:
                if rate is not None:
                    await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
                begun, gateway = time.perf_counter(), plane.gateways[number % len(plane.gateways)]
                async with session.post(f"{gateway.url}/api/v1/documents", data=body) as response:
                    answer = await response.json()
                    if response.status != 202:
                        raise RuntimeError(f"{response.status}: {answer}")
                posted[answer["id"]] = begun

        await asyncio.gather(*(client() for _ in range(connections)))
        accepted = time.perf_counter() - started
        await _until(lambda: posted.keys() <= arrivals.at.keys())
        await _until_collected(session, plane, base + len(bodies))
        delivered = time.perf_counter() - started
    used = sum(sum(each.cpu_times()[:2]) for each in processes) - before
    waits = sorted(arrivals.at[each] - begun for each, begun in posted.items())
    return Journey(
        accepted=len(bodies) / accepted,
        delivered=len(bodies) / delivered,
        p50=waits[len(waits) // 2] * 1000,
        p99=waits[min(len(waits) - 1, int(len(waits) * 0.99))] * 1000,
        cpu=used / len(bodies) * 1000,
        peak=max(peak_memory(each.pid) for each in plane.processes),
    )


async def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError("not all documents arrived")
        await asyncio.sleep(POLL_SECONDS)


async def _until_collected(session: aiohttp.ClientSession, plane: Plane, count: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while (found := await _collected(session, plane)) < count:
        if time.monotonic() > end:
            raise RuntimeError(f"{found} of {count} documents were handed over")
        await asyncio.sleep(POLL_SECONDS)


async def _collected(session: aiohttp.ClientSession, plane: Plane) -> int:
    """Ask how many deliveries have their receipt of the hand-over."""
    async with session.get(f"{plane.gateways[0].url}/metrics") as response:
        text = await response.text()
    wanted = 'lienthong_deliveries{state="collected"} '
    return int(float(next(line for line in text.splitlines() if line.startswith(wanted)).removeprefix(wanted)))
