"""The system strip: whether what the hub stands on holds, in one line."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gateway.core.alert_rules import Trouble
from gateway.core.calendar import Calendar
from gateway.core.fault_codes import FAULTS
from gateway.entry.api.door import CONSOLE
from gateway.entry.console import writing
from gateway.entry.console.proposals import LISTED
from gateway.entry.console.visit import Visit
from gateway.flows.measure import broker_fault
from gateway.ports import Chore, Tended

RECONCILED: Final = timedelta(minutes=15)
"""Workers do it every five minutes."""
KINDS: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that the hub stands on: how it is, how loudly that looks, and where more is told of it."""

    name: str
    text: str
    tone: str = "good"
    url: str = ""


async def strip(visit: Visit) -> list[Part]:
    """Look at everything that the hub stands on. Nothing secret is said, and no place on the disk."""
    tended = await visit.ports.upkeep.last()
    return [
        await _database(visit),
        await broker(visit),
        await _disk(visit),
        await _clock(visit),
        await _calendar(visit),
        _backup(visit, tended.get(Chore.BACKUP)),
        _reconciliation(visit, tended.get(Chore.RECONCILIATION)),
    ]


async def _database(visit: Visit) -> Part:
    store = await visit.ports.province.store()
    name = visit.say("Cơ sở dữ liệu", "Database")
    return Part(name=name, text=f"{KINDS[store.kind]} · {writing.size(store.octets)}")


async def broker(visit: Visit) -> Part:
    """Say whether notes can be published."""
    fault = await broker_fault(visit.ports)
    kind = "RabbitMQ" if visit.at.settings.broker is not None else visit.say("trong bộ nhớ", "in memory")
    name, url = visit.say("Hàng đợi", "Queues"), f"{CONSOLE}/queues"
    if fault is None:
        return Part(name=name, text=visit.say(f"{kind} · thông", f"{kind} · flow"), url=url)
    known = FAULTS[fault.code]
    return Part(name=name, text=f"{kind} · {visit.say(known.vi, known.en)}".rstrip("."), tone="bad", url=url)


def _backup(visit: Visit, last: Tended | None) -> Part:
    """Say when there was a backup. Without one a broken disk takes everything."""
    name = visit.say("Sao lưu", "Backup")
    if last is None:
        return Part(name=name, text=visit.say("chưa lần nào", "never"), tone="bad")
    ago = writing.ago(last.at, visit.now, english=visit.english)
    if not last.well:
        return Part(name=name, text=visit.say(f"lỗi {ago}", f"failed {ago}"), tone="bad")
    at = visit.rules.alerts[Trouble.BACKUP_LATE].at
    late = at is not None and visit.now - last.at >= timedelta(hours=at)
    return Part(name=name, text=f"{ago} · {last.detail}", tone="bad" if late else "good")


def _reconciliation(visit: Visit, last: Tended | None) -> Part:
    """Say when workers last proved that everything accepted is somewhere."""
    name = visit.say("Đối soát", "Reconciled")
    if last is None:
        return Part(name=name, text=visit.say("chưa lần nào", "never"), tone="warn")
    ago = writing.ago(last.at, visit.now, english=visit.english)
    if not last.well:
        said = visit.say(f"{ago} · {last.detail} chỗ không khớp", f"{ago} · {last.detail} discrepancies")
        return Part(name=name, text=said, tone="bad")
    said = visit.say(f"{ago} · khớp", f"{ago} · all there")
    return Part(name=name, text=said, tone="good" if visit.now - last.at <= RECONCILED else "warn")


async def _disk(visit: Visit) -> Part:
    filled = await asyncio.to_thread(visit.ports.disk.filled)
    rule = visit.rules.alerts.get(Trouble.DISK_NEARLY_FULL)
    full = rule is not None and rule.at is not None and filled >= rule.at
    free = f"{100 - filled:.0f} %"
    return Part(name=visit.say("Ổ đĩa", "Disk"), text=visit.say(f"trống {free}", f"{free} free"), tone="bad" if full else "good")


async def _clock(visit: Visit) -> Part:
    found, rule = await visit.ports.clock_check.compare(), visit.rules.alerts[Trouble.CLOCK_OFF]
    off = abs(found.ahead.total_seconds())
    said = [f"{visit.now:%H:%M:%S} UTC+7"]
    if off >= 1:
        ahead = found.ahead > timedelta()
        said.append(visit.say(f"{'nhanh' if ahead else 'chậm'} {off:.0f} giây", f"{off:.0f} s {'ahead' if ahead else 'behind'}"))
    elif found.against == "postgresql":
        said.append(visit.say("khớp PostgreSQL", "as PostgreSQL's"))
    if found.kept is False:
        said.append(visit.say("không có NTP", "no NTP"))
    tone = "bad" if off >= (rule.at or 0) else "warn" if off >= 1 or found.kept is False else "good"
    return Part(name=visit.say("Đồng hồ", "Clock"), text=" · ".join(said), tone=tone, url=f"{CONSOLE}/alerts?view=rules")


async def _calendar(visit: Visit) -> Part:
    calendar, today = visit.rules.timekeeping.working_time.calendar, visit.now.date()
    provisional, waiting = calendar.is_provisional(today.year), len(await visit.ports.calendar_proposals.pending(limit=LISTED))
    proposed = [visit.say(f"{waiting} đề xuất chờ duyệt", f"{waiting} proposed")] if waiting else []
    year = f"{today.year} {visit.say('tạm tính', 'provisional') if provisional else visit.say('chính thức', 'official')}"
    return Part(
        name=visit.say("Lịch", "Calendar"),
        text=" · ".join([year, *proposed, *_coming(visit, calendar, today)]),
        tone="warn" if provisional or waiting else "good",
        url=f"{CONSOLE}/calendar",
    )


def _coming(visit: Visit, calendar: Calendar, today: date) -> list[str]:
    """Name the next day on which it is not as usual, where one is known."""
    special = {
        day: word
        for year in calendar.years.values()
        for days, word in ((year.off, visit.say("nghỉ", "off")), (year.worked, visit.say("làm bù", "worked")))
        for day in days
        if day > today
    }
    first = min(special, default=None)
    if first is None:
        return []
    return [f"{special[first]} {writing.weekday(first, english=visit.english)} {writing.day(first)}"]
