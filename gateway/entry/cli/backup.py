"""`lienthong backup` and `restore`: what the settings name, whole and elsewhere; the ledger remembers when, and how it went."""

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from gateway.config import Settings
from gateway.core.faults import Fault, Rejected
from gateway.core.model import VIETNAM
from gateway.entry.cli.output import Outcome
from gateway.entry.cli.reconcile import reconcile_ledger
from gateway.entry.console.writing import size
from gateway.infra import backup_manifest, backup_restore
from gateway.infra.backup import Belongings, Made, make
from gateway.infra.backup_manifest import ELSEWHERE, LEDGER, SETTINGS, Manifest
from gateway.infra.clock import SystemClock
from gateway.infra.database import Database, PostgresDatabase
from gateway.infra.ledger import SqlLedger
from gateway.infra.migrate import head
from gateway.infra.opening import open_executor
from gateway.infra.rules_files import AgenciesFile
from gateway.infra.telemetry import LoggedTelemetry
from gateway.infra.toml_file import read_toml
from gateway.infra.upkeep import SqlUpkeep
from gateway.ports import Chore, Tended
from gateway.wiring import VAULT_FOLDER, database

NAMES_A_FILE = "_file"
"""How a setting of a link ends that names a file."""


async def backup(config: Path, into: Path, *, keep: int | None, verify: bool) -> Outcome:
    """Make a backup, and write down in the ledger that there was one. Raises `backup-failed`, which is written down too."""
    settings, telemetry, at, began = Settings.load(config), LoggedTelemetry(), SystemClock().now(), time.monotonic()
    named = database(settings)
    try:
        made = await asyncio.to_thread(lambda: make(_belongings(settings, named), into, at, verify=verify, keep=keep))
    except Fault as fault:
        telemetry.record("backup.failed", code=fault.code, error=fault.detail_en)
        await _record(named, Tended(at=at, well=False, detail=fault.detail))
        raise
    seconds = round(time.monotonic() - began, 1)
    telemetry.record("backup.made", folder=str(made.folder), bytes=made.manifest.size, seconds=seconds)
    recorded = await _record(named, Tended(at=at, well=True, detail=size(made.manifest.size)))
    return _made(made, seconds, recorded)


async def restore(backup: Path, into: Path, config: Path | None) -> Outcome:
    """Lay a backup out in an empty folder, and say whether its ledger is balanced. Raises `backup-broken`, `restore-refused`."""
    manifest = await asyncio.to_thread(backup_manifest.read, backup)
    named = _target(manifest, into, config or backup / SETTINGS / manifest.config)
    await asyncio.to_thread(backup_restore.restore, backup, manifest, into, named)
    LoggedTelemetry().record("backup.restored", folder=str(into), bytes=manifest.size)
    current = manifest.revision == head()
    balance = await reconcile_ledger(named) if current else Outcome(data=None)
    vi, en = _next_steps(manifest, into, named, current=current)
    return Outcome(
        data={
            "folder": str(into),
            "begun_at": _written(manifest.begun_at),
            "revision": manifest.revision,
            "current": current,
            "files": len(manifest.files),
            "bytes": manifest.size,
            "reconciliation": balance.data,
        },
        rows=balance.rows,
        vi="\n".join((*filter(None, (balance.vi,)), *vi)),
        en="\n".join((*filter(None, (balance.en,)), *en)),
        failed=balance.failed,
    )


def _belongings(settings: Settings, named: Database) -> Belongings:
    return Belongings(
        database=named,
        vault=settings.path(settings.storage.data) / VAULT_FOLDER,
        config=settings.file,
        files=tuple(dict.fromkeys((settings.file, *_named(settings)))),
    )


def _named(settings: Settings) -> Iterator[Path]:
    """Name each file and folder of the settings and of the directory, but the data's."""
    sections = [getattr(settings, name) for name in Settings.model_fields if name not in ("storage", "file")]
    yield from (settings.path(each) for each in _paths(sections))
    agencies = settings.path(settings.directory.agencies)
    rows = read_toml(agencies, AgenciesFile)
    yield from (agencies.parent / name for row in rows.agency for name in row.certificates)
    yield from (settings.path(Path(name)) for row in rows.system if row.link for name in _files_of_link(row.link.settings))


def _paths(value: object) -> Iterator[Path]:
    if isinstance(value, Path):
        yield value
    elif isinstance(value, BaseModel):
        yield from _paths([getattr(value, name) for name in type(value).model_fields])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _paths(each)


