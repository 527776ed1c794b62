"""Rendering: templates, with every value escaped, and the headers that keep foreign scripts out."""

from datetime import datetime
from functools import cache
from typing import Any, Final

from aiohttp import hdrs, web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault
from gateway.core.roles import ROLE_NAMES
from gateway.entry.console import words, writing
from gateway.entry.console.visit import CSRF, Visit
from gateway.entry.registry.changing import is_read_only

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    hdrs.CACHE_CONTROL: "no-store",
}
"""Nothing from outside, no script or style in the page itself, nothing kept by a browser that others use too."""


@cache
def environment() -> Environment:
    """Give the templates, with the filters that write Vietnamese numbers and times."""
    made = Environment(
        loader=PackageLoader("gateway.entry.console"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": writing.number,
        "moment": writing.moment,
        "day": writing.day,
        "clock": writing.clock,
        "size": writing.size,
    }
    return made


def page(visit: Visit, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """Show a page to somebody who is signed in."""
    shared = {
        "visit": visit,
        "t": visit.say,
        "say": words.Sayer(visit.english),
        "ago": lambda at: writing.ago(at, visit.now, english=visit.english),
        "lasting": lambda span: writing.lasting(span, english=visit.english),
        "worked": lambda span: writing.worked(span, english=visit.english),
        "csrf_field": CSRF,
        "role": visit.say(*ROLE_NAMES[visit.officer.role]),
        "here": visit.request.path_qs,
        "hub_name": visit.at.settings.hub.name,
        "is_read_only": lambda: is_read_only(visit.at),
    }
    return _answer(environment().get_template(template).render(shared | values), status, english=visit.english)


def refused(visit: Visit, fault: Fault) -> web.Response:
    """Say what is wrong and what to do."""
    known = FAULTS[fault.code]
    return page(
        visit, "refused.html", status=known.status, title=visit.say("Không thực hiện được", "Not done"), fault=fault, known=known
    )


def signing_in(
    *, english: bool, to: str, name: str = "", provider: str | None = None, fault: Fault | None = None
) -> web.Response:
    """Show the form for signing in, with what was wrong with it the last time; `provider` stands on the other way in."""
    known = FAULTS[fault.code] if fault is not None else None
    values = {
        "t": lambda vi, en: en if english else vi,
        "english": english,
        "to": to,
        "name": name,
        "provider": provider,
        "fault": fault,
        "known": known,
    }
    text = environment().get_template("sign_in.html").render(values)
    response = _answer(text, known.status if known else 200, english=english)
    if fault is not None and getattr(fault, "retry_after", None):
        response.headers[hdrs.RETRY_AFTER] = str(fault.retry_after)
    return response


def signed_in(*, english: bool, to: str) -> web.Response:
    """Lead on into the console."""
    values = {"t": lambda vi, en: en if english else vi, "english": english, "to": to}
    return _answer(environment().get_template("signed_in.html").render(values), 200, english=english)


def greeting(now: datetime, *, english: bool) -> str:
    """Greet by the hour."""
    for hour, vi, en in (
        (11, "Chào buổi sáng", "Good morning"),
        (14, "Chào buổi trưa", "Good day"),
        (18, "Chào buổi chiều", "Good afternoon"),
    ):
        if now.hour < hour:
            return en if english else vi
    return "Good evening" if english else "Chào buổi tối"


def _answer(text: str, status: int, *, english: bool) -> web.Response:
    language = {"Content-Language": "en" if english else "vi"}
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS | language)
