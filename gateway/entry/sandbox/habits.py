"""The habits of my system, seen over many calls: what it asks for too often, forgets, or repeats in the wrong way."""

import hashlib
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.core.model import StatusCode
from gateway.entry.sandbox.calls import Call

POLLS: Final = 3
POLLS_WITHIN: Final = timedelta(seconds=60)
"""Three empty answers within a minute are polling; one or two are somebody looking."""
REPORT_WITHIN: Final = timedelta(minutes=15)
"""A program reports that a document arrived as it stores it; a clerk registers it within the quarter of an hour."""
REPEAT_WITHIN: Final = timedelta(minutes=5)
REMEMBERED: Final = 5000
"""Keys of each kind of memory: far more than a session of trials has."""
_LEASES: Final = "/inbox/leases"
_ENVELOPE: Final = re.compile(r"/documents/([^/]+)/envelope")
_CONTENT: Final = re.compile(r"/documents/[^/]+/(envelope|attachments/\d+|receipt.*)|/agencies")
_ANSWERS: Final = frozenset({StatusCode.ARRIVED, StatusCode.REFUSED, StatusCode.REGISTERED})
_TAKEN: Final = frozenset({"01", "03", "04", "05", "06"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A call with what the log does not keep. `route` is the path below /api/v1, with the token of a lease as it was sent."""

    call: Call
    route: str
    asked: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    key: bool = False
    conditional: bool = False
    token_shown: bool = False
    retry_after: int = 0

    @property
    def is_answered(self) -> bool:
        """Tell whether it did what was asked, and the caller knows."""
        return self.call.status is not None and self.call.status < 400

    @property
    def is_lost(self) -> bool:
        """Tell whether it did what was asked, and the caller does not know."""
        return "lost-answer" in self.call.injected


Hint = tuple[int, str]
"""The number of a call, and the code of what is said of it."""


class Polling:
    """Asking too often, too early, or for what one has."""

    def __init__(self) -> None:
        self._empty: deque[datetime] = deque(maxlen=POLLS)
        self._downloaded: dict[str, None] = {}
        self._not_before: dict[tuple[str, str, int], datetime] = {}

    def see(self, seen: Seen) -> Iterator[Hint]:
        call = seen.call
        if seen.token_shown:
            yield call.number, "token-in-url"
        if self._polls(seen):
            yield call.number, "poll-without-wait"
        if call.method == "GET" and call.status == 200 and _CONTENT.fullmatch(seen.route) and not call.injected:
            if call.path in self._downloaded and not seen.conditional:
                yield call.number, "etag-ignored"
            _remember(self._downloaded, call.path, None)
        request = (call.method, call.path, call.sent_bytes)
        if call.at < self._not_before.pop(request, call.at):
            yield call.number, "retry-too-early"
        if seen.retry_after:
            _remember(self._not_before, request, call.at + timedelta(seconds=seen.retry_after))

    def _polls(self, seen: Seen) -> bool:
        call = seen.call
        asks = (call.method, seen.route) in {("POST", _LEASES), ("GET", "/inbox"), ("GET", "/events")}
        waits = bool(seen.asked.get("wait")) or "wait=" in call.path
        found = any(seen.answer.get(name) for name in ("deliveries", "items", "events"))
        if not asks or waits or found or call.status is None or call.status >= 400:
            return False
        self._empty.append(call.at)
        return len(self._empty) == POLLS and call.at - self._empty[0] <= POLLS_WITHIN


@dataclass(slots=True, kw_only=True)
class _Leased:
    number: int
    until: datetime
    deliveries: dict[str, str]
    settled: bool = False


class Taking:
    """Leases and what becomes of them: fetched, acknowledged, reported."""

    def __init__(self) -> None:
        self._leases: dict[str, _Leased] = {}
        self._documents: dict[str, str] = {}
        self._fetched: dict[str, None] = {}
        self._altered: dict[str, None] = {}
        self._owed: dict[str, tuple[int, datetime]] = {}
        self._answered: dict[str, None] = {}
        self._registered: dict[str, str] = {}

    def see(self, seen: Seen) -> Iterator[Hint]:
        if not seen.is_answered and not (seen.is_lost and seen.route != _LEASES):
            return
        fetched = _ENVELOPE.fullmatch(seen.route)
        if fetched:
            _remember(self._fetched, fetched.group(1), None)
            if "bad-signature" in seen.call.injected:
                _remember(self._altered, fetched.group(1), None)
        elif seen.call.method == "POST" and seen.route == _LEASES:
            self._leased(seen)
        elif seen.call.method == "POST" and seen.route.startswith(f"{_LEASES}/"):
            yield from self._settled(seen)
        elif seen.call.method == "POST" and seen.route == "/statuses":
            yield from self._reported(seen)

    def late(self, now: datetime) -> Iterator[Hint]:
        """Name what is overdue by now."""
        for lease in self._leases.values():
            if not lease.settled and now > lease.until:
                lease.settled = True
                yield lease.number, "lease-not-settled"
        for delivery, (number, until) in list(self._owed.items()):
            if now > until:
                del self._owed[delivery]
                yield number, "never-reported"

    def _leased(self, seen: Seen) -> None:
        token, deliveries = seen.answer.get("token"), seen.answer.get("deliveries") or ()
        if token:
            named = {str(each["id"]): str(each["document"]) for each in deliveries}
            until = datetime.fromisoformat(seen.answer["expires_at"])
            _remember(self._leases, str(token), _Leased(number=seen.call.number, until=until, deliveries=named))
            for delivery, document in named.items():
                _remember(self._documents, delivery, document)

    def _settled(self, seen: Seen) -> Iterator[Hint]:
        _, _, rest = seen.route.partition(f"{_LEASES}/")
        token, _, what = rest.partition("/")
        lease = self._leases.get(token)
        if lease is None:
            return
        if what == "renew":
            lease.until = datetime.fromisoformat(seen.answer["expires_at"])
            return
        lease.settled = lease.settled or set(seen.answer.get("acked") or seen.answer.get("nacked") or ()) != set()
        for delivery in seen.answer.get("acked") or ():
            if self._documents.get(delivery) not in self._fetched:
                yield seen.call.number, "ack-without-fetch"
            if delivery not in self._answered:
                _remember(self._owed, delivery, (seen.call.number, seen.call.at + REPORT_WITHIN))

    def _reported(self, seen: Seen) -> Iterator[Hint]:
        delivery = str(seen.answer.get("delivery", ""))
        code = str(seen.asked.get("code") or seen.answer.get("status_code") or "")
        if code in _ANSWERS:
            self._owed.pop(delivery, None)
            _remember(self._answered, delivery, None)
        if code in _TAKEN and self._documents.get(delivery) in self._altered:
            yield seen.call.number, "altered-accepted"
        if code == StatusCode.REGISTERED:
            said = seen.call.sent_sha256 or ""
            if self._registered.setdefault(delivery, said) != said:
                yield seen.call.number, "registered-twice"


class Repeating:
    """Sending the same again: with a key, and not never."""

    def __init__(self) -> None:
        self._sent: dict[str, None] = {}
        self._lost: dict[str, tuple[int, datetime]] = {}

    def see(self, seen: Seen) -> Iterator[Hint]:
        call = seen.call
        if call.method != "POST" or seen.route not in {"/documents", "/statuses"}:
            return
        said = request_key(call.path, call.sent_sha256, seen.answer)
        if seen.is_lost:
            _remember(self._lost, said, (call.number, call.at + REPEAT_WITHIN))
        elif call.status is not None:
            self._lost.pop(said, None)
        if seen.route == "/documents" and call.sent_sha256 is not None:
            if call.sent_sha256 in self._sent and not seen.key:
                yield call.number, "repeat-without-key"
            _remember(self._sent, call.sent_sha256, None)

    def late(self, now: datetime) -> Iterator[Hint]:
        """Name what was never repeated by now."""
        for key, (number, until) in list(self._lost.items()):
            if now > until:
                del self._lost[key]
                yield number, "answer-not-repeated"


class Habits:
    """All of them."""

    def __init__(self) -> None:
        self._polling, self._taking, self._repeating = Polling(), Taking(), Repeating()

    def see(self, seen: Seen) -> list[Hint]:
        """Look at a call; give what is to be said of it."""
        return [*self._polling.see(seen), *self._taking.see(seen), *self._repeating.see(seen)]

    def late(self, now: datetime) -> list[Hint]:
        """Give what is overdue by now, each once."""
        return [*self._taking.late(now), *self._repeating.late(now)]


def request_key(path: str, sha256: str | None, answer: dict[str, Any]) -> str:
    """Name a request across its repeats: by the id in its answer, since the boundary of a multipart differs; else by its body."""
    return f"{path} {answer.get('id') or sha256 or hashlib.sha256(b'').hexdigest()}"


def _remember(memory: dict[Any, Any], key: object, value: object) -> None:
    """Keep a key among the newest."""
    memory.pop(key, None)
    memory[key] = value
    while len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
