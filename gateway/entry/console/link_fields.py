"""The form of a link: its fields, drawn from the adapter's own model, what was filled in, and what is wrong with it.

A secret is never shown; what is left empty keeps the one that is there. An address is shown without its password and query.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pydantic import ValidationError

from gateway.core.directory import Link
from gateway.entry.console.visit import Form, Visit
from gateway.infra.rules_files import LinkRow
from gateway.sdk.form import HIDDEN, Kind, Mistake, Setting, form, in_toml, mistakes_of, without_secrets, written
from gateway.sdk.opening import Found

MARK: Final = "s."
"""Begins the names of fields that are the adapter's; the others are the link's own."""
AGAIN: Final = "again."
"""Begins the names of fields that say of a secret that it was typed, tried, and is not on the page any more."""
OWN: Final = ("push", "in_flight", "seconds")
MISTAKES: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("cần điền", "it is needed"),
    "int_parsing": ("phải là số nguyên", "a whole number is needed"),
    "int_type": ("phải là số nguyên", "a whole number is needed"),
    "int_from_float": ("phải là số nguyên", "a whole number is needed"),
    "float_parsing": ("phải là số", "a number is needed"),
    "float_type": ("phải là số", "a number is needed"),
    "bool_parsing": ("phải là có hoặc không", "yes or no is needed"),
    "greater_than": ("phải lớn hơn {gt}", "more than {gt} is needed"),
    "greater_than_equal": ("ít nhất là {ge}", "at least {ge} is needed"),
    "less_than": ("phải nhỏ hơn {lt}", "less than {lt} is needed"),
    "less_than_equal": ("nhiều nhất là {le}", "at most {le} is possible"),
    "string_too_short": ("quá ngắn", "it is too short"),
    "string_too_long": ("quá dài, nhiều nhất {max_length} ký tự", "it is too long, at most {max_length} characters"),
    "string_pattern_mismatch": ("không đúng dạng {pattern}", "it does not look like {pattern}"),
    "literal_error": ("phải là một trong: {expected}", "one of: {expected}"),
    "enum": ("phải là một trong: {expected}", "one of: {expected}"),
    "url_parsing": ("không phải một địa chỉ: https://máy/đường-dẫn", "no address: https://host/path"),
    "url_scheme": ("địa chỉ phải bắt đầu bằng {expected_schemes}", "an address begins with {expected_schemes}"),
    "extra_forbidden": ("bộ nối không có cấu hình này", "the adapter has no such setting"),
    "toml": ("không phải TOML", "this is no TOML"),
    "hidden": (
        f"phần {HIDDEN} không hiện ra: ghi lại cả giá trị",
        f"what stands as {HIDDEN} is not shown: write the whole value again",
    ),
    "again": ("trang không giữ bí mật vừa thử: nhập lại", "the page keeps no secret that was tried: type it again"),
}
"""What the commonest mistakes are called; others are said in the words of the adapter's model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A setting as it stands on the form. `kept` says that a secret is there; `again`, that it has to be typed once more."""

    setting: Setting
    meaning: str
    value: str
    kept: bool = False
    again: bool = False
    mistakes: tuple[str, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """Give what may be chosen, as it is written."""
        return tuple(map(written, self.setting.choices))

    @property
    def default(self) -> str:
        """Write what holds where nothing is filled in."""
        return "" if self.setting.default in (None, "", [], {}) else in_toml(self.setting.default).strip('"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The form as it was filled in. `own` are the link's fields as typed.

    `mistakes` are those of `own`, and under "" what is about several. `unknown` are settings that are there and that the adapter
    does not know: they go when the link is kept.
    """

    adapter: str
    fields: tuple[Field, ...]
    own: Mapping[str, str]
    mistakes: Mapping[str, tuple[str, ...]]
    link: Link | None
    unknown: tuple[str, ...] = ()


def shown(visit: Visit, found: Found, link: Link | None) -> Filled:
    """Draw the form with what the link has now; another adapter begins with nothing. Raises `Misconfigured`."""
    schema, settings = found.settings().model_json_schema(), _settings_of(found, link)
    fields = [_field(visit, each, settings) for each in form(schema)]
    usual = link or Link(adapter=found.manifest.name, settings={}, push=found.manifest.push)
    unknown = sorted({*settings} - {each.setting.name for each in fields}) if not schema.get("additionalProperties") else []
    return Filled(
        adapter=found.manifest.name,
        fields=tuple(fields),
        own={"push": "yes" if usual.push else "no", "in_flight": str(usual.in_flight), "seconds": f"{usual.seconds:g}"},
        mistakes={},
        link=link,
        unknown=tuple(unknown),
    )


def filled(visit: Visit, found: Found, link: Link | None, given: Form) -> Filled:
    """Read the form. `link` of what comes is None where something is wrong with it. Raises `Misconfigured`."""
    before, settings, wrong = shown(visit, found, link), _settings_of(found, link), list[Mistake]()
    values: dict[str, object] = {}
    if found.settings().model_json_schema().get("additionalProperties"):
        values |= {name: value for name, value in settings.items() if name not in {each.setting.name for each in before.fields}}
    for each in before.fields:
        try:
            values |= _value(each, settings, given)
        except ValueError as error:
            wrong.append(_mistake(each.setting.name, str(error)))
    mistaken = {each.setting for each in wrong}
    wrong += [each for each in found.mistaken(values) if each.setting not in mistaken]
    own = {name: given.get(name) for name in OWN}
    made, amiss = _link(found.manifest.name, values, own)
    return replace(
        before,
        fields=tuple(_refilled(visit, each, given, wrong) for each in before.fields),
        own=own,
        mistakes={name: said for name in ("", *OWN) if (said := _said(visit, name, [*amiss, *_elsewhere(before, wrong)]))},
        link=None if wrong or amiss else made,
    )


def _settings_of(found: Found, link: Link | None) -> Mapping[str, object]:
    return link.settings if link is not None and link.adapter == found.manifest.name else {}


def _field(visit: Visit, setting: Setting, settings: Mapping[str, object]) -> Field:
    given = setting.name in settings
    value = "" if setting.secret or not given else _text(setting, settings[setting.name])
    return Field(setting=setting, meaning=setting.meant(english=visit.english), value=value, kept=setting.secret and given)


def _text(setting: Setting, value: object) -> str:
    """Write a value as it stands in its field."""
    safe = without_secrets(value)
    if setting.kind is Kind.LIST and isinstance(safe, list | tuple):
        return "\n".join(map(written, safe))
    return in_toml(safe) if setting.kind is Kind.TOML else written(safe)


def _value(field: Field, settings: Mapping[str, object], given: Form) -> dict[str, object]:
    """Give the value that was filled in, or nothing where the default holds. Raises ValueError naming the kind of mistake."""
    name = field.setting.name
    text = given.get(MARK + name).replace("\r\n", "\n")
    if field.setting.secret and not text:
        if given.get(AGAIN + name):
            raise ValueError("again")
        return {name: settings[name]} if field.kept else {}
    if text == field.value:
        return {name: settings[name]} if name in settings else {}
    if not text:
        return {}
    if HIDDEN in text:
        raise ValueError("hidden")
    try:
        return {name: field.setting.read(text)}
    except ValueError as error:
        raise ValueError("toml") from error


def _refilled(visit: Visit, field: Field, given: Form, wrong: Iterable[Mistake]) -> Field:
    name = field.setting.name
    text, secret = given.get(MARK + name), field.setting.secret
    return replace(
        field,
        value="" if secret else text,
        again=secret and bool(text or given.get(AGAIN + name)),
        mistakes=_said(visit, name, wrong),
    )


def _link(adapter: str, settings: Mapping[str, object], own: Mapping[str, str]) -> tuple[Link | None, tuple[Mistake, ...]]:
    raw = {"adapter": adapter, "settings": dict(settings), **own, "push": own["push"] == "yes"}
    try:
        return Link(**LinkRow.model_validate({name: each for name, each in raw.items() if each != ""}).model_dump()), ()
    except ValidationError as error:
        return None, mistakes_of(error)


def _elsewhere(before: Filled, wrong: Iterable[Mistake]) -> Iterable[Mistake]:
    """Give the mistakes that have no field: they are said of the form."""
    known = {each.setting.name for each in before.fields}
    return (
        replace(each, setting="", said=f"{each.setting}: {each.said}" if each.setting else each.said)
        for each in wrong
        if each.setting not in known
    )


def _said(visit: Visit, name: str, wrong: Iterable[Mistake]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_in_words(visit, each) for each in wrong if each.setting == name))


def _in_words(visit: Visit, mistake: Mistake) -> str:
    words = MISTAKES.get(mistake.kind)
    if words is None:
        return mistake.said
    try:
        return visit.say(*words).format(**mistake.told)
    except KeyError:  # the model says it without the bound
        return mistake.said


def _mistake(setting: str, kind: str) -> Mistake:
    return Mistake(setting=setting, kind=kind, said=kind, told={})
