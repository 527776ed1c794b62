"""Who calls by the national SDK: an HMAC over the text of its signed headers, which must be the headers that came.

What is not signed does not exist for a verb: parameters are read from the signed text only.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiohttp import web

from gateway.core.directory import System
from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, SystemId
from gateway.core.rules import Rules

PREFIX: Final = "xroadvnpt-"
SIGN_KEY: Final = "xroadvnpt-sign-header-key"
SIGN: Final = "xroadvnpt-sign-header"
HASH: Final = "xroadvnpt-hash-header"
TRANSPORTS_OWN: Final = "content-type"
"""A name that is signed and may come without the prefix, or not at all: nothing is read from it."""
NOBODY: Final = b"\x00" * 32
"""The secret of systems that are not known: to refuse them takes as long."""
ZONES: Final = (VIETNAM, UTC)
"""The SDK sends its machine's local time without zone: Vietnam's, or UTC on servers that were never told where they are."""
_TIMESTAMP: Final = re.compile(r"(\d{8}T\d{6})\+(\d{1,4})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A caller that has proven itself, and the parameters that it has signed, by lower-case name.

    A request with this `mac` is not believed after `until` in any zone, and is to be remembered so long.
    """

    system: System
    parameters: Mapping[str, str]
    mac: str
    until: datetime

    def get(self, name: str) -> str:
        """Give a parameter; empty where it was not signed."""
        return self.parameters.get(name.lower(), "")


def prove(request: web.Request, rules: Rules, window: timedelta, now: datetime) -> Signed:
    """Find the calling system. Raises `unauthenticated`, which does not say why beyond what anybody can see."""
    headers = _single(request)
    text, mac = headers.get(SIGN, b""), headers.get(HASH, b"")
    claimed = _object(text)
    system = rules.systems.find(SystemId(claimed.get("systemid", "")))
    secrets = (system.vxp.secrets if system and system.vxp else ()) or (NOBODY,)
    matched = [hmac.compare_digest(hmac.digest(secret, text, hashlib.sha256).hex().encode(), mac) for secret in secrets]
    if not any(matched) or system is None or system.vxp is None or not system.vxp.secrets:
        raise _refused("Sai systemid hoặc secret.", "The system id or secret is wrong.")
    _demand_equal(claimed, headers)
    own = system.vxp.window_seconds
    until = _fresh(claimed.get("timestamp", ""), timedelta(seconds=own) if own else window, now)
    return Signed(system=system, parameters=claimed, mac=mac.decode(), until=until)


def _single(request: web.Request) -> dict[str, bytes]:
    """Give the SDK's headers as they came, by lower-case name. Raises `unauthenticated` where one came twice."""
    found: dict[str, bytes] = {}
    for raw, value in request.raw_headers:
        name = raw.decode("latin-1").lower()
        if not name.startswith(PREFIX):
            continue
        if name in found:
            raise _refused(f"Tiêu đề {name} bị lặp.", f"The header {name} came twice.")
        found[name] = value
    return found


def _object(text: bytes) -> dict[str, str]:
    """Read the signed text, names without prefix. Raises `unauthenticated` where it is no such text, or says a name twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, str]:
        read: dict[str, str] = {}
        for name, value in pairs:
            short = name.lower().removeprefix(PREFIX)
            if short in read or not name.lower().startswith(PREFIX) or not isinstance(value, str):
                raise ValueError(name)
            read[short] = value
        return read

    try:
        found = json.loads(text.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise _refused("Tiêu đề sign-header không đọc được.", "The header sign-header cannot be read.") from error
    if not isinstance(found, dict):
        raise _refused("Tiêu đề sign-header không đọc được.", "The header sign-header cannot be read.")
    return found


def _demand_equal(claimed: Mapping[str, str], headers: Mapping[str, bytes]) -> None:
    """Hold that what is signed is named, and is what came."""
    named = [name.strip().lower() for name in headers.get(SIGN_KEY, b"").decode("latin-1").split(";") if name.strip()]
    if sorted(named) != sorted(claimed):
        raise _refused("sign-header-key khác sign-header.", "sign-header-key and sign-header differ.")
    for name, value in claimed.items():
        came = headers.get(PREFIX + name)
        if came is None and name == TRANSPORTS_OWN:
            continue
        if came is None or came.strip() != value.strip().encode("utf-8", "surrogatepass"):
            raise _refused(f"Tiêu đề {name} khác giá trị đã ký.", f"The header {name} is not what was signed.")


def _fresh(stamp: str, window: timedelta, now: datetime) -> datetime:
    """Give until when a timestamp may be believed. What follows `+` are milliseconds, no offset. Raises `unauthenticated`."""
    read = _TIMESTAMP.fullmatch(stamp)
    try:
        at = datetime.strptime(read.group(1), "%d%m%YT%H%M%S") if read else None  # noqa: DTZ007  its zone is the question
    except ValueError:
        at = None
    if read is None or at is None:
        raise _refused("timestamp không đúng dạng ddMMyyyy'T'HHmmss+SSSS.", "The timestamp is malformed.")
    at += timedelta(milliseconds=int(read.group(2)))
    if not any(abs(now - at.replace(tzinfo=zone)) <= window for zone in ZONES):
        here = f"{now:%d/%m/%Y %H:%M:%S}"
        raise _refused(f"timestamp quá cũ hoặc quá mới; giờ của trục: {here}.", f"The timestamp is stale; it is {here} here.")
    return max(at.replace(tzinfo=zone) for zone in ZONES) + window


def _refused(vi: str, en: str) -> Rejected:
    return Rejected("unauthenticated", detail=vi, detail_en=en)


def narrowed(system: System, organ: str, rules: Rules) -> System:
    """Give the system as it acts for one agency alone. Raises `sender-unknown`, `sender-mismatch`."""
    agency = rules.directory.find(organ)
    if agency is None:
        raise Rejected("sender-unknown", path="from", detail=f"{organ}: không có trong danh bạ.", detail_en=f"{organ}: unknown.")
    if agency.id not in system.organs:
        detail = f"Don vi gui {organ} khong dung voi ma da dang ky: {', '.join(sorted(system.organs))}"
        raise Rejected("sender-mismatch", path="from", detail=detail, detail_en=detail)
    return replace(system, organs=frozenset({agency.id}))
