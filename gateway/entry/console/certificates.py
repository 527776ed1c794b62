"""Chứng thư số · Certificates: what each agency signs with, for how long that holds, and what stops when it ends."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web
from cryptography import x509
from cryptography.x509.oid import NameOID

from gateway.core.directory import Agency
from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, OrganId, Trust
from gateway.core.search import sought
from gateway.core.trust import Revocations, TrustStore, Verdict, verdict
from gateway.entry.console.listing import is_named, part
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.visit import Visit
from gateway.entry.console.words import Sayer

CERTIFICATE_DAYS: Final = 15
"""Working days before its end at which a certificate becomes a matter: renewing one takes the authority a week or two."""
WITHIN: Final = timedelta(days=2 * CERTIFICATE_DAYS + 15)
"""So many working days end within, whatever the holidays."""
SENT_DAYS: Final = 30
"""What an agency sent lately tells what stops."""
VIEWS: Final = ("all", "ending", "ended", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A registered certificate, and what is said of it now."""

    subject: str
    issuer: str
    serial: str
    begins: datetime
    ends: datetime
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What an agency signs with, the newest first; `until` is when the last that is not revoked ends; None: there is none."""

    agency: Agency
    certificates: tuple[Certified, ...]
    until: datetime | None

    @property
    def revoked(self) -> bool:
        """Tell whether it has certificates, and all are revoked."""
        return bool(self.certificates) and self.until is None

    def ended(self, now: datetime) -> bool:
        """Tell whether nothing that it signs is accepted."""
        return self.revoked or (self.until is not None and self.until < now)


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
        soon=CERTIFICATE_DAYS,
        working_days=lambda until: working_days(visit, until),
        authorities=authorities(visit),
        may_be_unsigned=lambda agency: agency.trusted_as(visit.now.date()) is Trust.CHANNEL,
    )


async def export(visit: Visit) -> web.Response:
    """Give all certificates of those that fit as a sheet."""
    return await sheet(visit, "chung-thu", visit.say("Chứng thư số", "Certificates"), _COLUMNS, _rows(visit))


def holdings(visit: Visit) -> Iterator[Holding]:
    """Give what each agency in force signs with."""
    today = visit.now.date()
    return (holding(visit, each) for each in visit.rules.directory if each.in_force(today))


def holding(visit: Visit, agency: Agency) -> Holding:
    """Give what one agency signs with."""
    newest = sorted(agency.certificates, key=lambda each: each.not_valid_after_utc, reverse=True)
    said = tuple(certified(each, visit.rules.trust, visit.now) for each in newest)
    until = max((each.ends for each in said if each.verdict is not Verdict.REVOKED), default=None)
    return Holding(agency=agency, certificates=said, until=until)


def ending(visit: Visit) -> Iterator[tuple[Holding, int]]:
    """Give the agencies that have certificates none of which will hold for long, and the working days until the last ends."""
    for each in holdings(visit):
        if _is_ending(visit, each):
            yield each, working_days(visit, each.until) if each.until else 0


def working_days(visit: Visit, until: datetime) -> int:
    """Count the working days of the province from today on that end before a moment's own day."""
    schedule, today = visit.rules.timekeeping.working_time.of(), visit.now.date()
    ahead = max(0, (until.astimezone(VIETNAM).date() - today).days)
    return sum(bool(schedule.spans(today + timedelta(days=each))) for each in range(ahead))


def authorities(visit: Visit) -> tuple[Authority, ...]:
    """Give the CAs of the trust store, those whose lists speak no more first."""
    store = visit.rules.trust
    found = (
        Authority(name=_name(each.subject), known=known, fresh=known is not None and known.fresh(visit.now))
        for each in (*store.anchors, *store.intermediates)
        for known in (store.revocations(each),)
    )
    return tuple(sorted(found, key=lambda each: (each.fresh, each.name)))


def certified(certificate: x509.Certificate, store: TrustStore, now: datetime) -> Certified:
    """Say what is known of one certificate."""
    return Certified(
        subject=_name(certificate.subject),
        issuer=_name(certificate.issuer),
        serial=f"{certificate.serial_number:x}",
        begins=certificate.not_valid_before_utc.astimezone(VIETNAM),
        ends=certificate.not_valid_after_utc.astimezone(VIETNAM),
        verdict=verdict(certificate, store, now),
    )


def _found(visit: Visit) -> tuple[str, Mapping[str, list[Holding]]]:
    """Read the query; give the view that is chosen, and what each has. Raises `malformed-request`."""
    chosen, asked = visit.asked("view") or "all", sought(visit.asked("q"))
    if chosen not in VIEWS:
        raise Rejected("malformed-request", path="view", detail=chosen)
    named = sorted((each for each in holdings(visit) if is_named(each.agency, asked)), key=_by_end)
    return chosen, {view: _chosen(visit, named, view) for view in VIEWS}


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    chosen, found = _found(visit)
    say = Sayer(visit.english)
    for each in found[chosen]:
        left = working_days(visit, each.until) if each.until else 0
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
        return [each for each in found if not each.ended(visit.now) and _is_ending(visit, each)]
    return [each for each in found if each.certificates]


def _is_ending(visit: Visit, found: Holding) -> bool:
    if found.until is None:
        return found.revoked
    return found.until <= visit.now + WITHIN and working_days(visit, found.until) <= CERTIFICATE_DAYS


def _by_end(found: Holding) -> tuple[bool, float, str]:
    """Put first whose certificates are all revoked, then whose end first."""
    return not found.revoked, found.until.timestamp() if found.until else 0, found.agency.name


def _name(name: x509.Name) -> str:
    """Give the common name, else the whole."""
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


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
