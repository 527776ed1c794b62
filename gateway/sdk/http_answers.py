"""Answers of the other side: what their status means, when to try again, and in what words it explains itself."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from gateway.core.faults import Misconfigured, Transient, Undeliverable

SHOWN: Final = 300
"""Characters of the other side's words that are kept."""
REFERENCE: Final = 200
LONGEST_WAIT: Final = 86_400
"""A `Retry-After` of more than a day is a mistake of the other side, not a wish."""
WORDS: Final = ("detail", "message", "title", "error")
"""Where JSON answers have their words (RFC 9457, and custom)."""
AGAIN: Final = (
    {425: "receiver-failed"} | dict.fromkeys((408, 504), "receiver-timeout") | dict.fromkeys((429, 503), "receiver-unreachable")
)

DOORS: Final = {
    "No required SSL certificate was sent": "link-unauthorised",
    "The SSL certificate error": "link-unauthorised",
    "plain HTTP request was sent to HTTPS port": "link-misconfigured",
    "speaking plain HTTP to an SSL-enabled server port": "link-misconfigured",
}
"""What nginx and Apache say with 400 before the receiver is asked: the link is wrong, no document is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A 2xx answer. `content` is the beginning of its body, `whole` says whether all of it; headers are named in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    whole: bool

    def json(self) -> object:
        """Read the body as JSON. Raises `Transient` where it is none: who answers so is not the system that was asked."""
        with suppress(ValueError, RecursionError):
            if self.whole:
                read: object = json.loads(self.content)
                return read
        raise Transient("receiver-failed", detail=f"HTTP {self.status}: no JSON")

    def reference(self) -> str | None:
        """Give the other side's own name for what it was sent, `reference` or `id` of a JSON object, where it gives one."""
        read = _fields(self.content)
        given = read.get("reference", read.get("id"))
        return given if isinstance(given, str) and 0 < len(given) <= REFERENCE and given.isprintable() else None


def words(said: bytes, secrets: tuple[str, ...] = ()) -> str:
    """Give what the other side says, on one short line; a secret that it echoes is cut out."""
    read = _fields(said)
    text = next((words for key in WORDS if isinstance(words := read.get(key), str)), said.decode("utf-8", "replace"))
    for secret in secrets:
        text = text.replace(secret, "…")
    printable = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(printable.split())[:SHOWN]


def fault(status: int, said: str, retry_after: int | None = None) -> Misconfigured | Transient | Undeliverable:
    """Make what a status other than 2xx means."""
    detail = f"HTTP {status}: {said}".rstrip(": ")
    if status == 400 and (code := next((DOORS[each] for each in DOORS if each in said), None)):
        return Misconfigured(code, detail=detail)
    if status in {401, 403}:
        return Misconfigured("link-unauthorised", detail=detail)
    if status in {404, 405} or 300 <= status < 400:
        return Misconfigured("link-misconfigured", detail=detail)
    if status in AGAIN or not 400 <= status < 500:
        return Transient(AGAIN.get(status, "receiver-failed"), detail=detail, retry_after=retry_after)
    return Undeliverable("receiver-refused", detail=detail)


def retry_after(given: str, now: datetime) -> int | None:
    """Read `Retry-After`, seconds or a date (RFC 9110, 10.2.3), as seconds."""
    if re.fullmatch(r"[0-9]{1,9}", given):
        return min(int(given), LONGEST_WAIT)
    with suppress(ValueError):
        date = parsedate_to_datetime(given)
        wait = (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
        return max(0, min(round(wait.total_seconds()), LONGEST_WAIT))
    return None


def _fields(said: bytes) -> dict[str, object]:
    with suppress(ValueError, RecursionError):
        if isinstance(read := json.loads(said), dict):
            return read
    return {}
