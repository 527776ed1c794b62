"""`lienthong adapter list` and `show`: which adapters the hub finds, and what has to be said to link one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from gateway.config import Settings
from gateway.core.faults import Misconfigured
from gateway.entry.cli.options import CONFIG
from gateway.entry.cli.output import Outcome
from gateway.infra.clock import SystemClock
from gateway.infra.rules_files import LinkRow
from gateway.infra.telemetry import LoggedTelemetry
from gateway.sdk.form import form, in_toml
from gateway.sdk.manifest import MANIFEST, Manifest
from gateway.sdk.opening import Found, find
from gateway.wiring import adapters

ABILITIES: Final = ("push", "collect", "statuses", "recall", "separate", "face")
STANDS_FOR: Final = {"uri": '"https://phan-mem.example"', "path": '"secrets/…"'}
KINDS: Final = {"string": '"…"', "integer": "1", "number": "1.0", "boolean": "false", "array": "[]", "object": "{}"}
"""What stands in an example for a value that must be given, by its format or its type in JSON schema."""


def listing(config: Path) -> Outcome:
    """List the adapters that ship, those of the settings' folders and those that are installed."""
    found = _found(config)
    return Outcome(
        data=[_described(each) for each in found.values()],
        rows=[
            {
                "Bộ nối · Adapter": name,
                "Phiên bản · Version": each.manifest.version,
                "Làm được · Can": ", ".join(_abilities(each.manifest)),
                "Ở đâu · Where": str(each.folder),
                "Mô tả · What it is": each.manifest.description.vi,
            }
            for name, each in found.items()
        ],
        vi="Cấu hình của một bộ nối: lienthong adapter show TÊN",
        en="Settings of one: lienthong adapter show NAME",
    )


def show(config: Path, name: str) -> Outcome:
    """Show an adapter, by its name or its folder: its settings, and an example of a link. Raises `Misconfigured`."""
    if (Path(name) / MANIFEST).is_file():
        each = find(Path(name).resolve())
    else:
        found = _found(config)
        if name not in found:
            exist = ", ".join(found)
            detail, english = f"không có bộ nối {name} ({exist})", f"there is no adapter {name} ({exist})"
            raise Misconfigured("misconfigured", detail=detail, detail_en=english)
        each = found[name]
    schema, example = each.settings().model_json_schema(), _example(each)
    described = each.manifest.description
    return Outcome(
        data={**_described(each), "settings": schema, "example": example},
        rows=[
            {
                "Cấu hình · Setting": setting.name,
                "Bắt buộc · Required": "✓" if setting.required else "",
                "Mặc định · Default": "" if setting.required or setting.default is None else in_toml(setting.default),
                "Nghĩa · Meaning": setting.meaning,
            }
            for setting in form(schema)
        ],
        vi=f"{each.manifest.name} {each.manifest.version}: {described.vi}",
        en=f"{described.en}\n\n# agencies.toml\n{example}",
    )


def _found(config: Path) -> Mapping[str, Found]:
    """Give the adapters; where nobody named a file of settings and there is none, those of no settings at all."""
    settings = Settings(file=config.resolve()) if config == CONFIG and not config.exists() else Settings.load(config)
    return adapters(settings, SystemClock(), LoggedTelemetry()).found


def _described(found: Found) -> dict[str, object]:
    return {**found.manifest.model_dump(mode="json"), "folder": str(found.folder), "package": found.package}


def _abilities(manifest: Manifest) -> Iterator[str]:
    yield from (each for each in ABILITIES if getattr(manifest, each))
    if manifest.max_size is not None:
        yield f"≤ {manifest.max_size} byte"


def _example(found: Found) -> str:
    """Write a link as it stands in agencies.toml; what need not be given is commented out."""
    link = {name: LinkRow.model_fields[name].default for name in ("in_flight", "seconds")}
    lines = [
        "[[system]]",
        'id = "he-thong"',
        'organs = ["H56.40.02"]',
        "",
        "[system.link]",
        f'adapter = "{found.manifest.name}"',
        *(f"# {name} = {in_toml(value)}" for name, value in link.items()),
    ]
    schema = found.settings().model_json_schema()
    settings = list(form(schema))
    if settings:
        lines += ["", "[system.link.settings]"]
    for each in settings:
        if each.meaning:
            lines.append(f"# {each.meaning}")
        value = _stand_in(each.shape, schema.get("$defs", {})) if each.default is None else in_toml(each.default)
        lines.append(f"{'' if each.required else '# '}{each.name} = {value}")
    return "\n".join(lines)


def _stand_in(shape: Mapping[str, Any], defined: Mapping[str, Any]) -> str:
    """Give a value of the right kind, in TOML."""
    if "$ref" in shape:
        return _stand_in(defined[shape["$ref"].rpartition("/")[2]], defined)
    if "enum" in shape:
        return in_toml(shape["enum"][0])
    if "anyOf" in shape:
        return _stand_in(next(each for each in shape["anyOf"] if each.get("type") != "null"), defined)
    if shape.get("format") in STANDS_FOR:
        return STANDS_FOR[shape["format"]]
    return KINDS.get(shape.get("type", "string"), '"…"')
