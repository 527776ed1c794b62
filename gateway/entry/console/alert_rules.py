"""Luật cảnh báo · A rule of alerts: tried on what was measured in the last 30 days before it is kept."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Final

from aiohttp import hdrs, web

from gateway.core.alert_rules import Trouble
from gateway.core.alerts import Telling
from gateway.core.faults import Rejected
from gateway.core.measures import TRIED, tried
from gateway.core.model import VIETNAM
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Form, Visit
from gateway.entry.console.words import Sayer
from gateway.entry.registry.alert_rules import change_rule, own_file, wanted

LISTED: Final = 100
"""Beginnings of a rule that are named; who would be told more than three a day needs no further names."""
UNITS: Final[Mapping[Trouble, tuple[str, str]]] = {
    Trouble.URGENT_WAITS: ("quá … phút", "over … minutes"),
    Trouble.QUEUE_WAITS: ("quá … phút", "over … minutes"),
    Trouble.UNDELIVERABLE: ("từ … văn bản cùng nguyên nhân", "from … documents of one cause on"),
    Trouble.OVERDUE_EXPRESS: ("từ … việc của một đơn vị", "from … matters of one agency on"),
    Trouble.SILENT_AGENCIES: ("hơn … đơn vị", "more than … agencies"),
    Trouble.CERTIFICATE_ENDING: ("còn không quá … ngày làm việc", "at most … working days left"),
    Trouble.STATUSES_UNMATCHED: ("từ … trạng thái", "from … statuses on"),
    Trouble.DISK_NEARLY_FULL: ("từ … % đã dùng", "from … % used on"),
    Trouble.CLOCK_OFF: ("lệch từ … giây", "off by … seconds or more"),
    Trouble.BACKUP_LATE: ("từ … giờ", "… hours old or more"),
}
"""What the threshold of a rule counts, where it has one."""
FIELDS: Final = ("on", "at", "lasting", "quiet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """An alert of the last 30 days: since when the rule in force tells of it, and since when the one that is tried."""

    about: str
    old: datetime | None
    new: datetime | None


async def show(visit: Visit) -> web.Response:
    """Show a rule; where the query has other values, what they would have told. Raises `malformed-request`."""
    trouble = _trouble(visit)
    rule = visit.rules.alerts[trouble]
    new = wanted(rule, visit.asked) if any(name in visit.request.query for name in FIELDS) else rule
    measures = await visit.ports.alerts.measured(trouble, since=visit.now - TRIED)
    old_told, new_told = await asyncio.to_thread(lambda: (tried(measures, rule), tried(measures, new)))
    begun = _beginnings(visit, trouble, old_told, new_told)
    return page(
        visit,
        "alert_rule.html",
        title=visit.say(rule.vi, rule.en),
        trouble=trouble,
        rule=rule,
        new=new,
        counts=(len(old_told), len(new_told)),
        begun=begun[:LISTED],
        more=len(begun) - LISTED,
        since=measures.since,
        unit=UNITS.get(trouble),
        is_own=own_file(visit.at.settings) is not None,
    )


async def keep(visit: Visit, form: Form) -> web.Response:
    """Have other values hold; `was.…` are those that the officer saw."""
    trouble = _trouble(visit)
    rule = visit.rules.alerts[trouble]
    was, new = wanted(rule, lambda name: form.get(f"was.{name}")), wanted(rule, form.get)
    await change_rule(visit.at, trouble, was, new, visit.decision(form))
    return web.Response(status=303, headers={hdrs.LOCATION: f"{CONSOLE}/alerts?view=rules"})


def _trouble(visit: Visit) -> Trouble:
    try:
        return Trouble(visit.request.match_info["rule"])
    except ValueError as error:
        raise Rejected("not-found", path="rule") from error


def _beginnings(visit: Visit, trouble: Trouble, old: tuple[Telling, ...], new: tuple[Telling, ...]) -> list[Beginning]:
    """Put both together, the latest first; what both tell of a subject on one day is the same."""
    days: dict[tuple[date, str], tuple[list[datetime], list[datetime]]] = {}
    for place, told in enumerate((old, new)):
        for each in told:
            days.setdefault((each.since.astimezone(VIETNAM).date(), each.subject), ([], []))[place].append(each.since)
    begun = [
        Beginning(about=_about(visit, trouble, subject), old=one, new=other)
        for (_, subject), (olds, news) in days.items()
        for one, other in zip_longest(olds, news)
    ]
    return sorted(begun, key=lambda each: each.old or each.new or visit.now, reverse=True)


def _about(visit: Visit, trouble: Trouble, subject: str) -> str:
    if trouble is Trouble.UNDELIVERABLE:
        return Sayer(visit.english).cause(subject)
    return visit.agency(subject) if subject else visit.say("Trục", "The hub")
