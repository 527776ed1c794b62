"""Chứng thư số · Certificates: what each agency signs with, for how long that holds, and what stops when it ends."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web

from gateway.core.faults import Rejected
from gateway.core.holdings import Holding, holdings, is_ending, name_of, soon, working_days
from gateway.core.model import OrganId, Trust
from gateway.core.search import sought
from gateway.core.trust import Revocations
from gateway.entry.console.listing import is_named, part
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.visit import Visit
from gateway.entry.console.words import Sayer

SENT_DAYS: Final = 30
"""What an agency sent lately tells what stops."""
VIEWS: Final = ("all", "ending", "ended", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A CA of the trust store, the newest list of what it revoked, and whether that list still speaks."""

    name: str
    known: Revocations | None
    fresh: bool


async def show(visit: Visit) -> web.Response:
    """Show who signs with what, those that end first before the others."""
    chosen, found = _found(visit)
    rows, after = part(visit, found[chosen])
    since = visit.now - timedelta(days=SENT_DAYS)
    sent: Mapping[OrganId, int] = await visit.ports.province.sent({each.agency.id for each in rows}, since)
    return page(
        visit,
        "certificates.html",
        title=visit.say("Chứng thư số", "Certificates"),
        chosen=chosen,
        counts={view: len(each) for view, each in found.items()},
        asked=visit.asked,
        rows=rows,
        next=after,
        sent=sent,
        since=since.date(),
        sent_days=SENT_DAYS,
        soon=soon(visit.rules),
        working_days=lambda until: working_days(until, visit.rules, visit.now),
        authorities=authorities(visit),
        may_be_unsigned=lambda agency: agency.trusted_as(visit.now.date()) is Trust.CHANNEL,
    )


async def export(visit: Visit) -> web.Response:
    """Give all certificates of those that fit as a sheet."""
    return await sheet(visit, "chung-thu", visit.say("Chứng thư số", "Certificates"), _COLUMNS, _rows(visit))


def authorities(visit: Visit) -> tuple[Authority, ...]:
    """Give the CAs of the trust store, those whose lists speak no more first."""
    store = visit.rules.trust
    found = (
        Authority(name=name_of(each.subject), known=known, fresh=known is not None and known.fresh(visit.now))
        for each in (*store.anchors, *store.intermediates)
        for known in (store.revocations(each),)
    )
    return tuple(sorted(found, key=lambda each: (each.fresh, each.name)))


def _found(visit: Visit) -> tuple[str, Mapping[str, list[Holding]]]:
    """Read the query; give the view that is chosen, and what each has. Raises `malformed-request`."""
    chosen, asked = visit.asked("view") or "all", sought(visit.asked("q"))
    if chosen not in VIEWS:
        raise Rejected("malformed-request", path="view", detail=chosen)
    named = sorted((each for each in holdings(visit.rules, visit.now) if is_named(each.agency, asked)), key=_by_end)
    return chosen, {view: _chosen(visit, named, view) for view in VIEWS}


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    chosen, found = _found(visit)
    say = Sayer(visit.english)
    for each in found[chosen]:
        left = working_days(each.until, visit.rules, visit.now) if each.until else 0
        for one in each.certificates:
            dates = (one.begins.replace(tzinfo=None), one.ends.replace(tzinfo=None))
            yield [each.agency.name, each.agency.id, left, one.subject, one.issuer, one.serial, *dates, say.verdict(one.verdict)]
        if not each.certificates:
            yield [each.agency.name, each.agency.id]


def _chosen(visit: Visit, found: list[Holding], view: str) -> list[Holding]:
    if view == "none":
        return [each for each in found if not each.certificates]
    if view == "ended":
        return [each for each in found if each.ended(visit.now)]
    if view == "ending":
        return [
            each for each in found if not each.ended(visit.now) and is_ending(each, visit.rules, visit.now, soon(visit.rules))
        ]
    return [each for each in found if each.certificates]


def _by_end(found: Holding) -> tuple[bool, float, str]:
    """Put first whose certificates are all revoked, then whose end first."""
    return not found.revoked, found.until.timestamp() if found.until else 0, found.agency.name


_COLUMNS: Final = (
    ("Đơn vị", "Agency", 40),
    ("Mã định danh", "Organ id", 18),
    ("Đơn vị còn (ngày làm việc)", "The agency has left (working days)", 16),
    ("Cấp cho", "Subject", 40),
    ("Cấp bởi", "Issuer", 40),
    ("Số hiệu", "Serial", 44),
    ("Từ", "From", 18),
    ("Đến", "To", 18),
    ("Trạng thái", "State", 24),
)