def _files_of_link(settings: dict[str, object]) -> Iterator[str]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _files_of_link(value)
        elif name.endswith(NAMES_A_FILE) and isinstance(value, str):
            yield value


async def _record(named: Database, tended: Tended) -> bool:
    """Write down in the ledger how it went; False where the ledger cannot take that."""
    try:
        executor = open_executor(named)
    except Fault:
        return False
    try:
        await SqlLedger(executor).ready()
        await SqlUpkeep(executor).done(Chore.BACKUP, tended)
    except Fault:
        return False
    finally:
        await executor.close()
    return True


def _made(made: Made, seconds: float, recorded: bool) -> Outcome:  # noqa: FBT001
    manifest, total = made.manifest, size(made.manifest.size)
    absent = f" Không có nên không chép: {', '.join(manifest.absent)}." if manifest.absent else ""
    absent_en = f" Not there, so not copied: {', '.join(manifest.absent)}." if manifest.absent else ""
    unrecorded = "" if recorded else " Chưa ghi được lần này vào sổ cái."
    unrecorded_en = "" if recorded else " The ledger could not take it down."
    return Outcome(
        data={
            "folder": str(made.folder),
            "begun_at": _written(manifest.begun_at),
            "files": len(manifest.files),
            "linked": made.linked,
            "bytes": manifest.size,
            "seconds": seconds,
            "revision": manifest.revision,
            "absent": manifest.absent,
            "removed": made.removed,
            "recorded": recorded,
        },
        vi=f"✓ {made.folder}: {len(manifest.files)} tệp, {total}, {seconds:g} giây.{absent}{unrecorded}",
        en=f"{len(manifest.files)} files, {total}, {seconds:g} s.{absent_en}{unrecorded_en}",
    )


def _target(manifest: Manifest, into: Path, config: Path) -> Database:
    """Give the database that the ledger goes into."""
    if manifest.ledger == "sqlite":
        return into / manifest.data / LEDGER
    named = database(Settings.load(config))
    if isinstance(named, Path):
        vi, en = f"{config} không nêu PostgreSQL ([database]).", f"{config} names no PostgreSQL ([database])."
        raise Rejected("restore-refused", detail=vi, detail_en=en)
    return named


def _next_steps(manifest: Manifest, into: Path, named: Database, *, current: bool) -> tuple[list[str], list[str]]:
    """Say what is to be done now, in both languages."""
    config, begun = into / manifest.config, f"{manifest.begun_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    vi = [f"✓ {into}: {len(manifest.files)} tệp, {size(manifest.size)}, như lúc {begun}. Tiếp theo:"]
    en = [f"{into} is as the hub was on {begun}. What is next:"]
    settings = Settings.load(config)
    if isinstance(named, PostgresDatabase) and (settings.database is None or settings.database.url != named.url):
        vi.append(f"  → {config}: sửa [database] url thành {named}.")
        en.append(f"  → in {config} set [database] url to {named}.")
    if settings.path(settings.storage.data).resolve() != (into / manifest.data).resolve():
        vi.append(f'  → {config}: sửa [storage] data thành "{manifest.data}", hoặc chuyển {into / manifest.data} tới nơi nó nêu.')
        en.append(
            f'  → in {config} set [storage] data to "{manifest.data}", or move {into / manifest.data} to the place it names.'
        )
    if any(name.startswith(f"{ELSEWHERE}/") for name in manifest.files):
        vi.append(f"  → {into / ELSEWHERE}: đặt các tệp này về đúng đường dẫn cũ.")
        en.append(f"  → put the files of {into / ELSEWHERE} back to where their paths say.")
    steps = f"lienthong check --config {config}"
    if not current:
        vi.append(f"  → sổ cái ở phiên bản {manifest.revision}, phần mềm này cần {head()}: lienthong migrate --config {config}")
        en.append(f"  → the ledger is at revision {manifest.revision}, {head()} is needed: lienthong migrate --config {config}")
        steps = f"{steps}; lienthong check --reconcile --config {config}"
    vi.append(f"  → {steps}; rồi chạy trục.")
    en.append(f"  → {steps}; then run the hub.")
    vi.append(f"  → báo các cơ quan gửi lại mọi văn bản đã gửi từ {begun}: gửi lại an toàn.")
    en.append(f"  → tell the agencies to send again what they sent since {begun}: repeating is safe.")
    return vi, en


def _written(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).isoformat()
