"""Cấu hình · Settings: what holds at this hub and where it is set, what is laxer than it need be, and the policy rule by rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web
from pydantic import BaseModel

from gateway import __version__
from gateway.config import is_here
from gateway.core.policy.catalogue import RULES, Action, Rule
from gateway.core.roles import Role
from gateway.entry.api.door import CONSOLE
from gateway.entry.console import writing
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Visit
from gateway.entry.running import FIXED
from gateway.infra.migrate import head
from gateway.sdk.form import HIDDEN, in_toml, is_secret, without_secrets

ACTIONS: Final[Mapping[Action, tuple[str, str]]] = {
    Action.FINDING: ("ghi nhận", "a finding"),
    Action.HOLD: ("giữ lại", "held"),
    Action.REFUSE: ("từ chối", "refused"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A key of gateway.toml, its value in TOML, and whether it is given there or holds by itself."""

    key: str
    value: str
    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of gateway.toml; `fixed` ones are read when the hub starts, the others by SIGHUP too."""

    name: str
    values: tuple[Value, ...]
    fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lax:
    """What is laxer than it need be: what, until when (empty: without an end), and where it is mended."""

    what: str
    until: str
    url: str
    tone: str = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A rule of the policy, and what follows here where it is broken."""

    code: str
    rule: Rule
    action: Action

    @property
    def milder(self) -> bool:
        """Tell whether the province chose less than what ships."""
        return self.action.rank < self.rule.action.rank


async def show(visit: Visit) -> web.Response:
    """Show what holds. Nothing is changed here: files are, and each says so of itself in the audit log or in its history."""
    settings = visit.at.settings
    chosen = [Chosen(code=code, rule=rule, action=visit.rules.policy.base(code)) for code, rule in RULES.items()]
    return page(
        visit,
        "settings.html",
        title=visit.say("Cấu hình", "Settings"),
        tables=[_table(name, getattr(settings, name)) for name in type(settings).model_fields if name != "file"],
        file=settings.file.name,
        lax=list(_lax(visit, chosen)),
        policy=chosen,
        action=lambda action: visit.say(*ACTIONS[action]),
        version=__version__,
        schema=head(),
    )


def _table(name: str, section: BaseModel | None) -> Table:
    return Table(name=name, values=tuple(_values(section, "")), fixed=name in FIXED)


def _values(section: BaseModel | None, above: str) -> Iterator[Value]:
    """Give the keys of a table and of the tables in it. Passwords lie in files of their own: their names are shown."""
    if section is None:
        return
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _values(value, f"{above}{name}.")
        elif value is not None:
            yield Value(key=f"{above}{name}", value=_written(name, value), given=name in section.model_fields_set)


def _written(name: str, value: object) -> str:
    if is_secret(name) and not isinstance(value, Path):
        return HIDDEN
    if isinstance(value, tuple | frozenset):
        return in_toml(without_secrets(sorted(map(str, value))))
    return in_toml(without_secrets(value if isinstance(value, int | float) else str(value)))


def _lax(visit: Visit, chosen: list[Chosen]) -> Iterator[Lax]:
    yield from _of_agencies(visit)
    yield from _of_systems(visit)
    yield from _of_people(visit)
    yield from _of_the_hub(visit)
    for each in chosen:
        if each.milder:
            what, usual = visit.say(*ACTIONS[each.action]), visit.say(*ACTIONS[each.rule.action])
            said = visit.say(f"{each.rule.vi} Chỉ {what}, thay vì {usual}.", f"{each.rule.en} Only {what}, instead of {usual}.")
            yield Lax(what=f"policy.toml · {each.code}: {said}", until="", url=f"#{each.code}")


def _of_agencies(visit: Visit) -> Iterator[Lax]:
    today = visit.now.date()
    excepted = [
        each for each in visit.rules.directory if each.in_force(today) and each.trusted_as(today) is not each.trust.SIGNED
    ]
    if excepted:
        last = max((each.trust_until for each in excepted if each.trust_until), default=None)
        endless = any(each.trust_until is None for each in excepted)
        count = writing.number(len(excepted))
        yield Lax(
            what=visit.say(f"{count} đơn vị không phải ký như các đơn vị khác", f"{count} agencies need not sign as the others"),
            until="" if endless or last is None else writing.day(last),
            url=f"{CONSOLE}/agencies?state=excepted",
            tone="bad" if endless else "warn",
        )


def _of_systems(visit: Visit) -> Iterator[Lax]:
    for each in visit.rules.systems:
        if each.vxp is not None and each.vxp.registers(visit.now.date()) and each.vxp.registers_until:
            yield Lax(
                what=visit.say(f"Hệ thống {each.id} tự đăng ký cơ quan", f"System {each.id} registers agencies by itself"),
                until=writing.day(each.vxp.registers_until),
                url=f"{CONSOLE}/systems/{each.id}",
            )


def _of_people(visit: Visit) -> Iterator[Lax]:
    for each in visit.rules.operators:
        if each.role is Role.ADMIN and each.password and not each.totp:
            what = visit.say(f"Quản trị {each.id} chưa có mã 6 số", f"Administrator {each.id} has no second factor")
            yield Lax(what=what, until="", url=f"{CONSOLE}/users/{each.id}")


def _of_the_hub(visit: Visit) -> Iterator[Lax]:
    settings = visit.at.settings
    if settings.server.tls is None and settings.server.proxy is None and not is_here(settings.server.host):
        said = visit.say("API nhận kết nối không mã hóa từ máy khác", "The API takes unencrypted connections of other machines")
        yield Lax(what=said, until="", url="#server", tone="bad")
    if settings.scan.clamd is None:
        yield Lax(what=visit.say("Không quét mã độc trong tệp", "Files are not scanned for malware"), until="", url="#scan")
