"""Rules from files: agencies.toml, the trust folder, policy, calendar and schemas; read anew when one of them changes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from pydantic import BaseModel, ConfigDict, Field

from gateway.core import trust
from gateway.core.directory import ADDRESS, Agency, Directory, Link, Operator, Operators, SdkAccess, System, Systems
from gateway.core.faults import Fault, Misconfigured
from gateway.core.model import OrganId, SystemId, Trust
from gateway.core.quota import Quota
from gateway.core.roles import Role
from gateway.core.rules import Limits, Rules
from gateway.core.schema import EdxmlSchema
from gateway.core.trust import TrustStore
from gateway.infra.alerts_file import load_alerts, shipped_alerts
from gateway.infra.authority import load_trust
from gateway.infra.calendar_files import load_working_time, shipped_calendar
from gateway.infra.deadlines_file import load_timekeeping, shipped_deadlines
from gateway.infra.policy_file import load_policy, shipped_policy
from gateway.infra.seals import load_key, unseal
from gateway.infra.toml_file import read_toml
from gateway.sdk.shipped import shipped

EDXML_VERSION = "2016"


class AgencyRow(BaseModel):
    """An `[[agency]]` table."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None
    locked: str | None = None
    trust: Trust = Trust.SIGNED
    trust_until: date | None = None
    updated_on: date | None = None
    email: str | None = Field(default=None, pattern=ADDRESS)
    leader_email: str | None = Field(default=None, pattern=ADDRESS)
    certificates: tuple[str, ...] = ()


class QuotaRow(BaseModel):
    """`quota` of a `[[system]]`; what it does not say is as usual."""

    model_config = ConfigDict(extra="forbid")

    requests_per_minute: int = Field(default=Quota().requests_per_minute, ge=1)
    bytes_per_minute: int = Field(default=Quota().bytes_per_minute, ge=1)
    uploads: int = Field(default=Quota().uploads, ge=1)


class LinkRow(BaseModel):
    """`link` of a `[[system]]`: the hub reaches it by itself. The adapter judges its own `settings`."""

    model_config = ConfigDict(extra="forbid")

    adapter: str
    settings: dict[str, Any] = {}
    push: bool = True
    in_flight: int = Field(default=1, ge=1, le=64)
    seconds: float = Field(default=60, gt=0, le=600)


class VxpRow(BaseModel):
    """`vxp` of a `[[system]]`: it may call by the national SDK. `secrets` are sealed (see `seals`)."""

    model_config = ConfigDict(extra="forbid")

    secrets: tuple[str, ...] = ()
    window_seconds: int | None = Field(default=None, ge=1, le=24 * 3600)
    registers_until: date | None = None


class SystemRow(BaseModel):
    """A `[[system]]` table."""

    model_config = ConfigDict(extra="forbid")

    id: str
    organs: tuple[str, ...]
    token_sha256: tuple[str, ...] = ()
    certificate_sha256: tuple[str, ...] = ()
    quota: QuotaRow | None = None
    link: LinkRow | None = None
    vxp: VxpRow | None = None


class OperatorRow(BaseModel):
    """An `[[operator]]` table."""

    model_config = ConfigDict(extra="forbid")

    id: str
    role: Role = Role.ADMIN
    token_sha256: tuple[str, ...] = ()
    password: str | None = Field(default=None, pattern=r"^\$argon2id\$")
    totp: str | None = None
    identity: str | None = Field(default=None, min_length=1, max_length=200)


