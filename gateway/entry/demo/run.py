"""`lienthong demo`: lay out a folder, start a hub, play the day, audit it, and show what held."""

import asyncio
import contextlib
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from gateway.config import Settings
from gateway.core.faults import Fault
from gateway.entry.cli.agency import change
from gateway.entry.cli.api_client import Refused, connected
from gateway.entry.cli.init import initialise
from gateway.entry.cli.output import Outcome, console
from gateway.entry.demo import audit, closing, traffic
from gateway.entry.demo.agency import Agency, Sent
from gateway.entry.demo.audit import Balance
from gateway.entry.demo.board import Board
from gateway.entry.demo.cast import CAST
from gateway.entry.demo.checks import Checks
from gateway.entry.demo.hub_process import LOG_FILE, free_port, last_lines, serving
from gateway.entry.demo.scenario import ACTS, REASON
from gateway.infra.agencies_file import AGENCY, read
from gateway.infra.key_files import load_identity

LIVE_PACE = 0.15
"""Seconds between steps for people who watch; programs wait for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the day is played. `pace` in seconds; `silent` shows nothing."""

    home: Path
    port: int
    pace: float | None
    once: bool
    silent: bool
    screen: Console
    checks: Checks

    @property
    def config(self) -> Path:
        return self.home / "gateway.toml"


def demonstrate(*, once: bool, port: int, folder: Path | None, pace: float | None, silent: bool) -> Outcome:
    """Play the day; it has failed unless every promise was checked and held."""
    home = folder or Path(tempfile.mkdtemp(prefix="lienthong-demo-"))
    stage = Stage(home=home, port=port, pace=pace, once=once, silent=silent, screen=console(), checks=Checks())
    rows: list[Balance] = []
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # both stop the hub in order
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_perform(stage, rows))
        return _outcome(stage, rows)
    finally:
        if once and folder is None:
            shutil.rmtree(home)


def _outcome(stage: Stage, rows: list[Balance]) -> Outcome:
    if stage.checks.all_hold():
        vi, en = "✓ Mọi điều đã hứa đều đúng.", "Everything promised holds."
        return Outcome(data=closing.data(rows, stage.checks), vi=vi, en=en)
    log = "\n".join(("Nhật ký của trục · The hub's log:", *last_lines(stage.home / LOG_FILE)))
    vi, en = "✗ Có điều không đúng như đã hứa.", f"Something promised does not hold.\n{log}"
    return Outcome(data=closing.data(rows, stage.checks), vi=vi, en=en, failed=True)


async def _perform(stage: Stage, rows: list[Balance]) -> None:
    """Play the day and audit it into `rows`; without `once`, go on until cancelled."""
    board = Board(stage.screen, CAST, steps=len(ACTS) + 1, silent=stage.silent)
    board.say("Chuẩn bị thư mục, khóa và chứng thư", "making folder, keys and certificates")
    await asyncio.to_thread(_lay_out, stage)
    async with serving(stage.config) as url, _staffed(stage, url, board) as agencies:
        board.say(f"Trục sẵn sàng ở {url}", "the hub is ready")
        with board.shown():
            await _play(stage, agencies, board, rows)
        if not stage.silent:
            closing.show(stage.screen, rows, stage.checks, url)
        if not stage.once:
            closing.invite(stage.screen, url, stage.home)
            with board.shown():
                await _go_on(agencies, board)


async def _play(stage: Stage, agencies: dict[str, Agency], board: Board, rows: list[Balance]) -> None:
    try:
        for agency in agencies.values():
            page: bytes = await agency.client.get("/docs")
            stage.checks.expect("ready", holds=b"<html" in page, otherwise=page[:80])
        for act in ACTS:
            await act(agencies)
            board.step()
        board.say("Đối chiếu sổ của trục với sổ của các cơ quan", "auditing")
        everyone = agencies.values()
        rows += await audit.balance(everyone)
        await audit.statuses(everyone, REASON)
        await audit.events(everyone)
        await audit.receipts(everyone, stage.home / "receipts", stage.home / "ca")
        await audit.evidence(everyone, stage.home / "evidence", stage.home / "ca")
        board.step()
    except (Refused, Fault) as error:
        stage.checks.expect("calm", holds=False, otherwise=f"{error} {getattr(error, 'problem', '')}")
    else:
        stage.checks.expect("calm", holds=True)


async def _go_on(agencies: dict[str, Agency], board: Board) -> None:
    try:
        await traffic.run_on(agencies)
    except* (Refused, Fault) as errors:
        board.say(f"✗ Dừng vì lỗi: {errors.exceptions[0]}", "stopped by an error")


def _lay_out(stage: Stage) -> None:
    """Make the folder, or take the one that is there; the port of its settings is kept."""
    initialise(
        stage.home,
        port=None if stage.config.exists() else stage.port or free_port(),
        agencies={role.organ: role.name for role in CAST},
    )
    settings = Settings.load(stage.config)
    known = read(settings.path(settings.directory.agencies))
    for role in CAST:
        missing = [alias for alias in role.aliases if known.find(AGENCY, alias) is None]
        if missing:
            change(settings, role.organ, {}, aliases=missing)


@contextlib.asynccontextmanager
async def _staffed(stage: Stage, url: str, board: Board) -> AsyncIterator[dict[str, Agency]]:
    """Give every agency its key, its token and a connection."""
    names = {organ: role.name for role in CAST for organ in (role.organ, *role.aliases)}
    register: dict[str, Sent] = {}
    pace = stage.pace if stage.pace is not None else LIVE_PACE if board.live else 0.0
    async with contextlib.AsyncExitStack() as connections:
        agencies = {}
        for role in CAST:
            own = stage.home / "agencies" / role.organ
            key, certificate = load_identity(own / "key.pem", own / "cert.pem")
            agencies[role.organ] = Agency(
                role=role,
                client=await connections.enter_async_context(connected(url, _token(own / "token"))),
                key=key,
                certificate=certificate,
                board=board,
                checks=stage.checks,
                register=register,
                names=names,
                pace=pace,
            )
        yield agencies


def _token(file: Path) -> str:
    return file.read_text("utf-8").strip()
