"""`./dev bench --production`: documents from end to end over PostgreSQL and RabbitMQ, beside what these do by themselves."""

import asyncio
import itertools
import shutil
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import raw
from bench.documents import SENDER, Identity
from bench.doors import api
from bench.journey import RECEIVERS, Arrivals, Journey, Plane, pushed_documents, receiving, travel
from bench.load import memory
from bench.servers import free_port, measured

SIZES = {"2 kB": 2_000, "100 kB": 100_000}
COUNTS = {"2 kB": 3000, "100 kB": 800}
WARM_UP = 100
CONNECTIONS = 32
SHAPES = {1: (1, 0), 2: (1, 1), 4: (2, 2)}
"""Processes of the hub: gateways and workers. One alone does both."""
SOAK_PARTS = 10


def measure(*, quick: bool, soak: int, processes: list[int], console: Console) -> None:
    """Measure and print."""
    asyncio.run(_measure(quick=quick, soak=soak, processes=processes, console=console))


async def _measure(*, quick: bool, soak: int, processes: list[int], console: Console) -> None:
    columns = ("nhận/giây · accepted/s", "tới nơi/giây · end to end/s", "p50 ms ½", "p99 ms ½", "CPU ms", "đỉnh · peak MB")
    table = Table("tiến trình · processes", "cỡ · size", *columns)
    for number in processes:
        folder = _folder()
        gateways, workers = SHAPES[number]
        plane = Plane(folder, linked=RECEIVERS, gateways=gateways, workers=workers)
        try:
            console.print(f"{number} tiến trình · processes …")
            plane.lay_out()
            async with receiving(plane.receiver_port) as arrivals:
                await plane.start()
                identity = Identity.read(folder)
                await _raw(plane, console)
                await asyncio.to_thread(_floor, plane, identity, console)
                await _sizes(plane, arrivals, identity, table, number, quick=quick)
                if soak:
                    await _soak(plane, arrivals, identity, soak, console)
        finally:
            plane.end()
            shutil.rmtree(folder)
    console.print(table)
    console.print(
        "½: ở nửa tải tối đa, từ lúc gửi tới lúc nơi nhận có văn bản · at half load, from the POST to the receiver's having it"
    )


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="lienthong-bench-"))
    folder.chmod(0o755)  # PostgreSQL's own user goes through it
    return folder


async def _raw(plane: Plane, console: Console) -> None:
    """Say what the servers do by themselves, on this machine, now."""
    database, vhost = plane.postgres.url(), plane.rabbit.url
    single, together = await raw.confirms(vhost, together=1), await raw.confirms(vhost)
    one, group = await raw.commits(database, group=1), await raw.commits(database, group=raw.GROUP)
    console.print(
        f"RabbitMQ: {single:,.0f} xác nhận/giây · confirms/s (1), {together:,.0f} ({raw.IN_FLIGHT}); "
        f"PostgreSQL: {one:,.0f} dòng/giây · rows/s (1/commit), {group:,.0f} ({raw.GROUP}/commit)"
    )


def _floor(plane: Plane, identity: Identity, console: Console) -> None:
    """Say what a server made of the public libraries alone accepts, which pushes nothing: the part of the way until the 202."""
    for name, size in SIZES.items():
        bodies = list(itertools.islice(pushed_documents(identity, size), WARM_UP + COUNTS[name] // 2))
        port, certificate = free_port(), plane.folder / "agencies" / SENDER / "cert.pem"
        command = ["-m", "bench.floor", str(port), str(certificate)]
        figures = measured(command, port, "/", bodies[:WARM_UP], api(identity), bodies[WARM_UP:], CONNECTIONS)
        console.print(
            f"sàn thư viện · library floor, {name}: nhận {figures.rate:,.0f}/giây · accepted/s, CPU {figures.cpu:.1f} ms"
        )


async def _sizes(plane: Plane, arrivals: Arrivals, identity: Identity, table: Table, number: int, *, quick: bool) -> None:
    for name, size in SIZES.items():
        count = COUNTS[name] // (10 if quick else 1)
        bodies = list(itertools.islice(pushed_documents(identity, size), WARM_UP + count + count // 2))
        await travel(plane, arrivals, identity.token, bodies[:WARM_UP], connections=CONNECTIONS)
        full = await travel(plane, arrivals, identity.token, bodies[WARM_UP : WARM_UP + count], connections=CONNECTIONS)
        rate = full.delivered / 2
        half = await travel(plane, arrivals, identity.token, bodies[WARM_UP + count :], connections=CONNECTIONS, rate=rate)
        table.add_row(str(number), name, *_figures(full, half))


def _figures(full: Journey, half: Journey) -> tuple[str, ...]:
    return (
        f"{full.accepted:,.0f}",
        f"{full.delivered:,.0f}",
        f"{half.p50:,.0f}",
        f"{half.p99:,.0f}",
        f"{full.cpu:.1f}",
        f"{full.peak:.0f}",
    )


async def _soak(plane: Plane, arrivals: Arrivals, identity: Identity, count: int, console: Console) -> None:
    """Send many documents in parts, and say what each process holds after each part: it must not grow."""
    documents = pushed_documents(identity, SIZES["2 kB"], start=1_000_000)
    for part in range(1, SOAK_PARTS + 1):
        bodies = list(itertools.islice(documents, count // SOAK_PARTS))
        run = await travel(plane, arrivals, identity.token, bodies, connections=CONNECTIONS)
        held = ", ".join(f"{memory(each.pid):.0f}" for each in plane.processes)
        console.print(f"{part * count // SOAK_PARTS:,}: {run.delivered:,.0f}/s, {held} MB")
        arrivals.at.clear()
