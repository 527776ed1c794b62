"""Where reports are made: read, shaped for machines, and drawn. The API and the command line ask here alike."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from gateway.core.model import VIETNAM, OrganId
from gateway.core.rules import Rules
from gateway.entry.reports import arrears, extra, registers, timeliness
from gateway.entry.reports.registers import Volume
from gateway.entry.reports.sheet import Report
from gateway.ports.reports import Period, Reports


class Format(StrEnum):
    """How a report is drawn."""

    XLSX = "xlsx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A report as read: `data` for machines, `report` for people, `file` the name of its file, without what tells its format."""

    data: dict[str, Any]
    report: Report
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What reports are made with; `hub` is the name that stands above them."""

    reports: Reports
    rules: Rules
    hub: str
    now: datetime

    async def register(self, volume: Volume, *, most: int = registers.MOST) -> Made:
        """Make a register, of `most` lines."""
        lines, whole = await registers.read(self.reports, volume, most=most)
        directory = self.rules.directory
        return await asyncio.to_thread(
            lambda: Made(
                data={"items": [registers.shape(each, directory) for each in lines], "whole": whole},
                report=registers.register(lines, volume, directory, self.hub, self.now, whole=whole),
                file=volume.file,
            )
        )

    async def ontime(self, month: datetime, organ: OrganId | None) -> Made:
        """Make the report on how the deadlines of a month were kept, by one agency or all."""
        kept = await self.reports.kept(
            _of(month), organs=_only(organ), working_time=self.rules.timekeeping.working_time, now=self.now
        )
        directory = self.rules.directory
        return Made(
            data={"month": f"{month:%Y-%m}", "items": timeliness.shape(kept, directory)},
            report=timeliness.ontime(kept, month, directory, at=self.now, **self._heads(organ)),
            file=_file("dung-han", organ, month),
        )

    async def overdue(self, month: datetime | None, organ: OrganId | None) -> Made:
        """Make the list of what one agency or all are overdue with now, of what was due in a month where one is named."""
        found = await self.reports.overdue(
            None if month is None else _of(month),
            organs=_only(organ),
            working_time=self.rules.timekeeping.working_time,
            now=self.now,
            limit=arrears.SHOWN,
        )
        directory = self.rules.directory
        return Made(
            data=arrears.shape(found, directory),
            report=arrears.overdue(found, month, directory, at=self.now, **self._heads(organ)),
            file=_file("qua-han", organ, month or self.now),
        )

    def _heads(self, organ: OrganId | None) -> dict[str, str]:
        """Name who issues the report, and who stands above."""
        if organ is None:
            return {"above": "", "issuer": self.hub}
        return {"above": self.hub, "issuer": self.rules.directory.name_of(organ)}


def drawing(report: Report, form: Format) -> Callable[[], bytes]:
    """Give what draws a report, a second for a thousand lines. Raises Misconfigured where its libraries are missing."""
    extra.demand()
    if form is Format.PDF:
        from gateway.entry.reports.pdf import pdf

        return lambda: pdf(report)
    from gateway.entry.reports.excel import excel

    return lambda: excel(report)


def media_type(form: Format) -> str:
    """Give the media type of a form."""
    return {
        Format.PDF: "application/pdf",
        Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }[form]


def _of(month: datetime) -> Period:
    first = month.astimezone(VIETNAM).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Period(since=first, until=(first + timedelta(days=31)).replace(day=1))


def _only(organ: OrganId | None) -> frozenset[OrganId] | None:
    return None if organ is None else frozenset({organ})


def _file(name: str, organ: OrganId | None, month: datetime) -> str:
    return "-".join(part for part in (name, organ or "", f"{month.astimezone(VIETNAM):%Y-%m}") if part)
