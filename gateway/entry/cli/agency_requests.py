"""`lienthong requests …`: agencies that systems ask to have registered or ended, and what an operator decides about it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.config import Settings
from gateway.entry.cli.operations import decision
from gateway.entry.cli.output import Outcome
from gateway.flows import enrol
from gateway.infra.enrolment_file import FileEnrolment
from gateway.infra.opening import open_executor
from gateway.infra.vxp_book import SqlVxpBook
from gateway.wiring import database


async def listing(config: Path) -> Outcome:
    """List what is not decided, oldest first."""
    async with _opened(Settings.load(config)) as book:
        wishes = await book.requests(undecided=True)
    rows = [
        {
            "Yêu cầu · Request": each.id,
            "Hệ thống · System": each.system,
            "Việc · Wish": each.wish.value,
            "Cơ quan · Agency": each.organ,
            "Tên · Name": each.fields.get("name", ""),
        }
        for each in wishes
    ]
    data = [{"id": each.id, "system": each.system, "wish": each.wish.value, "organ": each.organ} for each in wishes]
    return Outcome(data=data, rows=rows, vi="" if rows else "Không có yêu cầu.", en="" if rows else "Nothing is asked.")


async def approve(config: Path, wanted: str, reason: str) -> Outcome:
    """Change the directory as was asked: the asking system then acts for a new agency. The decision is audited."""
    settings = Settings.load(config)
    async with _opened(settings) as book:
        enrolment = FileEnrolment(settings.path(settings.directory.agencies))
        wish = await enrol.approve(book, enrolment, wanted, decision(reason))
    return Outcome(data={"id": wanted, "organ": wish.organ}, vi=f"✓ Đã duyệt {wish.organ}.", en=f"Approved {wish.organ}.")


async def refuse(config: Path, wanted: str, reason: str) -> Outcome:
    """Leave the directory as it is. The decision is audited."""
    async with _opened(Settings.load(config)) as book:
        await enrol.refuse(book, wanted, decision(reason))
    return Outcome(data={"id": wanted}, vi="✓ Đã từ chối.", en="Refused.")


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[SqlVxpBook]:
    executor = open_executor(database(settings))
    try:
        yield SqlVxpBook(executor)
    finally:
        await executor.close()
