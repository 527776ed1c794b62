"""E-mail by SMTP (RFC 5321), over TLS but to this very machine."""

import asyncio
import ssl
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Final, Literal

import aiosmtplib

from gateway.core.faults import Fault, Misconfigured, Transient, Undeliverable
from gateway.core.mail import Mail
from gateway.ports import Clock

SECONDS: Final = 60.0
"""For one e-mail from the connection on; a claim of letters is several times as long."""
PERMANENT: Final = 500
"""From this reply code on the server means it (RFC 5321 4.2.1)."""
WORDS: Final = 200
"""Characters of a server's answer that are shown."""

Security = Literal["starttls", "tls", "none"]


class SmtpMailer:
    """Mailer port: a connection for each e-mail, since they are few."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        name: str,
        clock: Clock,
        security: Security = "starttls",
        ca: Path | None = None,
        username: str | None = None,
        password: str | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """Take the settings, connecting nowhere. `ca` are the authorities to trust instead of the machine's."""
        self._where = f"{host}:{port}"
        self._sender, self._name, self._clock, self._seconds = sender, name, clock, seconds
        self._login = (username, password or "") if username else None
        context = None if security == "none" else ssl.create_default_context(cafile=ca)
        self._options = {
            "hostname": host,
            "port": port,
            "use_tls": security == "tls",
            "start_tls": security == "starttls",
            "tls_context": context,
            "timeout": seconds,
        }

    async def ready(self) -> None:
        """Connect, greet and log in. Raises as `send` does."""
        try:
            async with asyncio.timeout(self._seconds):
                client = await self._connected()
        except TimeoutError as error:
            raise self._unconnected(error) from error
        client.close()

    async def send(self, mail: Mail) -> tuple[str, ...]:
        told = False
        try:
            async with asyncio.timeout(self._seconds):
                client = await self._connected()
                try:
                    refused = await self._addressed(client, mail.to)
                    told = True
                    await client.data(self._message(mail).as_bytes())
                    return refused
                finally:
                    client.close()
        except aiosmtplib.SMTPDataError as error:
            raise _refused(error.code, error.message) from error
        except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
            code = "mail-unanswered" if told else "mail-unavailable"
            raise Transient(code, detail=f"{self._where}: {type(error).__name__}") from error

    async def _connected(self) -> aiosmtplib.SMTP:
        client = aiosmtplib.SMTP(**self._options)  # type: ignore[arg-type]  # one dictionary of many types
        try:
            await client.connect()
            await client.ehlo()
            if self._login is not None:
                await client.login(*self._login)
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise self._unconnected(error) from error
        except BaseException:
            client.close()
            raise
        return client

    def _unconnected(self, error: Exception) -> Fault:
        """Tell what an operator must mend from what passes."""
        code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
        unproven = isinstance(error, ssl.SSLCertVerificationError) or isinstance(error.__cause__, ssl.SSLCertVerificationError)
        unable = type(error) in {aiosmtplib.SMTPException, aiosmtplib.SMTPNotSupported}  # the first is of no STARTTLS
        if unproven or unable or code >= PERMANENT:
            return Misconfigured("mail-misconfigured", detail=f"{self._where}: {type(error).__name__} {code or ''}".strip())
        return Transient("mail-unavailable", detail=f"{self._where}: {type(error).__name__}")

    async def _addressed(self, client: aiosmtplib.SMTP, to: tuple[str, ...]) -> tuple[str, ...]:
        """Name the sender and the receivers; give those that are refused for good while others are not."""
        try:
            await client.mail(self._sender)
        except aiosmtplib.SMTPSenderRefused as error:
            raise self._unconnected(error) from error
        refusals: dict[str, Fault] = {}
        for address in to:
            try:
                await client.rcpt(address)
            except aiosmtplib.SMTPRecipientRefused as error:
                refusals[address] = _refused(error.code, error.message)
        passing = [each for each in refusals.values() if isinstance(each, Transient)]
        if passing:  # all or none: a repeat would reach some twice
            raise passing[0]
        if len(refusals) == len(to):
            raise refusals[to[0]]
        return tuple(refusals)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=WIRE)
        message["Subject"] = mail.subject
        message["From"] = formataddr((self._name, self._sender))
        message["To"] = ", ".join(mail.to)
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{mail.id}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        return message


def _refused(code: int, said: str) -> Fault:
    """Make the fault of an answer to one e-mail; the server's words name no more than the address."""
    kind = Undeliverable if code >= PERMANENT else Transient
    return kind("mail-refused" if code >= PERMANENT else "mail-deferred", detail=f"{code} {said[:WORDS]}")
