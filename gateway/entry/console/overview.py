"""Tổng quan · Overview: what hurts, sorted by harm, each with the one button that begins to mend it; then how it flows."""

from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from gateway.core.circuit import CircuitState
from gateway.entry.console import writing
from gateway.entry.console.harm import Harm, Sight, harms
from gateway.entry.console.pages import greeting, page
from gateway.entry.console.pulse import pulses
from gateway.entry.console.statuses import needing_a_hand
from gateway.entry.console.strip import strip
from gateway.entry.console.visit import Visit
from gateway.flows import oversee
from gateway.flows.attend import attendance
from gateway.flows.keep_time import keep_time
from gateway.ports import Filter, Ports, Quarter

QUARTER: Final = timedelta(minutes=15)
DAY: Final = timedelta(hours=24)
DAYS: Final = 2 * DAY
"""Today is told beside yesterday."""
SHOWN: Final = 12
"""Matters: more than an officer deals with before the next look. All are a click away."""


class Traffic:
    """What happened in two days, by quarters of an hour. Those that are over do not change: each is read once a process."""

    def __init__(self) -> None:
        self._over: dict[datetime, Quarter] = {}
        self._read_to: datetime | None = None

    async def days(self, ports: Ports, now: datetime) -> tuple[Quarter, ...]:
        """Give every quarter of the last 48 hours, the earliest first; the last one is running."""
        running = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
        first = running - DAYS + QUARTER
        since = max(first, self._read_to or first)
        found = {each.at: each for each in await ports.province.quarters(since, running + QUARTER)}
        over = {at: each for at, each in {**self._over, **found}.items() if first <= at < running - QUARTER}
        self._over, self._read_to = over, running - QUARTER  # the last one that is over may still be written to
        known = over | found
        places = [first + QUARTER * place for place in range(DAYS // QUARTER)]
        return tuple(known.get(at) or Quarter(at=at) for at in places)


TRAFFIC: Final[web.AppKey[Traffic]] = web.AppKey("traffic", Traffic)


async def show(visit: Visit) -> web.Response:
    """Show how the province stands."""
    sight = await _sight(visit)
    days = await visit.request.app[TRAFFIC].days(visit.ports, visit.now)
    day = days[-(DAY // QUARTER) :]
    midnight = visit.now.replace(hour=0, minute=0, second=0, microsecond=0)
    found = harms(visit, sight)
    return page(
        visit,
        "overview.html",
        title=visit.say("Tổng quan", "Overview"),
        greeting=greeting(visit.now, english=visit.english),
        sentence=_sentence(visit, day, found),
        harms=found if visit.asked("all") else found[:SHOWN],
        matters=len(found),
        waiting=sight.waiting,
        oldest=sight.oldest_at,
        dead=sum(each.count for each in sight.dead),
        causes=len({each.cause for each in sight.dead}),
        overdue=sum(each.count for each in sight.overdue),
        debtors=len({each.organ for each in sight.overdue}),
        today=sum(each.accepted for each in day if each.at >= midnight),
        handed=sum(each.handed_over for each in day if each.at >= midnight),
        change=_change(days, midnight),
        pulses=await pulses(visit, sight),
        strip=await strip(visit),
        standings=[each for each in sight.queues if each.circuit.state is not CircuitState.CLOSED or each.tally.waiting],
        silent=sight.attended.silent,
        agencies=sum(each.in_force(visit.now.date()) for each in visit.rules.directory),
    )


async def traffic(visit: Visit) -> web.Response:
    """Give the numbers of the chart: times (seconds since 1970), accepted, delivered, failed."""
    day = (await visit.request.app[TRAFFIC].days(visit.ports, visit.now))[-(DAY // QUARTER) :]
    rows = [
        [int(each.at.timestamp()) for each in day],
        [each.accepted for each in day],
        [each.handed_over for each in day],
        [each.failed for each in day],
    ]
    return web.json_response(rows, headers={"Cache-Control": "no-store"})


async def _sight(visit: Visit) -> Sight:
    await keep_time(visit.ports.deadlines, visit.rules)
    return Sight(
        queues=await oversee.queues(visit.ports.outbox, visit.rules),
        attended=await attendance(visit.ports.presence, visit.rules, visit.now),
        dead=await visit.ports.dead_letters.groups(Filter(parked=False)),
        overdue=await visit.ports.province.overdue(),
        held=await visit.ports.ledger.held(),
        unmatched=await needing_a_hand(visit),
    )


def _change(days: tuple[Quarter, ...], midnight: datetime) -> int | None:
    """Give how many more documents came today than yesterday by the same quarter of an hour; None where none came yesterday."""
    *over, running = days
    today = sum(each.accepted for each in over if each.at >= midnight)
    yesterday = sum(each.accepted for each in over if midnight - DAY <= each.at < running.at - DAY)
    return today - yesterday if yesterday else None


def _sentence(visit: Visit, day: tuple[Quarter, ...], found: list[Harm]) -> str:
    """Say in one sentence what the night was like, or the day so far."""
    accepted, handed, failed = (sum(getattr(each, name) for each in day) for name in ("accepted", "handed_over", "failed"))
    schedule = visit.rules.timekeeping.working_time.of()
    working = bool(schedule.spans(visit.now.date()))
    kind = visit.say("Ngày làm việc", "a working day") if working else visit.say("Ngày nghỉ", "a day off")
    when = f"{writing.weekday(visit.now, english=visit.english)}, {writing.day(visit.now)} · {writing.clock(visit.now)} · {kind}"
    numbers = visit.say(
        f"24 giờ qua: {writing.number(accepted)} văn bản, {writing.number(handed)} lượt giao, {failed} không gửi được",
        f"last 24 hours: {accepted} documents, {handed} deliveries, {failed} failed",
    )
    trouble = visit.say("cần xử lý", "to be dealt with") if found else visit.say("không có việc gấp", "nothing is urgent")
    return f"{when} · {numbers} · {len(found) or ''} {trouble}".replace("  ", " ")
