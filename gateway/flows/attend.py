"""Attend: which agencies that fetch their documents have not looked for them, and what waits for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.core.directory import Agency
from gateway.core.model import OrganId, SystemId
from gateway.core.rules import Rules
from gateway.core.silence import silence
from gateway.ports import Backlog, Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """An agency that is silent, since when (None: it never looked), and what waits for it. No system: nobody can look for it."""

    agency: Agency
    systems: tuple[SystemId, ...]
    seen_at: datetime | None
    since: datetime | None
    backlog: Backlog | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """When each system last looked, what waits for each agency that fetches, and which agencies are silent."""

    seen: Mapping[SystemId, datetime]
    backlogs: Mapping[OrganId, Backlog]
    silent: tuple[Silent, ...]


async def attendance(presence: Presence, rules: Rules, now: datetime) -> Attendance:
    """Give who looks and who does not; of the silent, those for whom documents have waited longest first.

    Whom the hub pushes to has nothing to look for; an agency without a system is named once something waits for it.
    """
    await presence.write()  # what this process saw meanwhile
    seen, backlogs = await presence.seen(), await presence.backlogs()
    found = []
    for agency in rules.directory.agencies:
        systems = tuple(each.id for each in rules.systems if agency.id in each.organs)
        backlog = backlogs.get(agency.id)
        if not agency.in_force(now.date()) or rules.systems.route(agency.id) or not (systems or backlog):
            continue
        seen_at = max((seen[each] for each in systems if each in seen), default=None)
        quiet = silence(rules.timekeeping.working_time.of(agency.id), seen_at, now)
        if quiet is not None:
            found.append(Silent(agency=agency, systems=systems, seen_at=seen_at, since=quiet.since, backlog=backlog))
    longest = sorted(found, key=lambda each: (each.backlog.oldest_at if each.backlog else now, each.agency.id))
    return Attendance(seen=seen, backlogs=backlogs, silent=tuple(longest))


async def silent(presence: Presence, rules: Rules, now: datetime) -> tuple[Silent, ...]:
    """Give the silent agencies, those for whom documents have waited longest first."""
    return (await attendance(presence, rules, now)).silent
