"""What is shown once: passwords, tokens and secrets that the hub has just made for somebody, and keeps no copy of."""

from dataclasses import dataclass

import segno
from aiohttp import web

from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Visit
from gateway.entry.registry import operators


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Something that its owner has to take down now. `picture` is a QR code, as an address of its own (data:)."""

    vi: str
    en: str
    value: str
    picture: str | None = None


def password(value: str) -> Given:
    """Show a password."""
    return Given(vi="Mật khẩu", en="Password", value=value)


def token(value: str) -> Given:
    """Show a token."""
    return Given(vi="Mã truy cập API", en="Token for the API", value=value)


def second_factor(visit: Visit, operator: str, secret: str) -> Given:
    """Show a secret for codes of the moment, as text and for the camera of a telephone."""
    address = operators.enrolment(secret, operator, visit.at.settings.hub.name)
    drawn = segno.make(address, error="m").svg_data_uri(scale=4, light="#fff")
    return Given(vi="Khóa của mã 6 số", en="Secret of the second factor", value=secret, picture=drawn)


def show_once(
    visit: Visit, *given: Given, title: str, back: str, pending: str | None = None, fault: Fault | None = None
) -> web.Response:
    """Answer with what was made, and the way back.

    What is `pending` (sealed) is kept only when a code confirms it; `fault` is what was wrong with the last one.
    """
    known = FAULTS[fault.code] if fault is not None else None
    return page(
        visit,
        "given.html",
        status=known.status if known else 200,
        title=title,
        given=given,
        back=back,
        here=back,
        pending=pending,
        known=known,
    )
