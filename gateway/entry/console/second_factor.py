"""The second factor: a code of the moment (RFC 6238), each of which signs in once."""

import ipaddress
from collections import OrderedDict
from datetime import datetime
from typing import Final

import pyotp
from aiohttp import web

from gateway.core.directory import Operator
from gateway.core.faults import Rejected
from gateway.core.roles import Role
from gateway.entry.api.hub import SOURCE

STEP_SECONDS: Final = 30
WINDOW: Final = 1
"""Steps by which a telephone's clock may be off."""
REMEMBERED: Final = 1_000
"""Operators whose last code is remembered."""


class SecondFactors:
    """Demands the codes. Which were used is remembered by this process: another would take one again for a minute and a half."""

    def __init__(self) -> None:
        self._used: OrderedDict[str, int] = OrderedDict()

    def demand(self, officer: Operator, code: str, *, at_the_hub: bool, now: datetime) -> None:
        """See that an officer shows the code. Raises `second-factor-failed`, and `second-factor-missing` of an administrator.

        Without a code an administrator signs in only at the hub's own machine, where the first one sets up the rest.
        """
        if officer.totp is None:
            if officer.role is Role.ADMIN and not at_the_hub:
                raise Rejected("second-factor-missing", path="code")
            return
        self._use(officer.id, officer.totp, code, since=self._used.get(officer.id, 0), now=now)

    def confirm(self, operator: str, secret: str, code: str, *, now: datetime) -> None:
        """See that an officer's telephone has taken a new secret. The code that shows it signs in no more.

        Raises `second-factor-failed`.
        """
        self._use(operator, secret, code, since=0, now=now)

    def _use(self, operator: str, secret: str, code: str, *, since: int, now: datetime) -> None:
        step = self._step(secret, code, now)
        if step is None or step <= since:
            raise Rejected("second-factor-failed", path="code")
        self._used[operator] = step
        self._used.move_to_end(operator)
        if len(self._used) > REMEMBERED:
            self._used.popitem(last=False)

    @staticmethod
    def _step(secret: str, code: str, now: datetime) -> int | None:
        """Find the step whose code it is, of those around now."""
        digits, totp = code.replace(" ", ""), pyotp.TOTP(secret, interval=STEP_SECONDS)
        around = (int(now.timestamp()) // STEP_SECONDS + off for off in range(-WINDOW, WINDOW + 1))
        return next((step for step in around if pyotp.utils.strings_equal(totp.generate_otp(step), digits)), None)


def is_at_the_hub(request: web.Request) -> bool:
    """Tell whether a browser runs on the hub's own machine: it comes from loopback, and through no proxy that says so."""
    try:
        own = ipaddress.ip_address(request[SOURCE]).is_loopback
    except ValueError:
        return False
    return own and not {"X-Forwarded-For", "Forwarded", "Via"} & request.headers.keys()
