"""`lienthong agency …`: who is in the directory, since when, and how far each is trusted."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import typer
from cryptography import x509

from gateway.config import Settings
from gateway.core import trust
from gateway.core.directory import NEW_GRAMMAR, OLD_GRAMMAR
from gateway.core.model import VIETNAM, Trust
from gateway.core.trust import TrustStore
from gateway.entry.cli.output import Outcome, Row
from gateway.infra.agencies_file import AGENCY, Fields, editing, read, revise
from gateway.infra.authority import load_trust
from gateway.infra.key_files import PEM, misconfigured, read_certificates

EXCEPTION = timedelta(days=365)
"""How long a trust exception holds when nobody says: exceptions are dated, and a year is long enough to mend."""


def add(settings: Settings, organ: str, fields: Fields, certificates: Iterable[Path]) -> Outcome:
    """Add an agency. Raises `entry-exists`, and what `trust.admit` raises."""
    with editing(_file(settings)) as draft:
        registered = register(settings, organ, certificates)
        table = draft.add(AGENCY, {"id": organ, **fields, "updated_on": _today(), "certificates": registered or None})
    vi, en = _grammar(organ)
    return Outcome(data=table.unwrap(), vi=f"✓ Đã thêm {organ}, {table['name']}.{vi}", en=f"Added {organ}.{en}")


def change(
    settings: Settings, organ: str, fields: Fields, aliases: Iterable[str] = (), certificates: Iterable[Path] = ()
) -> Outcome:
    """Set fields of an agency (None takes one out), and add aliases and certificates to those it has."""
    with editing(_file(settings)) as draft:
        table = draft.get(AGENCY, organ)
        if "trust_until" in fields and "trust" not in {*table, *fields}:
            raise typer.BadParameter("--until chỉ đi với --trust legacy hoặc channel · It goes with a trust exception only.")
        more = {"aliases": [*aliases], "certificates": register(settings, str(table["id"]), certificates)}
        lists = {name: [*table.get(name, []), *new] for name, new in more.items() if new}
        revise(table, {**fields, **lists, "updated_on": _today()})
    said = ", ".join(f"{name} = {_shown(value)}" for name, value in (fields | lists).items())
    return Outcome(data=table.unwrap(), vi=f"✓ Đã cập nhật {table['id']}: {said}.", en=f"Updated {table['id']}.")


def trusted(trust_as: Trust | None, until: date | None) -> Fields:
    """Give the fields of a trust exception: dated always, a year from today where nothing is said."""
    if trust_as is None:
        return {"trust_until": until} if until else {}
    if trust_as is Trust.SIGNED:
        return {"trust": None, "trust_until": None}
    return {"trust": str(trust_as), "trust_until": until or _today() + EXCEPTION}


def retire(settings: Settings, organ: str, on: date, successor: str | None) -> Outcome:
    """End an agency: from that day on it neither sends nor receives, and senders are told its successor."""
    if successor is not None:
        successor = str(read(_file(settings)).get(AGENCY, successor)["id"])
    return change(settings, organ, {"valid_to": on} | ({"successor": successor} if successor else {}))


def listing(settings: Settings) -> Outcome:
    """List the agencies."""
    agencies = [table.unwrap() for table in read(_file(settings)).tables(AGENCY)]
    return Outcome(data=agencies, rows=[_row(agency) for agency in agencies])


def register(settings: Settings, organ: str, certificates: Iterable[Path]) -> list[str]:
    """Admit certificates, copy those that lie elsewhere beside the agency's other files, and give their names for agencies.toml.

    Raises what `trust.admit` raises: a certificate that the hub would not take is not registered.
    """
    files = tuple(certificates)
    if not files:
        return []
    store, home = load_trust(settings.path(settings.directory.trust)), _file(settings).parent.resolve()
    return [str(_admitted(file, store, home / "agencies" / organ).relative_to(home)) for file in files]


def _admitted(file: Path, store: TrustStore, folder: Path) -> Path:
    certificate = leaf(file)
    trust.admit(certificate, store, datetime.now(VIETNAM))
    if file.resolve().is_relative_to(folder):
        return file.resolve()
    kept = folder / f"{certificate.serial_number:x}.pem"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(certificate.public_bytes(PEM))
    return kept


def leaf(file: Path) -> x509.Certificate:
    """Read the first certificate of a PEM or DER file."""
    found = next(iter(read_certificates(file)), None)
    if found is None:
        raise misconfigured(file, "không có chứng thư nào", "holds no certificate")
    return found


def _file(settings: Settings) -> Path:
    return settings.path(settings.directory.agencies)


def _today() -> date:
    return datetime.now(VIETNAM).date()


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
