"""`lienthong report registers|ontime|overdue`: reports on the screen, as JSON, or drawn into a file."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, OrganId
from gateway.entry.cli.operations import opened
from gateway.entry.cli.output import Outcome, Row
from gateway.entry.reports import extra
from gateway.entry.reports.desk import Desk, Format, Made, drawing
from gateway.entry.reports.registers import MOST, PRINTED, Direction, Volume
from gateway.entry.reports.sheet import Report, in_text
from gateway.flows.keep_time import keep_time
from gateway.infra.clock import SystemClock


async def register(
    config: Path, agency: str, kind: str, year: int | None, month: datetime | None, output: Path | None
) -> Outcome:
    """Make a register: of a month, else of a year, else of this year."""
    async with _desk(config, output) as desk:
        at = month or desk.now
        volume = Volume(
            direction=Direction(kind),
            organ=_organ(desk, agency),
            year=at.year if month or year is None else year,
            month=month.month if month else None,
        )
        printed = output is not None and _form(output) is Format.PDF
        made = await desk.register(volume, most=PRINTED if printed else MOST)
    return _told(made, output)


async def ontime(config: Path, month: datetime | None, agency: str | None, output: Path | None) -> Outcome:
    """Make the report on how the deadlines of a month (without one: of this) were kept."""
    async with _desk(config, output) as desk:
        made = await desk.ontime(_month(month) or desk.now, _organ(desk, agency) if agency else None)
    return _told(made, output)


async def overdue(config: Path, month: datetime | None, agency: str | None, output: Path | None) -> Outcome:
    """Make the list of what is overdue."""
    async with _desk(config, output) as desk:
        made = await desk.overdue(_month(month), _organ(desk, agency) if agency else None)
    return _told(made, output)


@asynccontextmanager
async def _desk(config: Path, output: Path | None) -> AsyncIterator[Desk]:
    """Open the ledger, once it is known that the file can be drawn, and read what happened up to now."""
    if output is not None:
        _form(output)
        extra.demand()
    async with opened(config) as at:
        rules = at.rules()
        await keep_time(at.deadlines, rules)
        yield Desk(reports=at.reports, rules=rules, hub=at.settings.hub.name, now=SystemClock().now())


def _organ(desk: Desk, agency: str) -> OrganId:
    """Find an agency by any of its ids. Raises `entry-unknown`."""
    found = desk.rules.directory.find(agency)
    if found is None:
        raise Rejected("entry-unknown", path=agency)
    return found.id


def _month(month: datetime | None) -> datetime | None:
    return None if month is None else month.replace(tzinfo=VIETNAM)


def _told(made: Made, output: Path | None) -> Outcome:
    if output is None:
        rows = _rows(made.report)
        return Outcome(data=made.data, rows=rows, vi="" if rows else made.report.sheets[0].empty, en="" if rows else "None.")
    output.write_bytes(drawing(made.report, _form(output))())
    return Outcome(data={"file": str(output)}, vi=f"✓ Đã ghi {output}.", en=f"Written: {output}.")


def _form(output: Path) -> Format:
    """Choose the form by the file's name. Raises `malformed-request`."""
    try:
        return Format(output.suffix.lower().removeprefix("."))
    except ValueError as error:
        detail = "Tên tệp phải có đuôi .xlsx hoặc .pdf."
        raise Rejected("malformed-request", path=str(output), detail=detail, detail_en="Name a .xlsx or a .pdf.") from error


def _rows(report: Report) -> list[Row]:
    """Give the first sheet as rows of the screen."""
    sheet = report.sheets[0]
    lines = [*sheet.lines, *([sheet.total] if sheet.total else [])]
    return [
        {column.title: in_text(value, column.kind) for column, value in zip(sheet.columns, line, strict=True)} for line in lines
    ]
