"""What a hub may have beside its core: a scanner, and ways to tell people, each nothing where the settings name none."""

from typing import TYPE_CHECKING

from gateway.config import Settings
from gateway.core.faults import Misconfigured
from gateway.infra.scanner_clamd import ClamdScanner
from gateway.ports import Clock, Telemetry
from gateway.wiring.secrets import secret

if TYPE_CHECKING:
    from gateway.infra.announcer_chat import ChatAnnouncer
    from gateway.infra.announcer_webhook import WebhookAnnouncer
    from gateway.infra.identity_oidc import OidcProvider
    from gateway.infra.mailer_smtp import SmtpMailer


def scanner(settings: Settings) -> ClamdScanner | None:
    """Give the scanner that the settings name, or none."""
    return ClamdScanner(settings.scan.clamd, seconds=settings.scan.seconds) if settings.scan.clamd else None


def mailer(settings: Settings, clock: Clock) -> "SmtpMailer | None":
    """Give what carries e-mails, or nothing where no mail server is named. Raises Misconfigured."""
    named = settings.mail
    if named is None:
        return None
    try:
        from gateway.infra.mailer_smtp import SmtpMailer  # an extra that only those need who are written to
    except ImportError as error:
        raise Misconfigured("misconfigured", detail="[mail]: pip install 'lienthong[mail]'") from error
    try:
        return SmtpMailer(
            named.host,
            named.port,
            sender=named.sender,
            name=settings.hub.name,
            clock=clock,
            security=named.security,
            ca=named.ca and settings.path(named.ca),
            username=named.username,
            password=secret(settings, named.password_file),
        )
    except OSError as error:
        raise Misconfigured("misconfigured", detail=f"[mail]: {error}") from error


def announcer(settings: Settings, clock: Clock, telemetry: Telemetry) -> "WebhookAnnouncer | None":
    """Give what posts alerts to another program, or nothing where none is named. Raises Misconfigured."""
    named = settings.alerts.webhook
    if named is None:
        return None
    from gateway.infra.announcer_webhook import WebhookAnnouncer  # few have one
    from gateway.infra.outgoing import connection

    where = connection("alerts.webhook", named.url, ca_file=named.ca_file, networks=named.networks)
    return WebhookAnnouncer(where, named.secret_file, settings.file.parent, settings.hub.name, clock, telemetry)


def chats(settings: Settings, telemetry: Telemetry) -> "ChatAnnouncer | None":
    """Give what writes alerts into chats, or nothing where none is named. Raises Misconfigured."""
    named = settings.alerts.chats_file
    if named is None:
        return None
    try:
        from gateway.infra.announcer_chat import ChatAnnouncer  # an extra that only those need who are told so
    except ImportError as error:
        raise Misconfigured("misconfigured", detail="[alerts] chats_file: pip install 'lienthong[alerts]'") from error
    return ChatAnnouncer(settings.path(named), telemetry, settings.console.address or "")


def identity_provider(settings: Settings, clock: Clock, telemetry: Telemetry) -> "OidcProvider | None":
    """Give who proves officers' identities, or nothing where no provider is named. Raises Misconfigured."""
    named = settings.console.oidc
    if named is None:
        return None
    try:
        from gateway.infra.identity_oidc import OidcProvider  # an extra that only those need who have a provider
    except ImportError as error:
        raise Misconfigured("misconfigured", detail="[console.oidc]: pip install 'lienthong[oidc]'") from error
    from gateway.infra.outgoing import connection

    return OidcProvider(
        label=named.label,
        connection=connection("console.oidc", named.issuer, ca_file=named.ca_file, networks=named.networks),
        client_id=named.client_id,
        client_secret_file=named.client_secret_file,
        returns_to=f"{settings.console.address}/console/sign-in/return",
        claim=named.claim,
        acr=named.acr,
        home=settings.file.parent,
        clock=clock,
        telemetry=telemetry,
    )
