"""Holdings: what each agency signs with, for how long that holds, and whose ends soon. Pure.

An agency stops only when the last of its certificates ends, or all are revoked. Days are working days of the province: renewing
a certificate is work of offices.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import NameOID

from gateway.core.alert_rules import Trouble
from gateway.core.directory import Agency
from gateway.core.model import VIETNAM
from gateway.core.rules import Rules
from gateway.core.trust import TrustStore, Verdict, verdict


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


def holdings(rules: Rules, now: datetime) -> Iterator[Holding]:
    """Give what each agency in force signs with."""
    return (holding(each, rules.trust, now) for each in rules.directory if each.in_force(now.date()))


def holding(agency: Agency, store: TrustStore, now: datetime) -> Holding:
    """Give what one agency signs with."""
    newest = sorted(agency.certificates, key=lambda each: each.not_valid_after_utc, reverse=True)
    said = tuple(certified(each, store, now) for each in newest)
    until = max((each.ends for each in said if each.verdict is not Verdict.REVOKED), default=None)
    return Holding(agency=agency, certificates=said, until=until)


def certified(certificate: x509.Certificate, store: TrustStore, now: datetime) -> Certified:
    """Say what is known of one certificate."""
    return Certified(
        subject=name_of(certificate.subject),
        issuer=name_of(certificate.issuer),
        serial=f"{certificate.serial_number:x}",
        begins=certificate.not_valid_before_utc.astimezone(VIETNAM),
        ends=certificate.not_valid_after_utc.astimezone(VIETNAM),
        verdict=verdict(certificate, store, now),
    )


def ending(rules: Rules, now: datetime, days: float) -> Iterator[tuple[Holding, int]]:
    """Give the agencies whose certificates all end within so many working days, and how many are left until the last does."""
    for each in holdings(rules, now):
        left = _left(each, rules, now, days)
        if left is not None:
            yield each, left


def is_ending(found: Holding, rules: Rules, now: datetime, days: float) -> bool:
    """Tell whether it ends within so many working days, has ended, or is revoked; what is not there does not end."""
    return _left(found, rules, now, days) is not None


def _left(found: Holding, rules: Rules, now: datetime, days: float) -> int | None:
    """Count the working days that are left, where they are so few; None where they are more."""
    if found.until is None:
        return 0 if found.revoked else None
    within = timedelta(days=2 * days + 15)  # so many working days end within, whatever the holidays
    left = working_days(found.until, rules, now) if found.until <= now + within else None
    return left if left is not None and left <= days else None


def soon(rules: Rules) -> float:
    """Give the working days before its end at which a certificate becomes a matter, whether anybody is told or not."""
    return rules.alerts[Trouble.CERTIFICATE_ENDING].at or 0.0


def working_days(until: datetime, rules: Rules, now: datetime) -> int:
    """Count the working days of the province from today on that end before a moment's own day."""
    schedule, today = rules.timekeeping.working_time.of(), now.date()
    ahead = max(0, (until.astimezone(VIETNAM).date() - today).days)
    return sum(bool(schedule.spans(today + timedelta(days=each))) for each in range(ahead))


def name_of(name: x509.Name) -> str:
    """Give the common name, else the whole."""
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()
