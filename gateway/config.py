"""Settings: one TOML file, every key known (an unknown one is an error), paths relative to the file."""

import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, ValidationError, model_validator

from gateway.core.directory import ADDRESS
from gateway.core.faults import Misconfigured
from gateway.sdk.manifest import mistakes


class Section(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tls(Section):
    """TLS of the listener; with `client_ca`, systems may prove themselves by mutual TLS."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


class Proxy(Section):
    """A reverse proxy that ends TLS before the hub: its addresses (CIDR), and the file with the secret that it shows."""

    addresses: tuple[IPvAnyNetwork, ...] = Field(min_length=1)
    secret_file: Path


class Server(Section):
    """Where the HTTP API listens."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    tls: Tls | None = None
    proxy: Proxy | None = None


class Storage(Section):
    """Where documents are kept: the ledger (`ledger.sqlite3`) and the vault (`vault/`) live in `data`."""

    data: Path = Path("data")


class Database(Section):
    """PostgreSQL instead of the SQLite file: many processes, on many machines, on one ledger.

    `url` is ``postgresql://user@host:port/name``; its password is the content of `password_file`. Times are in seconds.
    """

    url: str
    password_file: Path | None = None
    connections: int = Field(default=8, ge=2)
    statement_seconds: float = Field(default=30, gt=0)
    lock_seconds: float = Field(default=10, gt=0)


class Broker(Section):
    """RabbitMQ instead of the queues in memory: ``amqp://user@host:port/vhost``, its password in `password_file`."""

    url: str
    password_file: Path | None = None


class Work(Section):
    """The worker, which pushes and collects: beside the API in `serve`, or in processes of its own (`lienthong work`).

    Those tell their health and measures at `host` and `port`, where a port is set.
    """

    in_serve: bool = True
    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65535)


class Hub(Section):
    """The hub's own identity, which signs the receipts."""

    name: str = "Trục liên thông văn bản"
    key: Path = Path("hub/key.pem")
    certificate: Path = Path("hub/cert.pem")


class Directory(Section):
    """The file of agencies and systems, and the folder of trust anchors, intermediates and CRLs.

    `policy`, `deadlines` and `alerts` are files, `calendar` is a folder; without them those that ship hold. `adapters` are
    folders of further adapters, beside those that ship. `key` seals what is secret in `agencies` and needed whole.
    """

    agencies: Path = Path("agencies.toml")
    key: Path = Path("hub/directory.key")
    trust: Path = Path("ca")
    policy: Path | None = None
    calendar: Path | None = None
    deadlines: Path | None = None
    alerts: Path | None = None
    adapters: tuple[Path, ...] = ()


class Scan(Section):
    """Malware: `clamd` is the path of its Unix socket or `host:port`; without it nothing is scanned."""

    clamd: str | None = None
    seconds: float = Field(default=30, gt=0)


class MailSettings(Section):
    """The mail server for reminders. `none` sends as it is, and only to this very machine.

    `ca` are the authorities to trust instead of the machine's; `officers` the addresses of the province's officers.
    """

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca: Path | None = None
    sender: str = Field(pattern=ADDRESS)
    username: str | None = None
    password_file: Path | None = None
    officers: tuple[Annotated[str, Field(pattern=ADDRESS)], ...] = ()

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        if self.security == "none" and not is_here(self.host):
            raise ValueError("security = none: only to loopback")
        return self


class AlertWebhook(Section):
    """Where alerts are posted to, signed with the secrets in a file (`whsec_…`), as by the webhook adapter.

    Without `networks` it may be anywhere but on this machine.
    """

    url: str = Field(pattern=r"^https?://")
    secret_file: Path
    ca_file: Path | None = None
    networks: tuple[IPvAnyNetwork, ...] = ()


class AlertSettings(Section):
    """How the officers are told of alerts, beside the e-mail to `[mail] officers`.

    `chats_file` has a URL of apprise for each chat of Zalo or Telegram, and may be read by its owner alone.
    """

    webhook: AlertWebhook | None = None
    chats_file: Path | None = None


