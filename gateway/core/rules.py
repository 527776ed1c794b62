"""Rules: the things that know, bundled in one immutable value. A reload makes a new one and swaps it."""

from dataclasses import dataclass, field

from gateway.core.alert_rules import USUAL, AlertRules
from gateway.core.calendar import Calendar
from gateway.core.directory import Directory, Operators, Systems
from gateway.core.hours import WorkingTime
from gateway.core.policy.settings import Policy
from gateway.core.schema import EdxmlSchema
from gateway.core.timekeeping import Timekeeping
from gateway.core.trust import TrustStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes; each has its reason beside it."""

    envelope: int = 50 * 1024 * 1024
    """A national-axis gateway takes 50 MB a document; larger attachments travel as MIME parts."""
    attachment: int = 1024 * 1024 * 1024
    """One MIME part: streamed to disk, so disk and patience are the bound."""
    parts: int = 100
    """Attachments of one document: the largest real package seen has a dozen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that was loaded together from one configuration: directory, systems, operators, trust, schema, policy, and so on."""

    directory: Directory
    systems: Systems
    trust: TrustStore
    schema: EdxmlSchema
    policy: Policy = field(default_factory=Policy)
    timekeeping: Timekeeping = field(default_factory=lambda: Timekeeping(working_time=WorkingTime(calendar=Calendar())))
    alerts: AlertRules = field(default_factory=lambda: USUAL)
    limits: Limits = field(default_factory=Limits)
    operators: Operators = field(default_factory=lambda: Operators.of(()))
    officers: tuple[str, ...] = ()
    """The e-mail addresses of the province's officers."""
    address: str = ""
    """Where browsers reach the hub, as letters to officers have it; empty: they are told the place within it."""
