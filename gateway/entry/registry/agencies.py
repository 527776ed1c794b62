"""Agencies of agencies.toml: entered, changed, locked, excepted from signing, ended and merged."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from tomlkit.items import Table

from gateway.core import succession
from gateway.core.directory import ADDRESS, TOLERANT_GRAMMAR
from gateway.core.faults import Rejected
from gateway.core.model import Trust
from gateway.core.succession import Ending
from gateway.infra.agencies_file import AGENCY, DirectoryDraft, Fields, revise

EXCEPTION: Final = timedelta(days=365)
"""How long a trust exception holds when nobody says: exceptions are dated, and a year is long enough to mend."""
NAME_CHARACTERS: Final = 200
"""OrganName of QCVN 102:2016: a longer name could not be written into an envelope."""
LINKS: Final = ("parent", "successor")
"""The fields that name another agency."""

Changed = dict[str, tuple[object, object]]
"""The fields that a change really changed, each with its value before and after; None: there is none."""


def add(draft: DirectoryDraft, organ: str, fields: Fields, *, on: date) -> Table:
    """Append an agency. Raises `entry-exists`, `entry-unknown` and `malformed-request`."""
    if not TOLERANT_GRAMMAR.fullmatch(organ):
        raise _malformed("id", f"«{organ}» không phải mã định danh.", f"«{organ}» is not an organ id.")
    sound = _sound(draft, organ, {"name": None, **fields})
    return draft.add(AGENCY, {"id": organ, **sound, "updated_on": on})


def change(draft: DirectoryDraft, organ: str, fields: Fields, *, on: date) -> Changed:
    """Set fields of an agency, lists whole; None takes one out. Raises `entry-unknown`, `entry-exists`, `malformed-request`."""
    table = draft.get(AGENCY, organ)
    before = table.unwrap()
    named = {name: value for name, value in fields.items() if before.get(name) != value}
    sound = _sound(draft, str(table["id"]), named, before)
    changed = {name: (before.get(name), value) for name, value in sound.items() if before.get(name) != value}
    if changed:
        revise(table, {name: after for name, (_, after) in changed.items()} | {"updated_on": on})
    return changed


def excepted(trust: Trust, until: date | None, *, on: date) -> Fields:
    """Give the fields of a trust exception: dated always, a year from that day where nothing is said.

    Raises `malformed-request` where it would be over before it begins.
    """
    if trust is Trust.SIGNED:
        return {"trust": None, "trust_until": None}
    if until is not None and until < on:
        raise _malformed("trust_until", "Ngày hết ngoại lệ đã qua.", "The exception would be over already.")
    return {"trust": str(trust), "trust_until": until or on + EXCEPTION}


def end(draft: DirectoryDraft, organs: Sequence[str], successor: str | None, day: date, *, on: date) -> Ending:
    """End agencies on a day: one is dissolved, several are merged. Raises what `succession.end` raises."""
    ending = succession.end(draft.directory(Path("agencies.toml")), organs, successor, day, on)
    heir = ending.successor.id if ending.successor else None
    for agency in ending.agencies:
        revise(draft.get(AGENCY, agency.id), {"valid_to": day, "successor": heir, "updated_on": on})
    return ending


def restore(draft: DirectoryDraft, organ: str, *, on: date) -> date:
    """Take back that an agency ends, before its day; give the day. Raises `agency-ended` after it, `malformed-request`."""
    table = draft.get(AGENCY, organ)
    day: date | None = table.unwrap().get("valid_to")
    if day is None:
        raise _malformed("valid_to", "Đơn vị không có ngày chấm dứt.", "There is no day on which it ends.")
    if day <= on:
        raise Rejected("agency-ended", path=organ, detail=f"{day:%d/%m/%Y}")
    revise(table, {"valid_to": None, "successor": None, "updated_on": on})
    return day


def _sound(draft: DirectoryDraft, organ: str, fields: Fields, before: Fields | None = None) -> Fields:
    """Judge what is to be written of an agency; links become canonical ids."""
    sound = dict(fields)
    if "name" in sound:
        sound["name"] = _name(sound["name"])
    for name in ("email", "leader_email"):
        _demand_address(name, sound.get(name))
    if "aliases" in sound:
        sound["aliases"] = _aliases(draft, organ, sound["aliases"], before or {})
    for link in LINKS:
        if sound.get(link):
            sound[link] = _linked(draft, organ, link, str(sound[link]))
    begins, ends = ((sound if day in sound else before or {}).get(day) for day in ("valid_from", "valid_to"))
    if isinstance(begins, date) and isinstance(ends, date) and ends < begins:
        raise _malformed("valid_to", f"Hết hiệu lực {ends} trước khi có hiệu lực {begins}.", f"It ends {ends} before {begins}.")
    return sound


def _name(given: object) -> str:
    name = " ".join(str(given or "").split())
    if not 0 < len(name) <= NAME_CHARACTERS:
        vi, en = f"Tên có từ 1 đến {NAME_CHARACTERS} ký tự.", f"A name has from 1 to {NAME_CHARACTERS} characters."
        raise _malformed("name", vi, en)
    return name


def _demand_address(name: str, given: object) -> None:
    if given is not None and not re.fullmatch(ADDRESS, str(given)):
        raise _malformed(name, f"«{given}» không phải địa chỉ thư điện tử.", f"«{given}» is not an e-mail address.")


def _aliases(draft: DirectoryDraft, organ: str, given: object, before: Fields) -> list[str] | None:
    """Judge other ids: of nobody else, and none taken away by which another agency's link goes."""
    wanted = list(dict.fromkeys(str(each) for each in _listed(given) if each != organ))
    for each in wanted:
        owner = draft.find(AGENCY, each)
        if not TOLERANT_GRAMMAR.fullmatch(each):
            raise _malformed("aliases", f"«{each}» không phải mã định danh.", f"«{each}» is not an organ id.")
        if owner is not None and owner["id"] != organ:
            who = f"{owner['name']} ({owner['id']})"
            raise Rejected(
                "entry-exists", path="aliases", detail=f"{each} là mã của {who}.", detail_en=f"{each} is an id of {who}."
            )
    gone = {str(each) for each in _listed(before.get("aliases"))} - set(wanted)
    for table in draft.tables(AGENCY) if gone else ():
        for link in LINKS:
            if table.get(link) in gone:
                vi = f"Không bỏ được mã {table[link]}: {table['id']} đang dùng ({link})."
                raise _malformed("aliases", vi, f"The id {table[link]} cannot go: {table['id']} uses it ({link}).")
    return wanted or None


def _linked(draft: DirectoryDraft, organ: str, link: str, name: str) -> str:
    """Give the canonical id of an agency that another one names; never itself, or one that comes back to it."""
    table = draft.find(AGENCY, name)
    if table is None:
        raise Rejected("entry-unknown", path=link, detail=f"{name}: không có trong danh bạ.", detail_en=f"{name}: unknown.")
    found, seen = str(table["id"]), set[str]()
    each: Table | None = table
    while each is not None and each["id"] not in seen:
        if each["id"] == organ:
            raise _malformed(link, f"{found} thuộc chính {organ}: thành vòng lặp.", f"{found} leads back to {organ}: a circle.")
        seen.add(str(each["id"]))
        each = draft.find(AGENCY, str(each[link])) if link in each else None
    return found


def _listed(given: object) -> Iterable[object]:
    return given if isinstance(given, list | tuple) else ()


def _malformed(path: str, vi: str, en: str) -> Rejected:
    return Rejected("malformed-request", path=path, detail=vi, detail_en=en)
