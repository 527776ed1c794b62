"""Alerts into chats of Zalo and Telegram, by apprise, whose URLs name the bot's secret and the chat."""

import asyncio
import logging
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from apprise import Apprise, NotifyFormat, NotifyType
from apprise.plugins.base import NotifyBase
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.zalo import NotifyZalo

from gateway.core.alert_chat import compose_chat
from gateway.core.alert_rules import AlertRules
from gateway.core.faults import Misconfigured, Transient
from gateway.ports import AlertMessage, Telemetry

VENDORS: Final[Mapping[str, type[NotifyBase]]] = {"zalo": NotifyZalo, "tgram": NotifyTelegram}
"""Of the hundreds that apprise knows: what is told of the hub goes nowhere else, and the others are not even loaded."""
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
CHATS: Final = 10
SECONDS: Final = 30.0
"""For one message into all chats; a claim is several times as long."""


class ChatAnnouncer:
    """Announcer port. The file is read for each message, so that a new secret needs no restart."""

    def __init__(self, file: Path, telemetry: Telemetry, address: str = "") -> None:
        self._file, self._telemetry, self._address = file, telemetry, address
        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its own words may name the bot's secret

    def ready(self) -> None:
        """Read the chats. Raises Misconfigured, never naming a secret."""
        chats(self._file)

    async def announce(self, message: AlertMessage, rules: AlertRules) -> None:
        """Tell all chats at once; it is told where one took it, since who repeats it for another floods the first."""
        named, text = await asyncio.to_thread(chats, self._file), compose_chat(message.told, rules, self._address)
        try:
            async with asyncio.timeout(SECONDS):
                taken = await asyncio.gather(*(asyncio.to_thread(_tell, each, text) for _, each in named))
        except TimeoutError as error:
            raise Transient("receiver-timeout", detail=f"> {SECONDS:g} s") from error
        failed = [scheme for (scheme, _), took in zip(named, taken, strict=True) if not took]
        if len(failed) == len(named):
            raise Transient("receiver-unreachable", detail=", ".join(failed))
        for scheme in failed:
            self._telemetry.record("alerts.chat_failed", chat=scheme)


def chats(file: Path) -> list[tuple[str, Apprise]]:
    """Read the chats, one URL on each line, beside comments (#). Raises Misconfigured naming the line that is wrong."""
    try:
        if file.stat().st_mode & OTHERS:
            raise _wrong(f"{file}: chmod 600")
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(f"{file}: {type(error).__name__}") from error
    urls = [(number, each.strip()) for number, each in enumerate(lines, 1) if each.strip() and not each.strip().startswith("#")]
    if not 1 <= len(urls) <= CHATS:
        raise _wrong(f"{file}: 1–{CHATS} × {', '.join(f'{each}://' for each in VENDORS)}")
    return [_chat(file, number, url) for number, url in urls]


def _chat(file: Path, number: int, url: str) -> tuple[str, Apprise]:
    """Open one. It must name a chat, or a bot of Telegram writes to whoever wrote to it; options (`?verify=no`) are refused."""
    scheme = url.partition("://")[0]
    opened = _opened(VENDORS[scheme], url) if scheme in VENDORS and "?" not in url else None
    if opened is None or not getattr(opened, "targets", ()):
        raise _wrong(f"{file}:{number}: {' | '.join(f'{each}://…' for each in VENDORS)}")
    chat = Apprise()
    chat.add(opened)
    return scheme, chat


def _opened(vendor: type[NotifyBase], url: str) -> NotifyBase | None:
    try:
        read = vendor.parse_url(url)
        return vendor(**read) if read else None
    except TypeError:  # what apprise raises of a URL that makes no sense
        return None


def _tell(chat: Apprise, text: str) -> bool:
    return bool(chat.notify(body=text, notify_type=NotifyType.WARNING, body_format=NotifyFormat.TEXT))


def _wrong(detail: str) -> Misconfigured:
    return Misconfigured("misconfigured", detail=f"[alerts] chats_file: {detail}")