class OidcSettings(Section):
    """The province's identity provider (OpenID Connect), beside the hub's own passwords.

    `claim` of its ID token is looked for in `identity` of the operators. Values of `acr` prove several factors, as `amr` does.
    Without `networks` the provider may be anywhere but on this machine.
    """

    issuer: str = Field(pattern=r"^https?://")
    client_id: str = Field(min_length=1)
    client_secret_file: Path
    label: str = Field(default="Tài khoản của tỉnh", min_length=1, max_length=60)
    claim: str = "sub"
    acr: frozenset[str] = frozenset()
    ca_file: Path | None = None
    networks: tuple[IPvAnyNetwork, ...] = ()

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        if self.issuer.startswith("http:") and not is_here(urlsplit(self.issuer).hostname or ""):
            raise ValueError("issuer: https, but for loopback")
        return self


class ConsoleSettings(Section):
    """The console. `address` is where browsers reach the hub: scheme and host alone."""

    address: str | None = Field(default=None, pattern=r"^https?://[^/?#@]+$")
    oidc: OidcSettings | None = None

    @model_validator(mode="after")
    def _is_found_again(self) -> Self:
        if self.oidc is not None and self.address is None:
            raise ValueError("address: the identity provider must know where to send browsers back to")
        return self


class VxpSettings(Section):
    """The national SDK's face: served at `prefix` where a system has a secret for it.

    A caller's clock may be off by `window_seconds`, unless agencies.toml says otherwise of it.
    `centre` names this hub in lists of units.
    """

    prefix: str = Field(default="/XrdAdapter/adapter", pattern=r"^(/[A-Za-z0-9._~-]+)+$")
    window_seconds: int = Field(default=600, ge=1, le=24 * 3600)
    centre: str = Field(default="H56", min_length=1, max_length=50)


class QuotaSettings(Section):
    """What a system may ask of the hub, unless agencies.toml says otherwise of it (see `core.quota.Quota`)."""

    requests_per_minute: int = Field(default=60_000, ge=1)
    bytes_per_minute: int = Field(default=8 * 1024**3, ge=1)
    uploads: int = Field(default=512, ge=1)


class LimitSettings(Section):
    """Sizes in bytes (see `core.rules.Limits`) and times in seconds."""

    envelope: int = 50 * 1024 * 1024
    attachment: int = 1024 * 1024 * 1024
    parts: int = 100
    body_seconds: float = Field(default=600, gt=0)
    body_grace_seconds: float = Field(default=10, gt=0)
    body_bytes_per_second: int = Field(default=1024, ge=1)


class Settings(Section):
    """The whole of `gateway.toml`."""

    server: Server = Server()
    storage: Storage = Storage()
    database: Database | None = None
    broker: Broker | None = None
    work: Work = Work()
    hub: Hub = Hub()
    directory: Directory = Directory()
    scan: Scan = Scan()
    mail: MailSettings | None = None
    alerts: AlertSettings = AlertSettings()
    console: ConsoleSettings = ConsoleSettings()
    limits: LimitSettings = LimitSettings()
    quotas: QuotaSettings = QuotaSettings()
    vxp: VxpSettings = VxpSettings()
    file: Path = Field(default=Path("gateway.toml"), exclude=True)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read the file; raise Misconfigured naming every wrong key."""
        try:
            return cls.model_validate({**tomllib.loads(file.read_text("utf-8")), "file": file.resolve()})
        except FileNotFoundError as error:
            raise Misconfigured(
                "misconfigured", detail=f"Không có tệp cấu hình {file}.", detail_en=f"No such file: {file}."
            ) from error
        except tomllib.TOMLDecodeError as error:
            raise Misconfigured("misconfigured", detail=f"{file}: {error}") from error
        except ValidationError as error:
            raise Misconfigured("misconfigured", detail=f"{file}: {mistakes(error)}") from error

    def path(self, path: Path) -> Path:
        """Resolve a path of the file against the file's folder."""
        return self.file.parent / path

    def listening(self, port: int | None) -> Self:
        """Give the same with another port of the API: several processes on one machine share the file."""
        return self if port is None else self.model_copy(update={"server": self.server.model_copy(update={"port": port})})

    def watched(self, port: int | None) -> Self:
        """Give the same with another port of the worker's health page."""
        return self if port is None else self.model_copy(update={"work": self.work.model_copy(update={"port": port})})


def is_here(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
