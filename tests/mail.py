"""A mail server of our own (aiosmtpd), in the test's event loop: it keeps what it took, and answers as told."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass
class PostOffice:
    """What the server took, and what it says otherwise: an answer by address, or to all content. Silent, it says nothing."""

    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, ...]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    refuses_all: str | None = None
    silent: bool = False
    got_one: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802  aiosmtpd's
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuses_all is not None:
            return self.refuses_all
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.envelopes.append(tuple(envelope.rcpt_tos))
        self.got_one.set()
        if self.silent:
            await asyncio.Event().wait()
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """Give what an address got."""
        return [message for message, to in zip(self.taken, self.envelopes, strict=True) if address in to]


@asynccontextmanager
async def running(office: PostOffice | None = None, **options: Any) -> AsyncIterator[PostOffice]:
    """Run a server; `options` are aiosmtpd's."""
    office = office or PostOffice()
    tls = options.pop("ssl", None)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(office, hostname="mail.example", loop=loop, **options), HOST, office.port, ssl=tls
    )
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()


def words(message: EmailMessage, subtype: str = "plain") -> str:
    """Give the text of a message, as a reader sees it."""
    body = message.get_body((subtype,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def authenticator(username: str, password: str) -> Any:
    def agrees(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (username.encode(), password.encode()), handled=False)

    return agrees


def tls(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate of this machine that is its own authority; give its file and the server's settings."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "mail.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "mail.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "mail.pem", folder / "mail.key")
    return folder / "mail.pem", context
