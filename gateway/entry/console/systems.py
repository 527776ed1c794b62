"""Hệ thống · Systems: how each is connected and fares, and one system: its link, tried step by step, paused, told again."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from aiohttp import hdrs, web

from gateway.core.directory import Link, System
from gateway.core.faults import Fault, Rejected
from gateway.core.model import SystemId
from gateway.core.search import sought
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.connections import Connection, around, connection
from gateway.entry.console.listing import is_found, part
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.trial_document import testing
from gateway.entry.console.visit import Form, Visit
from gateway.entry.console.words import Condition, Sayer
from gateway.entry.registry.systems import Proof, secret_digest
from gateway.flows import oversee
from gateway.flows.try_link import TRY_SECONDS, Step, Tried, try_link
from gateway.sdk.form import HIDDEN, form, in_toml, is_secret, without_secrets
from gateway.sdk.manifest import Manifest

STEPS: Final[Mapping[Step, tuple[str, str]]] = {
    Step.ADAPTER: ("Bộ nối có trên trục và làm được việc được giao", "The adapter is there and can do what the link asks"),
    Step.SETTINGS: ("Cấu hình và các tệp khóa dùng được", "Its settings, and the files that they name, can be used"),
    Step.ANSWER: ("Hệ thống trả lời", "The system answers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A setting of a link as it is shown: what it means, its value in TOML, and whether that was given or holds by itself."""

    name: str
    meaning: str
    value: str
    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Something that a system proves itself by, named by its digest; the newest of its kind comes first."""

    proof: Proof
    sha256: str
    newest: bool


async def show(visit: Visit) -> web.Response:
    """Show the systems, those in trouble first."""
    everything, found = await _chosen(visit)
    rows, after = part(visit, found)
    return page(
        visit,
        "systems.html",
        title=visit.say("Hệ thống", "Systems"),
        asked=visit.asked,
        state=visit.asked("state"),
        counts={each: sum(one.condition is each for one in everything) for each in Condition},
        rows=rows,
        next=after,
    )


async def export(visit: Visit) -> web.Response:
    """Give all that fit as a sheet."""
    return await sheet(visit, "he-thong", visit.say("Hệ thống", "Systems"), _COLUMNS, _rows(visit))


async def one(visit: Visit) -> web.Response:
    """Show one system. Raises `not-found`."""
    return await _one(visit, found_system(visit), None)


async def test(visit: Visit, _form: Form) -> web.Response:
    """Try the link of a system, and show what came of each step. Raises `entry-unknown` where the hub does not reach it."""
    system = oversee.linked(visit.rules, visit.request.match_info["id"])
    tried = await try_link(visit.ports.catalogue, system)
    last = tried[-1]
    code = last.fault.code if last.fault else None
    visit.ports.telemetry.record("link.tried", system=system.id, by=visit.officer.id, step=last.step, code=code)
    return await _one(visit, system, tried)


async def replay(visit: Visit, form: Form) -> web.Response:
    """Have a system told again all news since a moment."""
    system = visit.request.match_info["id"]
    await oversee.replay(visit.ports.notices, visit.rules, system, visit.decision(form), form.moment("since"))
    visit.ports.telemetry.record("notices.replayed", system=system, by=visit.officer.id)
    return web.Response(status=303, headers={hdrs.LOCATION: place(system)})


async def _one(visit: Visit, system: System, tried: tuple[Tried, ...] | None) -> web.Response:
    shown, manifest, problem = _drawn(visit, system)
    return page(
        visit,
        "system.html",
        title=system.id,
        found=connection(visit, system, await around(visit)),
        system=system,
        settings=shown,
        manifest=manifest,
        problem=problem,
        here=place(system.id),
        credentials=tuple(_credentials(system)),
        testing=testing(visit),
        tried={each.step: each for each in tried or ()},
        steps={step: visit.say(*said) for step, said in STEPS.items()} if tried else {},
        limit=TRY_SECONDS,
    )


def _credentials(system: System) -> Iterator[Credential]:
    secrets = tuple(secret_digest(each) for each in system.vxp.secrets) if system.vxp else ()
    known = {Proof.TOKEN: system.token_sha256, Proof.SDK: secrets, Proof.CERTIFICATE: system.certificate_sha256}
    for proof, digests in known.items():
        for number, each in enumerate(reversed(digests)):
            yield Credential(proof=proof, sha256=each, newest=number == 0)


def _drawn(visit: Visit, system: System) -> tuple[tuple[Given, ...], Manifest | None, Fault | None]:
    """Draw the settings of a link by the form of its adapter; where that cannot be, say why."""
    if system.link is None:
        return (), None, None
    found = visit.ports.catalogue.found.get(system.link.adapter)
    try:
        manifest = visit.ports.catalogue.manifest(system)
        schema = found.settings().model_json_schema() if found else {}
    except Fault as fault:
        return (), None, fault
    return tuple(_given(visit, system.link, schema)), manifest, None


def _given(visit: Visit, link: Link, schema: Mapping[str, Any]) -> Iterator[Given]:
    """Give the settings in the order of the form, and last those that are given and the form does not know."""
    known = list(form(schema))
    for each in known:
        given = each.name in link.settings
        value = link.settings[each.name] if given else each.default
        written = "" if value is None else in_toml(HIDDEN if each.secret else without_secrets(value))
        yield Given(name=each.name, meaning=each.meant(english=visit.english), value=written, given=given)
    unknown = visit.say("bộ nối không có cấu hình này", "the adapter has no such setting")
    for name in sorted({*link.settings} - {each.name for each in known}):
        value = HIDDEN if is_secret(name) else without_secrets(link.settings[name])
        yield Given(name=name, meaning=unknown, value=in_toml(value), given=True)


def found_system(visit: Visit) -> System:
    """Give the system that is asked for. Raises `not-found`."""
    system = visit.rules.systems.find(SystemId(visit.request.match_info["id"]))
    if system is None:
        raise Rejected("not-found", path=visit.request.path)
    return system


async def _chosen(visit: Visit) -> tuple[list[Connection], list[Connection]]:
    """Give all systems, and those that the address asks for, in trouble first. Raises `malformed-request`."""
    state, asked = visit.asked("state"), sought(visit.asked("q"))
    if state and state not in {each.word for each in Condition}:
        raise Rejected("malformed-request", path="state", detail=state)
    known = await around(visit)
    everything = [connection(visit, each, known) for each in visit.rules.systems]
    found = [each for each in everything if state in {"", each.condition.word} and _is_named(visit, each.system, asked)]
    return everything, sorted(found, key=lambda each: (each.condition, -each.waiting, each.system.id))


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    say = Sayer(visit.english)
    for each in (await _chosen(visit))[1]:
        yield [
            each.system.id,
            ", ".join(visit.agency(organ) for organ in sorted(each.system.organs)),
            "; ".join(each.ways),
            say.condition(each.condition),
            each.why,
            each.waiting,
            each.in_flight,
            each.failed,
            each.seen_at.replace(tzinfo=None) if each.seen_at else None,
        ]


def _is_named(visit: Visit, system: System, asked: tuple[str, ...]) -> bool:
    """Tell whether a system is meant by words of its id, its adapter or its agencies, or by their beginnings."""
    adapter = system.link.adapter if system.link else ""
    return is_found((system.id, adapter, *system.organs, *(visit.agency(each) for each in system.organs)), asked)


def place(system: str) -> str:
    """Give the address of a system's page."""
    return f"{CONSOLE}/systems/{quote(system, safe='')}"


_COLUMNS: Final = (
    ("Hệ thống", "System", 30),
    ("Đơn vị", "Agencies", 48),
    ("Kết nối", "Connected", 40),
    ("Trạng thái", "State", 16),
    ("Vì sao", "Why", 40),
    ("Chờ", "Waiting", 10),
    ("Đang gửi", "In flight", 10),
    ("Không gửi được", "Failed", 14),
    ("Hỏi trục lần cuối", "Last asked", 18),
)
