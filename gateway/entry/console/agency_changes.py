"""What administrators change about an agency: who it is, whether it may exchange, and whether it has to sign."""

import re
from datetime import date
from typing import Final

from aiohttp import hdrs, web

from gateway.core.directory import Agency
from gateway.core.faults import Rejected
from gateway.core.model import Trust
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.pages import page
from gateway.entry.console.search import day_of
from gateway.entry.console.visit import Form, Visit
from gateway.entry.registry import agencies
from gateway.entry.registry.agencies import Changed
from gateway.entry.registry.changing import changing
from gateway.infra.agencies_file import Fields

_BETWEEN: Final = re.compile(r"[\s,;]+")


async def blank(visit: Visit) -> web.Response:
    """Show the form for a new agency."""
    return _form(visit, None, visit.say("Thêm đơn vị", "Add an agency"))


async def filled(visit: Visit) -> web.Response:
    """Show the form of an agency. Raises `not-found`."""
    agency = found_agency(visit)
    return _form(visit, agency, visit.say(f"Sửa {agency.name}", f"Change {agency.name}"))


async def add(visit: Visit, form: Form) -> web.Response:
    """Add an agency. Raises `entry-exists`, `entry-unknown` and `malformed-request`."""
    organ, fields = form.get("id"), _fields(form)
    subject: dict[str, object] = {"organ": organ, "name": fields["name"]}
    async with changing(visit.at, "agency.added", subject, visit.decision(form)) as draft:
        agencies.add(draft, organ, fields, on=visit.now.date())
    return to_agency(organ)


async def change(visit: Visit, form: Form) -> web.Response:
    """Change what is known of an agency. Raises `entry-exists`, `entry-unknown` and `malformed-request`."""
    return await _change(visit, form, "agency.changed", _fields(form))


async def lock(visit: Visit, form: Form) -> web.Response:
    """Let an agency neither send nor receive; senders are told the reason."""
    return await _change(visit, form, "agency.locked", {"locked": form.get("reason")})


async def unlock(visit: Visit, form: Form) -> web.Response:
    """Let it exchange again."""
    return await _change(visit, form, "agency.unlocked", {"locked": None})


async def trust(visit: Visit, form: Form) -> web.Response:
    """Let an agency send what is not signed, or signed as of old, until the end of a day; or ask for signatures again."""
    if form.get("trust") not in {each.value for each in Trust}:
        raise Rejected("malformed-request", path="trust", detail=form.get("trust"))
    fields = agencies.excepted(Trust(form.get("trust")), day(form, "until"), on=visit.now.date())
    return await _change(visit, form, "agency.trusted", fields)


def found_agency(visit: Visit) -> Agency:
    """Give the agency of the address, by any of its ids. Raises `not-found`."""
    named = visit.request.match_info["organ"]
    agency = visit.rules.directory.find(named)
    if agency is None:
        raise Rejected("not-found", path=named)
    return agency


def to_agency(organ: str) -> web.Response:
    """Go to the page of an agency."""
    return web.Response(status=303, headers={hdrs.LOCATION: f"{CONSOLE}/agencies/{organ}"})


def day(form: Form, name: str) -> date | None:
    """Give a day of a form; None where it is empty. Raises `malformed-request`."""
    given = day_of(form.get(name), name)
    return given.date() if given else None


def ids(text: str) -> tuple[str, ...]:
    """Take the ids of a text: one in each line, or with commas between."""
    return tuple(dict.fromkeys(each for each in _BETWEEN.split(text) if each))


async def _change(visit: Visit, form: Form, action: str, fields: Fields) -> web.Response:
    agency = found_agency(visit)
    subject: dict[str, object] = {"organ": agency.id}
    async with changing(visit.at, action, subject, visit.decision(form)) as draft:
        changed = agencies.change(draft, agency.id, fields, on=visit.now.date())
        if not changed:
            raise Rejected("malformed-request", detail="Chưa đổi gì.", detail_en="Nothing was changed.")
        subject["changed"] = _told(changed)
    return to_agency(agency.id)


def _form(visit: Visit, agency: Agency | None, title: str) -> web.Response:
    return page(
        visit, "agency_form.html", title=title, agency=agency, agencies=choices(visit), characters=agencies.NAME_CHARACTERS
    )


def choices(visit: Visit) -> list[Agency]:
    """Give the agencies that may be named above, or after, another: those that are not ended, by name."""
    today = visit.now.date()
    lasting = (each for each in visit.rules.directory if each.valid_to is None or today < each.valid_to)
    return sorted(lasting, key=lambda each: each.name)


def _fields(form: Form) -> Fields:
    texts: Fields = {name: form.get(name) or None for name in ("name", "parent", "email", "leader_email")}
    return texts | {"aliases": [*ids(form.get("aliases"))] or None, "valid_from": day(form, "valid_from")}


def _told(changed: Changed) -> list[str]:
    """Write for the audit log what was changed, each field with its value before and after."""
    return [f"{name}: {_shown(before)} → {_shown(after)}" for name, (before, after) in changed.items()]


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "–" if value is None else str(value)
