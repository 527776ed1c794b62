"""The link of a system: an adapter is chosen, its settings are filled in, tried, and kept; or the hub no longer reaches it."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import hdrs, web

from gateway.core.directory import Link, System
from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault, Misconfigured, Rejected
from gateway.entry.console.link_fields import AGAIN, MARK, Filled, filled, shown
from gateway.entry.console.pages import page
from gateway.entry.console.systems import STEPS, found_system, place
from gateway.entry.console.visit import Form, Visit
from gateway.entry.registry import systems
from gateway.entry.registry.changing import changing
from gateway.flows.oversee import linked
from gateway.flows.try_link import TRY_SECONDS, Tried, try_link
from gateway.sdk.opening import Found


async def show(visit: Visit) -> web.Response:
    """Show the form of the adapter that is chosen, or that the link has; without either, the adapters to choose from."""
    system = found_system(visit)
    chosen = visit.asked("adapter") or (system.link.adapter if system.link else "")
    if not chosen or (not visit.asked("adapter") and chosen not in visit.ports.catalogue.found):
        return _page(visit, system, None)
    return _page(visit, system, _adapter(visit, chosen))


async def try_out(visit: Visit, form: Form) -> web.Response:
    """Try what is filled in, beside what is in force; nothing is kept."""
    system, adapter = found_system(visit), _adapter(visit, form.get("adapter"))
    given = filled(visit, adapter, system.link, form)
    if given.link is None:
        return _page(visit, system, adapter, given, status=422)
    tried = await try_link(visit.ports.catalogue, replace(system, link=given.link), kept=False)
    last = tried[-1]
    code = last.fault.code if last.fault else None
    visit.ports.telemetry.record("link.tried", system=system.id, by=visit.officer.id, step=last.step, code=code)
    return _page(visit, system, adapter, given, tried=tried)


async def keep(visit: Visit, form: Form) -> web.Response:
    """Keep what is filled in: it is in force at once."""
    system, adapter = found_system(visit), _adapter(visit, form.get("adapter"))
    given = filled(visit, adapter, system.link, form)
    if given.link is None:
        return _page(visit, system, adapter, given, status=422)
    try:
        await _kept(visit, system, given.link, form)
    except Rejected as fault:  # what was filled in stays on the page
        return _page(visit, system, adapter, given, fault=fault, status=FAULTS[fault.code].status)
    return web.Response(status=303, headers={hdrs.LOCATION: place(system.id)})


async def remove(visit: Visit, form: Form) -> web.Response:
    """Let the hub no longer reach a system: what waits for it is fetched, once it is moved. Raises `entry-unknown`."""
    system = linked(visit.rules, visit.request.match_info["id"])
    subject: dict[str, object] = {"system": system.id, "adapter": system.link.adapter if system.link else ""}
    async with changing(visit.at, "system.unlinked", subject, visit.decision(form)) as draft:
        systems.set_link(draft, system.id, None)
    return web.Response(status=303, headers={hdrs.LOCATION: place(system.id)})


async def _kept(visit: Visit, system: System, link: Link, form: Form) -> None:
    subject: dict[str, object] = {"system": system.id, "adapter": link.adapter, "changed": _changed(system.link, link)}
    async with changing(visit.at, "system.linked", subject, visit.decision(form)) as draft:
        systems.set_link(draft, system.id, link)


def _changed(before: Link | None, after: Link) -> list[str]:
    """Name what is other than before; values may be secrets."""
    old, new = ({} if each is None else {**each.settings, **_own(each)} for each in (before, after))
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def _own(link: Link) -> Mapping[str, object]:
    return {"adapter": link.adapter, "push": link.push, "in_flight": link.in_flight, "seconds": link.seconds}


def _adapter(visit: Visit, name: str) -> Found:
    found = visit.ports.catalogue.found.get(name)
    if found is None:
        raise Rejected("not-found", path="adapter", detail=name)
    return found


def _page(
    visit: Visit,
    system: System,
    adapter: Found | None,
    given: Filled | None = None,
    *,
    tried: tuple[Tried, ...] = (),
    fault: Fault | None = None,
    status: int = 200,
) -> web.Response:
    try:
        given = given or (shown(visit, adapter, system.link) if adapter else None)
    except Misconfigured as wrong:  # the adapter itself, or what it needs, is not there
        fault = wrong
    return page(
        visit,
        "link.html",
        status=status,
        title=f"{visit.say('Kết nối của', 'The link of')} {system.id}",
        system=system,
        adapters=visit.ports.catalogue.found,
        adapter=adapter,
        given=given,
        fault=fault,
        tried={each.step: each for each in tried},
        steps={step: visit.say(*said) for step, said in STEPS.items()} if tried else {},
        limit=TRY_SECONDS,
        mark=MARK,
        again=AGAIN,
        home=visit.at.settings.file.parent,
        there=place(system.id),
        here=f"{place(system.id)}/link",
    )
