"""The directory of agencies: organ ids of both grammars, aliases, validity dates. Never string work on ids."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from cryptography import x509

from gateway.core.model import OrganId, SystemId, Trust
from gateway.core.quota import Quota
from gateway.core.roles import Role

OLD_GRAMMAR = re.compile(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}")
"""QCVN 102:2016, 13 characters, read right to left: ``000.00.15.H56``."""
NEW_GRAMMAR = re.compile(r"[A-Z][0-9]{2}(\.[A-Z0-9]+){0,8}")
"""QĐ 20/2020/QĐ-TTg Điều 4, at most 35 characters, read left to right: ``H56.40.02``."""
TOLERANT_GRAMMAR = re.compile(r"[0-9A-Za-z.]{3,50}")
"""What is let through to the directory, which decides: relics and axis nodes follow neither grammar."""
ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,8}$"
"""An e-mail address that any mail server takes (RFC 5321, without quoted names)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One agency. It is in force from `valid_from` (inclusive) to `valid_to` (exclusive); None is open.

    `certificates` are those that passed the registration check (see `trust.admit`).
    `trust_until` is the last day of a `legacy` or `channel` exception. Reminders go to `email`, and to `leader_email`.
    """

    id: OrganId
    name: str
    aliases: tuple[str, ...] = ()
    parent: OrganId | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: OrganId | None = None
    locked: str | None = None
    trust: Trust = Trust.SIGNED
    trust_until: date | None = None
    updated_on: date | None = None
    email: str | None = None
    leader_email: str | None = None
    certificates: tuple[x509.Certificate, ...] = ()

    @property
    def old_code(self) -> str | None:
        """Give its id in the grammar of QCVN 102:2016, where it has one."""
        return next((name for name in (self.id, *self.aliases) if OLD_GRAMMAR.fullmatch(name)), None)

    def in_force(self, on: date) -> bool:
        """Tell whether the agency exists on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)

    def trusted_as(self, on: date) -> Trust:
        """Give the trust in force on that day: an exception past its date falls back to the strict default."""
        if self.trust_until is not None and on > self.trust_until:
            return Trust.SIGNED
        return self.trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How the hub reaches a system by itself: through which adapter, and with what settings of that adapter.

    `in_flight` documents of a lane are on their way into it at once; each attempt may take `seconds`. Without `push` its
    documents wait in the inbox, and only what it sends, and news, goes through the adapter.
    """

    adapter: str
    settings: Mapping[str, object]
    push: bool = True
    in_flight: int = 1
    seconds: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SdkAccess:
    """What a system may do at the national SDK's face: it proves itself by an HMAC with any of its `secrets`.

    Its clock may be off by `window_seconds` (None is the hub's usual bound). Until the day `registers_until`, that one included,
    what it asks about agencies of its own is done without an operator.
    """

    secrets: tuple[bytes, ...] = field(repr=False)
    window_seconds: int | None = None
    registers_until: date | None = None

    def registers(self, on: date) -> bool:
        """Tell whether it may have agencies entered and ended by itself on that day."""
        return self.registers_until is not None and on <= self.registers_until


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A client of the API, bound to the organ ids it may act for, known by the hashes of its tokens and certificates.

    `quota` is its own; None is the hub's usual one. With a `link` the hub pushes to it, else it polls. With `vxp` it may call
    by the national SDK.
    """

    id: SystemId
    organs: frozenset[OrganId]
    token_sha256: tuple[str, ...] = ()
    certificate_sha256: tuple[str, ...] = ()
    quota: Quota | None = None
    link: Link | None = None
    vxp: SdkAccess | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """All agencies, found by any id they have or had. Ids are compared as text; parents come from data, never from the id."""

    agencies: tuple[Agency, ...]
    _by_id: dict[str, Agency] = field(repr=False)

    @classmethod
    def of(cls, agencies: Iterable[Agency]) -> "Directory":
        """Index the agencies.

        Raises ValueError if two agencies claim the same id or alias.
        """
        rows = tuple(agencies)
        by_id: dict[str, Agency] = {}
        for agency in rows:
            for name in (agency.id, *agency.aliases):
                if name in by_id:
                    raise ValueError(f"organ id {name} is claimed by {by_id[name].id} and {agency.id}")
                by_id[name] = agency
        return cls(agencies=rows, _by_id=by_id)

    def find(self, organ: str) -> Agency | None:
        """Find an agency by its id or an alias."""
        return self._by_id.get(organ)

    def name_of(self, organ: str) -> str:
        """Give the name of an agency; its id, where it is not (any longer) in the directory."""
        found = self.find(organ)
        return found.name if found else organ

    def successor_of(self, agency: Agency, on: date) -> Agency | None:
        """Follow the successors of an agency to the one in force on that day; None where there is none, or only a circle."""
        seen = {agency.id}
        each = self.find(agency.successor) if agency.successor else None
        while each is not None and each.id not in seen and not each.in_force(on):
            seen.add(each.id)
            each = self.find(each.successor) if each.successor else None
        return each if each is not None and each.id not in seen else None

    def ancestors(self, agency: Agency) -> tuple[Agency, ...]:
        """Give the agencies above one, nearest first; a circle ends where it closes."""
        above: list[Agency] = []
        each = self.find(agency.parent) if agency.parent else None
        while each is not None and each != agency and each not in above:
            above.append(each)
            each = self.find(each.parent) if each.parent else None
        return tuple(above)

    def __iter__(self) -> Iterator[Agency]:
        return iter(self.agencies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems:
    """All systems, found by what they show: the hash of a token, or the digest of a client certificate (SHA-256, hex)."""

    systems: tuple[System, ...]
    _by_id: dict[SystemId, System] = field(repr=False)
    _by_token: dict[str, System] = field(repr=False)
    _by_certificate: dict[str, System] = field(repr=False)
    _by_pushed: dict[OrganId, System] = field(repr=False)

    @classmethod
    def of(cls, systems: Iterable[System]) -> "Systems":
        """Index the systems.

        Raises ValueError if two systems with a link act for the same agency: only one may be pushed its documents.
        """
        rows = tuple(systems)
        by_pushed: dict[OrganId, System] = {}
        for organ, system in (
            (organ, each) for each in rows if each.link is not None and each.link.push for organ in each.organs
        ):
            if organ in by_pushed:
                raise ValueError(f"{organ} is pushed to by {by_pushed[organ].id} and {system.id}")
            by_pushed[organ] = system
        return cls(
            systems=rows,
            _by_id={system.id: system for system in reversed(rows)},  # of two with one id, the first
            _by_token={token: system for system in rows for token in system.token_sha256},
            _by_certificate={digest: system for system in rows for digest in system.certificate_sha256},
            _by_pushed=by_pushed,
        )

    def by_token(self, sha256: str) -> System | None:
        return self._by_token.get(sha256)

    def by_certificate(self, sha256: str) -> System | None:
        return self._by_certificate.get(sha256)

    def pushed_to(self, organ: OrganId) -> System | None:
        """Find the system that an agency's documents are pushed to; None where the agency polls."""
        return self._by_pushed.get(organ)

    def route(self, organ: OrganId) -> SystemId | None:
        """Name the system that an agency's documents are pushed to; None where the agency polls."""
        system = self._by_pushed.get(organ)
        return system.id if system else None

    def find(self, system: SystemId) -> System | None:
        """Find a system by its id."""
        return self._by_id.get(system)

    def linked(self) -> tuple[System, ...]:
        """Give the systems that are pushed to or collected from."""
        return tuple(each for each in self.systems if each.link is not None)

    def __iter__(self) -> Iterator[System]:
        return iter(self.systems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A person or program that runs the hub, known by the hashes of its tokens. It acts for no agency.

    With a `password` (its Argon2 hash) it may sign in to the console; where it has a `totp` secret (base32, RFC 6238), with
    the code of the moment too. `identity` is its name at the province's identity provider, by which it may sign in as well.
    """

    id: str
    role: Role = Role.ADMIN
    token_sha256: tuple[str, ...] = ()
    password: str | None = field(default=None, repr=False)
    totp: str | None = field(default=None, repr=False)
    identity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operators:
    """All operators, found by their id, by the hash of a token (SHA-256, hex), or by their name at the identity provider."""

    operators: tuple[Operator, ...]
    _by_id: dict[str, Operator] = field(repr=False)
    _by_token: dict[str, Operator] = field(repr=False)

    @classmethod
    def of(cls, operators: Iterable[Operator]) -> "Operators":
        """Index the operators.

        Raises ValueError if two have the same token or identity: the audit log would name the wrong one.
        """
        rows = tuple(operators)
        identities = Counter(each.identity for each in rows if each.identity)
        if identities and max(identities.values()) > 1:
            raise ValueError(f"several operators have the identity {max(identities, key=lambda each: identities[each])}")
        by_token: dict[str, Operator] = {}
        for token, operator in ((token, each) for each in rows for token in each.token_sha256):
            if token in by_token:
                raise ValueError(f"operators {by_token[token].id} and {operator.id} have the same token")
            by_token[token] = operator
        return cls(operators=rows, _by_id={each.id: each for each in rows}, _by_token=by_token)

    def by_token(self, sha256: str) -> Operator | None:
        return self._by_token.get(sha256)

    def by_identity(self, name: str) -> Operator | None:
        """Find who has this name at the identity provider."""
        return next((each for each in self.operators if each.identity == name), None)

    def find(self, name: str) -> Operator | None:
        """Find an operator by its id."""
        return self._by_id.get(name)

    def __iter__(self) -> Iterator[Operator]:
        return iter(self.operators)
