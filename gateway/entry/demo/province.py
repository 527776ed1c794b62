"""`lienthong demo --seed-province`: a folder with a hub that has had sixty busy days, to see the console at its real size."""

import asyncio
import tempfile
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from secrets import token_bytes
from typing import Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gateway.config import Settings
from gateway.core.circuit import Circuit, CircuitState
from gateway.core.faults import Misconfigured
from gateway.core.model import VIETNAM, OrganId, SystemId
from gateway.entry.cli.init import initialise
from gateway.entry.cli.output import Outcome, console
from gateway.entry.demo import province_rows
from gateway.entry.demo.province_names import MOST, PROVINCE, Seat, seats
from gateway.entry.demo.province_papers import Trouble, days
from gateway.infra.agencies_file import AGENCY, SYSTEM, editing
from gateway.infra.circuit_rows import save
from gateway.infra.key_files import write_secret
from gateway.infra.opening import open_executor
from gateway.wiring import database

BATCH: Final = 1_000
"""Documents of one transaction."""
NOBODY: Final = "http://127.0.0.1:9/"
"""Where the systems that are away are looked for: nothing leaves this machine."""


def seed(*, folder: Path | None, agencies: int, documents: int, port: int, silent: bool) -> Outcome:
    """Make the folder, its agencies and its ledger. Raises Misconfigured where the ledger has documents already."""
    home = folder or Path(tempfile.mkdtemp(prefix="lienthong-province-"))
    if (home / "gateway.toml").exists():
        vi, en = f"{home} đã có trục: chọn thư mục mới.", f"{home} has a hub already: choose a new folder."
        raise Misconfigured("misconfigured", path=str(home), detail=vi, detail_en=en)
    initialise(home, port=port or None, agencies={PROVINCE: "UBND tỉnh (mẫu)"})
    settings = Settings.load(home / "gateway.toml")
    named = seats(min(agencies, MOST))
    trouble = Trouble.among(named)
    routes = _write_directory(settings.path(settings.directory.agencies), named, trouble)
    asyncio.run(_fill(settings, named, trouble, routes, documents, silent=silent))
    return _outcome(home, settings, len(named), documents)


def _write_directory(file: Path, named: tuple[Seat, ...], trouble: Trouble) -> Mapping[OrganId, SystemId]:
    """Add the agencies; those whose systems are away are pushed to. Give their systems."""
    today, secret = datetime.now(VIETNAM).date(), "away-secret"
    write_secret(file.parent / secret, b"whsec_" + b64encode(token_bytes(24)) + b"\n")
    with editing(file) as draft:
        for seat in named[1:]:
            draft.add(AGENCY, {"id": seat.organ, "name": seat.name, "updated_on": today})
            link = {"adapter": "webhook", "settings": {"url": NOBODY, "secret_file": secret, "networks": ["127.0.0.0/8"]}}
            draft.add(SYSTEM, {"id": seat.organ, "organs": [seat.organ]} | ({"link": link} if seat.organ in trouble.away else {}))
    return {organ: SystemId(organ) for organ in sorted(trouble.away)}


async def _fill(
    settings: Settings, named: tuple[Seat, ...], trouble: Trouble, routes: Mapping[OrganId, SystemId], count: int, *, silent: bool
) -> None:
    now = datetime.now(VIETNAM)
    executor = open_executor(database(settings))
    columns = (TextColumn("Ghi sổ cái · Writing the ledger"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console(), disable=silent) as progress:
            task, papers, first = progress.add_task("", total=count), days(named, trouble, count, now), 1
            while some := list(islice(papers, BATCH)):
                at = first
                await executor.write(lambda c, some=some, at=at: province_rows.write(c, some, first=at, routes=routes, now=now))  # type: ignore[misc]  # bound now
                first += len(some)
                progress.advance(task, len(some))
        away = [_away(system, now - timedelta(hours=3 + place), now) for place, system in enumerate(routes.values())]
        for circuit in away:
            await executor.write(lambda c, circuit=circuit: save(c, circuit))  # type: ignore[misc]  # bound now
        await executor.write(lambda c: province_rows.follow_from_here(c, routes.values()))
    finally:
        await executor.close()


def _away(system: SystemId, since: datetime, now: datetime) -> Circuit:
    return Circuit(
        system=system,
        state=CircuitState.PARKED,
        cause="receiver-unreachable",
        why="Connection refused",
        since=since,
        probes=9,
        probe_at=now + timedelta(minutes=1),
    )


def _outcome(home: Path, settings: Settings, agencies: int, documents: int) -> Outcome:
    address = f"http://{settings.server.host}:{settings.server.port}/console"
    password = (home / "operator" / "password").read_text("utf-8").strip()
    run = f"lienthong serve --config {home / 'gateway.toml'}"
    vi = f"✓ {home}: {agencies} đơn vị, {documents} văn bản trong 60 ngày. Chỉ có sổ cái: không có tệp, biên nhận, khóa đơn vị."
    en = "Agencies, and documents of sixty days in the ledger alone: no files of documents, no receipts, no keys of the agencies."
    where = f"Chạy · Run: {run}\nBảng điều khiển · Console: {address}   operator / {password}"
    data = {"folder": str(home), "agencies": agencies, "documents": documents, "console": address, "operator": "operator"}
    return Outcome(data=data, vi=vi, en=f"{en}\n{where}")