class AgenciesFile(BaseModel):
    """The whole of agencies.toml."""

    model_config = ConfigDict(extra="forbid")

    agency: tuple[AgencyRow, ...] = ()
    system: tuple[SystemRow, ...] = ()
    operator: tuple[OperatorRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Whether a registered certificate may be used: `fault` says why not."""

    organ: OrganId
    file: Path
    certificate: x509.Certificate | None
    fault: Fault | None

    @property
    def registered(self) -> bool:
        """Tell whether the certificate names its agency. An expired one still does: its use is refused as expired."""
        return self.certificate is not None and (self.fault is None or self.fault.code == "certificate-expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the rules are read from."""

    agencies: Path
    trust: Path
    policy: Path = field(default_factory=shipped_policy)
    calendar: Path = field(default_factory=shipped_calendar)
    deadlines: Path = field(default_factory=shipped_deadlines)
    alerts: Path = field(default_factory=shipped_alerts)
    key: Path = Path("hub/directory.key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Rules, and what the registration check said of each certificate."""

    rules: Rules
    admissions: tuple[Admission, ...]
    sources: Sources

    def stamp(self) -> tuple[tuple[Path, int, int], ...]:
        """Give a cheap fingerprint of the files that were read: it differs when one was changed, added or removed."""
        sources = self.sources
        folders = (sources.trust, sources.calendar)
        single = (sources.agencies, sources.policy, sources.deadlines, sources.alerts, sources.key)
        watched = {*single, *(file for folder in folders for file in folder.glob("[!.]*"))}
        watched |= {admission.file for admission in self.admissions}
        stats = [(path, path.stat()) for path in sorted(watched) if path.is_file()]
        return tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats)


def load(sources: Sources, limits: Limits, now: datetime) -> Loaded:
    """Read everything; raise Misconfigured naming the file and the mistake.

    A certificate that fails the registration check is left out (its agency cannot sign with it) and reported in `admissions`.
    """
    agencies = sources.agencies
    file = read_toml(agencies, AgenciesFile)
    store = load_trust(sources.trust)
    admissions = tuple(
        _admit(OrganId(row.id), agencies.parent / name, store, now) for row in file.agency for name in row.certificates
    )
    registered: dict[str, list[x509.Certificate]] = {}
    for admission in admissions:
        if admission.certificate is not None and admission.registered:
            registered.setdefault(admission.organ, []).append(admission.certificate)
    try:
        directory = Directory.of(_agency(row, registered.get(row.id, ())) for row in file.agency)
    except ValueError as error:
        raise Misconfigured("misconfigured", detail=f"{agencies}: {error}") from error
    rules = Rules(
        directory=directory,
        systems=_systems(file, sources),
        operators=_operators(file, sources),
        trust=store,
        schema=_schema(),
        policy=load_policy(sources.policy),
        timekeeping=load_timekeeping(sources.deadlines, load_working_time(sources.calendar)),
        alerts=load_alerts(sources.alerts),
        limits=limits,
    )
    return Loaded(rules=rules, admissions=admissions, sources=sources)


def _admit(organ: OrganId, file: Path, store: TrustStore, now: datetime) -> Admission:
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        unreadable = Misconfigured("misconfigured", detail=f"{file}: {error}")
        return Admission(organ=organ, file=file, certificate=None, fault=unreadable)
    try:
        trust.admit(certificate, store, now)
    except Fault as fault:
        return Admission(organ=organ, file=file, certificate=certificate, fault=fault)
    return Admission(organ=organ, file=file, certificate=certificate, fault=None)


def _agency(row: AgencyRow, certificates: Iterable[x509.Certificate]) -> Agency:
    fields: dict[str, Any] = row.model_dump() | {"certificates": tuple(certificates)}
    return Agency(**fields)


def _systems(file: AgenciesFile, sources: Sources) -> Systems:
    agencies = sources.agencies
    key = load_key(sources.key) if any(row.vxp and row.vxp.secrets for row in file.system) else b""
    try:
        demand_agencies_of_systems(file)
        return Systems.of(_system(row, key) for row in file.system)
    except ValueError as error:
        raise Misconfigured("misconfigured", detail=f"{agencies}: {error}") from error


def _operators(file: AgenciesFile, sources: Sources) -> Operators:
    key = load_key(sources.key) if any(row.totp for row in file.operator) else b""
    try:
        demand_tokens_of_one(file)
        return Operators.of(_operator(row, key) for row in file.operator)
    except ValueError as error:
        raise Misconfigured("misconfigured", detail=f"{sources.agencies}: {error}") from error


def demand_tokens_of_one(file: AgenciesFile) -> None:
    """See that each token is of one. Raises ValueError where it would be of two: a system's is never an operator's."""
    found = Operators.of(Operator(id=row.id, token_sha256=row.token_sha256) for row in file.operator)
    for row in file.system:
        if any(found.by_token(token) for token in row.token_sha256):
            raise ValueError(f"system {row.id} and an operator have the same token")


def demand_agencies_of_systems(file: AgenciesFile) -> None:
    """See that systems act for agencies that exist, and that each is pushed to by one at most. Raises ValueError."""
    known = {row.id for row in file.agency}
    for row in file.system:
        unknown = [organ for organ in row.organs if organ not in known]
        if unknown:
            raise ValueError(f"system {row.id}: organs {unknown}?")
    Systems.of(_system(row.model_copy(update={"vxp": None}), b"") for row in file.system)


def second_factor(operator: str) -> str:
    """Name what the seal of an operator's second factor is bound to."""
    return f"operator {operator}: totp"


def _operator(row: OperatorRow, key: bytes) -> Operator:
    """Open the seal. Raises ValueError naming the operator whose second factor does not open."""
    try:
        totp = unseal(key, second_factor(row.id), row.totp).decode() if row.totp else None
    except ValueError as error:
        raise ValueError(f"operator {row.id}: totp: {error}") from error
    return Operator(**row.model_dump(exclude={"totp"}), totp=totp)


def _system(row: SystemRow, key: bytes) -> System:
    return System(
        id=SystemId(row.id),
        organs=frozenset(OrganId(organ) for organ in row.organs),
        token_sha256=row.token_sha256,
        certificate_sha256=row.certificate_sha256,
        quota=Quota(**row.quota.model_dump()) if row.quota else None,
        link=Link(**row.link.model_dump()) if row.link else None,
        vxp=_sdk_access(row.id, row.vxp, key) if row.vxp else None,
    )


def _sdk_access(system: str, row: VxpRow, key: bytes) -> SdkAccess:
    """Open the seals. Raises ValueError naming the system whose secret does not open."""
    try:
        secrets = tuple(unseal(key, system, each) for each in row.secrets)
    except ValueError as error:
        raise ValueError(f"system {system}: vxp.secrets: {error}") from error
    return SdkAccess(secrets=secrets, window_seconds=row.window_seconds, registers_until=row.registers_until)


def _schema() -> EdxmlSchema:
    folder = shipped("schemas") / "edxml" / EDXML_VERSION
    return EdxmlSchema.of((folder / "document.xsd").read_bytes(), (folder / "status.xsd").read_bytes())
