"""`./dev bench`: how fast documents are accepted, by the API and by the national SDK, beside the floors, in one run."""

import argparse
import itertools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import deadlines, floor, production
from bench.documents import SENDER, Identity, documents
from bench.doors import Door, api, sdk
from bench.load import Figures
from bench.servers import free_port, measured

SIZES = {"2 kB": 2_000, "100 kB": 100_000, "5 MB": 5_000_000, "30 MB": 30_000_000}
COUNTS = {"2 kB": 3000, "100 kB": 1000, "5 MB": 40, "30 MB": 20}
CONNECTIONS = {"2 kB": 64, "100 kB": 16, "5 MB": 4, "30 MB": 20}
"""The largest are all sent at once: what counts there is the peak of memory."""
WARM_UPS = {"2 kB": 50, "100 kB": 50, "5 MB": 10, "30 MB": 1}
LIBRARY_LIMIT = 7_500_000
"""The library floor parses as the libraries do by default: a text of 10,000,000 octets (in base64) ends it."""
WIDTH = 120
"""Columns of the table, also where the output is no terminal."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the documents")
    parser.add_argument("--size", choices=list(SIZES), action="append", help="only these sizes")
    parser.add_argument("--production", action="store_true", help="end to end over PostgreSQL and RabbitMQ")
    parser.add_argument("--deadlines", action="store_true", help="finding, listing and keeping a million deadlines")
    parser.add_argument("--processes", type=int, choices=list(production.SHAPES), action="append", help="only so many of the hub")
    parser.add_argument("--soak", type=int, default=0, metavar="N", help="then so many documents more, and the memory held")
    asked = parser.parse_args()
    console = Console(width=WIDTH)
    if asked.deadlines:
        deadlines.measure(quick=asked.quick, console=console)
        return
    if asked.production:
        shapes = asked.processes or list(production.SHAPES)
        production.measure(quick=asked.quick, soak=asked.soak, processes=shapes, console=console)
        return
    folder = Path(tempfile.mkdtemp(prefix="lienthong-bench-"))
    try:
        table = Table("cỡ · size", "", "văn bản/giây · docs/s", "p50 ms", "p99 ms", "CPU ms", "đỉnh · peak MB")
        for name in asked.size or SIZES:
            count = max(CONNECTIONS[name], COUNTS[name] // (10 if asked.quick else 1))
            _measure(name, count, folder / name.replace(" ", ""), table, console)
        console.print(table)
    finally:
        shutil.rmtree(folder)


def _measure(name: str, count: int, folder: Path, table: Table, console: Console) -> None:
    port, floor_port = free_port(), free_port()
    subprocess.run(
        [sys.executable, "-m", "gateway", "init", str(folder), "--port", str(port)], check=True, stdout=subprocess.DEVNULL
    )
    identity = Identity.read(folder)
    console.print(f"{name}: ký {count} văn bản · signing {count} documents …")
    warm = WARM_UPS[name]
    bodies = list(itertools.islice(documents(identity, SIZES[name]), warm + count))
    hub, by_sdk = (
        _accepting(folder, port, bodies[:warm], door, bodies[warm:], CONNECTIONS[name]) for door in (api(identity), sdk(identity))
    )
    physical = floor.physical(bodies, identity.certificate)
    _row(table, f"{name} ({len(bodies[0]):,} B)", "trục · hub", hub)
    _row(table, "", "trục, SDK · hub, sendEdoc", by_sdk)
    ratio, cpu = f"{physical / hub.rate:.2f}×", ""
    if SIZES[name] < LIBRARY_LIMIT:
        certificate = folder / "agencies" / SENDER / "cert.pem"
        command = ["-m", "bench.floor", str(floor_port), str(certificate)]
        library = measured(command, floor_port, "/", bodies[:warm], api(identity), bodies[warm:], CONNECTIONS[name])
        _row(table, "", "sàn thư viện · library floor", library)
        ratio, cpu = f"{library.rate / hub.rate:.2f}× / {ratio}", f"{hub.cpu / library.cpu:.2f}×"
    table.add_row("", "sàn vật lý · physical floor", f"{physical:,.0f}", "", "", f"{1000 / physical:.2f}", "")
    table.add_row("", "tỉ lệ · ratio", ratio, "", "", cpu, "")
    rate, spent = f"{by_sdk.rate / hub.rate:.2f}×", f"{by_sdk.cpu / hub.cpu:.2f}×"
    table.add_row("", "SDK / API", rate, "", "", spent, "", end_section=True)


def _accepting(folder: Path, port: int, warm: list[bytes], door: Door, bodies: list[bytes], connections: int) -> Figures:
    """Measure a hub whose ledger is empty: the same documents again are new ones."""
    config = str(folder / "gateway.toml")
    shutil.rmtree(folder / "data")
    subprocess.run([sys.executable, "-m", "gateway", "migrate", "--config", config], check=True, stdout=subprocess.DEVNULL)
    return measured(["-m", "gateway", "serve", "--config", config], port, "/readyz", warm, door, bodies, connections)


def _row(table: Table, size: str, what: str, figures: Figures) -> None:
    table.add_row(
        size,
        what,
        f"{figures.rate:,.0f}",
        f"{figures.p50:.1f}",
        f"{figures.p99:.1f}",
        f"{figures.cpu:.2f}",
        f"{figures.peak:.0f}",
    )


if __name__ == "__main__":
    main()
