"""The load generator: a fixed number of connections, each posting the next document as soon as it has its answer."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
import psutil

from bench.doors import Door


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a run measured. Times in milliseconds, memory in MB; `cpu` is the server's CPU per document."""

    rate: float
    p50: float
    p99: float
    cpu: float
    peak: float


async def post_all(base: str, door: Door, bodies: Sequence[bytes], *, connections: int, server: int) -> Figures:
    """Post every body once at a door; any answer but the expected is an error."""
    process = psutil.Process(server)
    times: list[float] = []
    url, queue = base + door.path, iter([(body, door.headers(body)) for body in bodies])
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def client() -> None:
            for body, headers in queue:
                started = time.perf_counter()
                async with session.post(url, data=body, headers=headers) as response:
                    raw = await response.read()
                    if not door.taken(response.status, raw):
                        raise RuntimeError(f"{response.status}: {raw[:500]!r}")
                times.append(time.perf_counter() - started)

        before, started = sum(process.cpu_times()[:2]), time.perf_counter()
        await asyncio.gather(*(client() for _ in range(connections)))
        elapsed, used = time.perf_counter() - started, sum(process.cpu_times()[:2]) - before
    times.sort()
    return Figures(
        rate=len(times) / elapsed,
        p50=times[len(times) // 2] * 1000,
        p99=times[min(len(times) - 1, int(len(times) * 0.99))] * 1000,
        cpu=used / len(times) * 1000,
        peak=peak_memory(server),
    )


def peak_memory(pid: int) -> float:
    """Read the peak resident memory of a process and those that it started, in MB (Linux: VmHWM)."""
    return sum(_peak(each) for each in (pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))))


def memory(pid: int) -> float:
    """Read the resident memory of a process now, in MB."""
    return psutil.Process(pid).memory_info().rss / 1024**2


def _peak(pid: int) -> float:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123  a kernel file
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
