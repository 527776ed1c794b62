"""`lienthong agency …`: who is in the directory, since when, and how far each is trusted."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer

from gateway.config import Settings
from gateway.core.directory import NEW_GRAMMAR, OLD_GRAMMAR
from gateway.core.model import VIETNAM, Trust
from gateway.entry.cli.output import Outcome, Row
from gateway.entry.registry import agencies
from gateway.entry.registry.certificates import leaf, register
from gateway.infra.agencies_file import AGENCY, Fields, editing, read


def add(settings: Settings, organ: str, fields: Fields, certificates: Iterable[Path]) -> Outcome:
    """Add an agency. Raises what `agencies.add` and `certificates.register` raise."""
    now = _now()
    with editing(_file(settings)) as draft:
        table = agencies.add(draft, organ, fields, on=now.date())
        for file in certificates:
            register(draft, settings, organ, leaf(file), at=now, file=file)
    vi, en = _grammar(organ)
    return Outcome(data=table.unwrap(), vi=f"✓ Đã thêm {organ}, {table['name']}.{vi}", en=f"Added {organ}.{en}")


def change(
    settings: Settings, organ: str, fields: Fields, aliases: Iterable[str] = (), certificates: Iterable[Path] = ()
) -> Outcome:
    """Set fields of an agency (None takes one out), and add aliases and certificates to those it has."""
    now, more = _now(), [*aliases]
    with editing(_file(settings)) as draft:
        table = draft.get(AGENCY, organ)
        if "trust_until" in fields and "trust" not in {*table, *fields}:
            raise typer.BadParameter("--until chỉ đi với --trust legacy hoặc channel · It goes with a trust exception only.")
        said = fields | ({"aliases": [*table.get("aliases", []), *more]} if more else {})
        agencies.change(draft, organ, said, on=now.date())
        kept = [register(draft, settings, organ, leaf(file), at=now, file=file) for file in certificates]
    told = ", ".join(f"{name} = {_shown(value)}" for name, value in (said | ({"certificates": kept} if kept else {})).items())
    return Outcome(data=table.unwrap(), vi=f"✓ Đã cập nhật {table['id']}: {told}.", en=f"Updated {table['id']}.")


def trusted(trust_as: Trust | None, until: date | None) -> Fields:
    """Give the fields of a trust exception: dated always, a year from today where nothing is said."""
    if trust_as is None:
        return {"trust_until": until} if until else {}
    return agencies.excepted(trust_as, until, on=_now().date())


def retire(settings: Settings, organ: str, on: date, successor: str | None) -> Outcome:
    """End an agency: from that day on it neither sends nor receives, and senders are told its successor."""
    with editing(_file(settings)) as draft:
        table = draft.get(AGENCY, organ)
        agencies.end(draft, [organ], successor or table.get("successor"), on, on=_now().date())
    told = f", kế tục: {table['successor']}" if "successor" in table else ""
    return Outcome(
        data=table.unwrap(), vi=f"✓ {table['id']} hết hiệu lực từ {on}{told}.", en=f"{table['id']} is not in force from {on} on."
    )


def listing(settings: Settings) -> Outcome:
    """List the agencies."""
    agencies = [table.unwrap() for table in read(_file(settings)).tables(AGENCY)]
    return Outcome(data=agencies, rows=[_row(agency) for agency in agencies])


def _file(settings: Settings) -> Path:
    return settings.path(settings.directory.agencies)


def _now() -> datetime:
    return datetime.now(VIETNAM)


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "(bỏ)" if value is None else str(value)


def _grammar(organ: str) -> tuple[str, str]:
    """Warn of an id that follows neither grammar: the directory takes it, the national axis may not."""
    if OLD_GRAMMAR.fullmatch(organ) or NEW_GRAMMAR.fullmatch(organ):
        return "", ""
    return (
        " Lưu ý: mã không theo QCVN 102:2016 hay QĐ 20/2020/QĐ-TTg.",
        " Note: the id follows neither QCVN 102:2016 nor QĐ 20/2020/QĐ-TTg.",
    )


def _row(agency: dict[str, Any]) -> Row:
    until = agency.get("trust_until")
    return {
        "Mã · Id": agency["id"],
        "Tên · Name": agency["name"],
        "Mã khác · Aliases": agency.get("aliases"),
        "Tin cậy · Trust": f"{agency.get('trust', Trust.SIGNED)}{f' → {until}' if until else ''}",
        "Hiệu lực · In force": f"{agency.get('valid_from', '')} – {agency.get('valid_to', '')}",
        "Kế thừa · Successor": agency.get("successor"),
        "Khóa · Locked": agency.get("locked"),
        "Chứng thư · Certificates": len(agency.get("certificates", ())),
    }
