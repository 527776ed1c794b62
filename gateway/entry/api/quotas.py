"""Quotas at the door: requests, bytes and concurrent uploads of each system; wrong credentials of each address."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from gateway.core.directory import System
from gateway.core.faults import Transient
from gateway.core.model import SystemId
from gateway.core.quota import Bucket, Quota

FAILURES_PER_MINUTE = 600
"""Wrong credentials from one address: a province behind one address may have a few systems wrongly set up."""
ADDRESSES = 10_000
"""Addresses that are remembered; the one not heard of for longest is forgotten first."""
AUDIT_SECONDS = 60.0
"""A system that is over its quota leaves one audit row in that time, not one for each of its requests."""


@dataclass(slots=True, kw_only=True)
class _Use:
    """What one system has used of its quota."""

    quota: Quota
    requests: Bucket
    octets: Bucket
    uploads: int = 0
    audited_at: float | None = None


@dataclass(slots=True)
class Quotas:
    """The use of all systems and addresses in this process."""

    default: Quota = field(default_factory=Quota)
    clock: Callable[[], float] = time.monotonic
    _systems: dict[SystemId, _Use] = field(default_factory=dict)
    _addresses: "OrderedDict[str, Bucket]" = field(default_factory=OrderedDict)

    @contextmanager
    def admitted(self, system: System, announced: int | None, *, upload: bool) -> Iterator[None]:
        """Hold a system to its quota while the block runs. Raises `quota-exceeded`, with the time after which to come again.

        `announced` is the Content-Length; a body without one is counted when it has arrived (`count`).
        """
        use, now = self._use(system), self.clock()
        self._demand(use, now, upload=upload)
        use.requests.take(1, now)
        use.octets.take(announced or 0, now)
        use.uploads += upload
        try:
            yield
        finally:
            use.uploads -= upload

    def count(self, system: System, octets: int) -> None:
        """Count octets that nobody announced."""
        self._use(system).octets.take(octets, self.clock())

    def is_news(self, system: System) -> bool:
        """Tell, once in a while, that a system is over its quota."""
        use, now = self._use(system), self.clock()
        if use.audited_at is not None and now - use.audited_at < AUDIT_SECONDS:
            return False
        use.audited_at = now
        return True

    def failed(self, address: str) -> None:
        """Count wrong credentials of an address. Raises `quota-exceeded`; right ones from there are not held up."""
        now = self.clock()
        bucket = self._addresses.pop(address, None) or Bucket.full(FAILURES_PER_MINUTE, now)
        self._addresses[address] = bucket
        if len(self._addresses) > ADDRESSES:
            self._addresses.popitem(last=False)
        if wait := bucket.wait(now):
            raise _exceeded(f"{FAILURES_PER_MINUTE} lần xác thực sai/phút", f"{FAILURES_PER_MINUTE} wrong credentials/min", wait)
        bucket.take(1, now)

    def _use(self, system: System) -> _Use:
        quota = system.quota or self.default
        use = self._systems.get(system.id)
        if use is None or use.quota != quota:
            now = self.clock()
            uploads = use.uploads if use else 0
            use = self._systems[system.id] = _Use(
                quota=quota,
                requests=Bucket.full(quota.requests_per_minute, now),
                octets=Bucket.full(quota.bytes_per_minute, now),
                uploads=uploads,
            )
        return use

    def _demand(self, use: _Use, now: float, *, upload: bool) -> None:
        quota = use.quota
        if wait := use.requests.wait(now):
            raise _exceeded(f"{quota.requests_per_minute:,} yêu cầu/phút", f"{quota.requests_per_minute:,} requests/min", wait)
        if wait := use.octets.wait(now):
            raise _exceeded(f"{quota.bytes_per_minute:,} byte/phút", f"{quota.bytes_per_minute:,} bytes/min", wait)
        if upload and use.uploads >= quota.uploads:
            raise _exceeded(f"{quota.uploads} lượt gửi cùng lúc", f"{quota.uploads} uploads at once", 1)


def _exceeded(vi: str, en: str, wait: int) -> Transient:
    return Transient("quota-exceeded", detail=f"Hạn mức: {vi}.", detail_en=f"Quota: {en}.", retry_after=wait)
