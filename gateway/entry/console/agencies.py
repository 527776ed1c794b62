"""Đơn vị · Agencies: the tree of the province, how each agency fares, and all that the hub knows of one."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web

from gateway.core import succession
from gateway.core.directory import Agency
from gateway.core.faults import Rejected
from gateway.core.holdings import holding
from gateway.core.model import Trust
from gateway.core.search import sought
from gateway.entry.console.certificate_changes import what_stops
from gateway.entry.console.certificates import SENT_DAYS
from gateway.entry.console.conditions import Faring, faring, surroundings
from gateway.entry.console.listing import is_named, part
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.trial_document import testing
from gateway.entry.console.visit import Visit
from gateway.entry.console.words import Condition, Sayer
from gateway.ports import Filter

EXCEPTED: Final = "excepted"
"""The view of agencies that need not sign as the others."""
DEEPEST: Final = 6
"""Steps by which a row is moved to the right: ministries' trees have five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A row of the tree: how an agency fares, and how deep it stands."""

    faring: Faring
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the address asks for: of all agencies those that fit, as a tree or, where something is looked for, as a list."""

    all: list[Faring]
    branches: list[Branch]
    listed: bool


async def show(visit: Visit) -> web.Response:
    """Show the tree; where something is looked for, the list of what fits, the most harmful first."""
    found = await _found(visit)
    counts = {each: sum(one.condition is each for one in found.all) for each in Condition}
    rows, after = part(visit, found.branches)
    return page(
        visit,
        "agencies.html",
        title=visit.say("Đơn vị", "Agencies"),
        asked=visit.asked,
        state=visit.asked("state"),
        listed=found.listed,
        conditions=list(Condition),
        counts=counts,
        in_force=len(found.all) - counts[Condition.ENDED],
        excepted=EXCEPTED,
        exceptions=sum(_is_excepted(visit, each.agency) for each in found.all),
        rows=rows,
        next=after,
        exception_of=lambda agency: exception_of(visit, agency),
    )


async def export(visit: Visit) -> web.Response:
    """Give all that fit as a sheet."""
    return await sheet(visit, "don-vi", visit.say("Đơn vị", "Agencies"), _COLUMNS, _rows(visit))


async def one(visit: Visit) -> web.Response:
    """Show one agency. Raises `not-found`."""
    agency = visit.rules.directory.find(visit.request.match_info["organ"])
    if agency is None:
        raise Rejected("not-found", path=visit.request.match_info["organ"])
    around = await surroundings(visit)
    since = visit.now - timedelta(days=SENT_DAYS)
    below = [faring(visit, each, around) for each in visit.rules.directory if _parent(visit, each) is agency]
    return page(
        visit,
        "agency.html",
        title=agency.name,
        agency=agency,
        found=faring(visit, agency, around),
        around=around,
        holding=holding(agency, visit.rules.trust, visit.now),
        sent=(await visit.ports.province.sent({agency.id}, since)).get(agency.id, 0),
        dead=await visit.ports.dead_letters.preview(Filter(receiver=agency.id, parked=False)),
        since=since.date(),
        sent_days=SENT_DAYS,
        above=visit.rules.directory.ancestors(agency),
        below=sorted(below, key=_harm),
        exception=exception_of(visit, agency),
        testing=testing(visit),
        predecessors=succession.predecessors(visit.rules.directory, agency),
        what_stops=lambda held, serial: what_stops(visit, held, serial),
        today=visit.now.date(),
    )


def exception_of(visit: Visit, agency: Agency) -> tuple[str, str] | None:
    """Say by what exception an agency need not sign as the others, and how loudly: one without an end is a mistake."""
    if not _is_excepted(visit, agency):
        return None
    kind = visit.say("Miễn ký số", "Unsigned") if agency.trust is Trust.CHANNEL else visit.say("Chữ ký cũ", "Old signatures")
    if agency.trust_until is None:
        return visit.say(f"{kind}, không có ngày hết", f"{kind}, without an end"), "bad"
    return visit.say(f"{kind} đến hết {agency.trust_until:%d/%m/%Y}", f"{kind} until {agency.trust_until:%d/%m/%Y}"), "warn"


async def _found(visit: Visit) -> Found:
    """Read the query. Raises `malformed-request`."""
    state, asked = visit.asked("state"), sought(visit.asked("q"))
    if state and state not in {EXCEPTED, *(each.word for each in Condition)}:
        raise Rejected("malformed-request", path="state", detail=state)
    around = await surroundings(visit)
    known = [faring(visit, each, around) for each in visit.rules.directory]
    fit = [each for each in known if is_named(each.agency, asked) and _fits(visit, each, state)]
    listed = bool(state or asked)
    branches = [Branch(faring=each, depth=0) for each in sorted(fit, key=_harm)] if listed else list(_tree(visit, fit))
    return Found(all=known, branches=branches, listed=listed)


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    say = Sayer(visit.english)
    for each in (branch.faring for branch in (await _found(visit)).branches):
        agency, above = each.agency, visit.rules.directory.ancestors(each.agency)
        exception = exception_of(visit, agency)
        yield [
            agency.name,
            agency.id,
            ", ".join(agency.aliases),
            above[0].name if above else "",
            say.condition(each.condition),
            each.why,
            each.waiting,
            each.overdue,
            each.seen_at.replace(tzinfo=None) if each.seen_at else None,
            exception[0] if exception else "",
            agency.email or "",
            agency.leader_email or "",
        ]


def _is_excepted(visit: Visit, agency: Agency) -> bool:
    today = visit.now.date()
    return agency.in_force(today) and agency.trusted_as(today) is not Trust.SIGNED


def _fits(visit: Visit, found: Faring, state: str) -> bool:
    if state == EXCEPTED:
        return _is_excepted(visit, found.agency)
    return found.condition.word == state if state else found.condition is not Condition.ENDED


def _harm(found: Faring) -> tuple[int, int, int, str]:
    return found.condition, -found.overdue, -found.waiting, found.agency.name


def _parent(visit: Visit, agency: Agency) -> Agency | None:
    return visit.rules.directory.find(agency.parent) if agency.parent else None


def _tree(visit: Visit, found: list[Faring]) -> Iterator[Branch]:
    """Give each agency after the one above it, its neighbours by harm; those of a circle stand alone."""
    below: dict[str | None, list[Faring]] = {}
    known = {each.agency.id for each in found}
    for each in sorted(found, key=_harm):
        above = visit.rules.directory.ancestors(each.agency)
        parent = next((one.id for one in above if one.id in known), None)
        circular = bool(above) and above[-1].parent is not None and visit.rules.directory.find(above[-1].parent) is not None
        below.setdefault(None if circular else parent, []).append(each)
    waiting = [(each, 0) for each in reversed(below.get(None, []))]
    while waiting:
        each, depth = waiting.pop()
        yield Branch(faring=each, depth=min(depth, DEEPEST))
        waiting += [(one, depth + 1) for one in reversed(below.get(each.agency.id, []))]


_COLUMNS: Final = (
    ("Đơn vị", "Agency", 40),
    ("Mã định danh", "Organ id", 18),
    ("Mã khác", "Other ids", 18),
    ("Cấp trên", "Above it", 32),
    ("Trạng thái", "State", 16),
    ("Vì sao", "Why", 40),
    ("Chờ", "Waiting", 10),
    ("Quá hạn", "Overdue", 10),
    ("Vào trục lần cuối", "Last seen", 18),
    ("Ngoại lệ chữ ký", "Excepted from signing", 30),
    ("Thư nhắc việc", "Reminders go to", 30),
    ("Thư lãnh đạo", "Its leader", 30),
)
