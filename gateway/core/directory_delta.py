"""What a sheet of agencies changes in the directory: additions, changes and ends, or every reason why it cannot be taken."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from gateway.core.directory import NEW_GRAMMAR, OLD_GRAMMAR, Agency, Directory
from gateway.core.directory_rows import Column, Reading, Remark, Value, Wanted
from gateway.core.model import OrganId

LINKS: Final = (Column.PARENT, Column.SUCCESSOR)
"""The columns that name another agency."""
FIELDS: Final = tuple(column for column in Column if column is not Column.ID)
"""What a sheet may change. Trust and certificates are decided elsewhere."""
MAX_SHOWN: Final = 8
"""Agencies of one circle that its message names: a sheet may hold a circle of thousands."""


class Kind(StrEnum):
    """What happens to an agency. It is retired when it gets an end and had none."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One agency that changes: each field with its value before and after. `row` is None where the sheet does not name it."""

    kind: Kind
    id: OrganId
    name: str
    row: int | None
    fields: Mapping[Column, tuple[Value, Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What the sheet changes, in its order. `unchanged` and `unnamed` count agencies; with problems nothing of it may be done."""

    changes: tuple[Change, ...]
    unchanged: int
    unnamed: int
    problems: tuple[Remark, ...]
    notes: tuple[Remark, ...]

    def count(self, kind: Kind) -> int:
        """Count the changes of a kind."""
        return sum(change.kind is kind for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An agency as it was and as it would be, and the row that names it."""

    before: Agency | None
    after: Agency
    wanted: Wanted | None

    def changes(self, *columns: Column) -> Wanted | None:
        """Give the row where it changes one of these: what the directory has already is not the fault of the sheet."""
        changed = any(getattr(self.before, column, None) != getattr(self.after, column) for column in columns)
        return self.wanted if changed else None


_Owners = Mapping[str, _Entry]
"""Entries by every id that they would have."""


def compare(reading: Reading, directory: Directory, retire_on: date | None = None) -> Delta:
    """Find what the rows change. An agency that no row names stays as it is, or ends on `retire_on` where that is given.

    A row names an agency by its id, by an alias of it, or, when its id is new, by the one agency that its aliases name; the
    agency keeps its canonical id, and the row's id becomes an alias. Links are stored as canonical ids.
    """
    matched, problems = _match(reading.wanted, directory)
    named = {agency.id for _, agency in matched if agency is not None}
    entries = [_revised(wanted, agency) for wanted, agency in matched]
    entries += [_unnamed(agency, retire_on) for agency in directory if agency.id not in named]
    owners, claims = _own(entries)
    entries = [_linked(entry, owners) for entry in entries]
    owners = {name: entry for entry in entries for name in (entry.after.id, *entry.after.aliases)}
    problems += [*claims, *_dangling(entries, owners, directory), *_odd_dates(entries)]
    problems += [problem for column in LINKS for problem in _circles(entries, owners, column)]
    changes = tuple(change for entry in entries if (change := _change(entry)))
    return Delta(
        changes=changes,
        unchanged=len(matched) - sum(change.row is not None for change in changes),
        unnamed=len(entries) - len(matched),
        problems=tuple(sorted((*reading.problems, *problems), key=lambda each: each.row or 0)),
        notes=tuple(note for entry in entries for note in _notes(entry, retire_on)),
    )


def _match(rows: Iterable[Wanted], directory: Directory) -> tuple[list[tuple[Wanted, Agency | None]], list[Remark]]:
    """Find the agency that each row is about; ids decide before aliases do."""
    by_id = [(wanted, directory.find(wanted.id)) for wanted in rows]
    taken = {agency.id for _, agency in by_id if agency is not None}
    first: dict[OrganId, int] = {}
    matched: list[tuple[Wanted, Agency | None]] = []
    problems: list[Remark] = []
    for wanted, found in by_id:
        agency = found or _by_alias(wanted, directory, taken)
        if agency is not None and agency.id in first:
            problems.append(_twice(wanted, Column.ID, wanted.id, first[agency.id]))
            continue
        if agency is not None:
            first[agency.id] = wanted.row
            taken.add(agency.id)
        matched.append((wanted, agency))
    return matched, problems


def _by_alias(wanted: Wanted, directory: Directory, taken: set[OrganId]) -> Agency | None:
    found = {agency.id: agency for alias in _aliases(wanted) if (agency := directory.find(alias)) and agency.id not in taken}
    return next(iter(found.values())) if len(found) == 1 else None


def _aliases(wanted: Wanted) -> tuple[str, ...]:
    aliases = wanted.values.get(Column.ALIASES)
    return aliases if isinstance(aliases, tuple) else ()


def _revised(wanted: Wanted, before: Agency | None) -> _Entry:
    organ, had = (before.id, before.aliases) if before else (wanted.id, ())
    kept = _aliases(wanted) if Column.ALIASES in wanted.values else had
    aliases = tuple(alias for alias in dict.fromkeys((wanted.id, *kept)) if alias != organ)
    fields: dict[str, Any] = {str(column): value for column, value in wanted.values.items()}
    fields["aliases"] = had if set(aliases) == set(had) else aliases
    after = replace(before, **fields) if before else Agency(**{"id": organ, "name": "", **fields})
    return _Entry(before=before, after=after, wanted=wanted)


def _unnamed(agency: Agency, retire_on: date | None) -> _Entry:
    ends = retire_on is not None and agency.in_force(retire_on)
    return _Entry(before=agency, after=replace(agency, valid_to=retire_on) if ends else agency, wanted=None)


def _own(entries: Iterable[_Entry]) -> tuple[_Owners, list[Remark]]:
    """Find whose each id would be, and the rows that claim an id of another agency."""
    owners: dict[str, _Entry] = {}
    problems: list[Remark] = []
    for entry in entries:
        for name in (entry.after.id, *entry.after.aliases):
            owner = owners.setdefault(name, entry)
            if owner is not entry:
                problems += _claimed(name, owner, entry)
    return owners, problems


def _claimed(name: str, owner: _Entry, entry: _Entry) -> Iterator[Remark]:
    if owner.wanted is not None and entry.wanted is not None:
        yield _twice(entry.wanted, Column.ID if name == entry.wanted.id else Column.ALIASES, name, owner.wanted.row)
    elif owner.wanted is not None:  # those that no row names come last
        whose = f"{entry.after.id} ({entry.after.name})"
        yield _remark(
            "id-claimed",
            owner.wanted,
            Column.ID if name == owner.wanted.id else Column.ALIASES,
            f"{name} là mã của cơ quan khác: {whose}; khi sáp nhập, ghi cơ quan kế thừa ở dòng của cơ quan đó",
            f"{name} is an id of another agency: {whose}; after a merger, name the successor in that agency's row",
        )


def _linked(entry: _Entry, owners: _Owners) -> _Entry:
    """Write links as canonical ids; a link to the same agency as before stays as it was written."""
    if entry.wanted is None:
        return entry
    links: dict[str, Any] = {}
    for column in LINKS:
        name, before = getattr(entry.after, column), getattr(entry.before, column, None)
        owner = owners.get(name or "")
        if owner is not None:
            links[column] = before if before and owners.get(before) is owner else owner.after.id
    return replace(entry, after=replace(entry.after, **links))


def _dangling(entries: Iterable[_Entry], owners: _Owners, directory: Directory) -> Iterator[Remark]:
    """Find links to nobody: those that a row makes, and those whose alias a row takes away."""
    for entry in entries:
        for column in LINKS:
            name = getattr(entry.after, column)
            if name is None or name in owners:
                continue
            if row := entry.changes(column):
                vi = f"{name}: không có trong bảng, cũng không có trong danh bạ"
                yield _remark(f"{column}-unknown", row, column, vi, f"{name}: neither the sheet nor the directory has it")
            elif (lost := directory.find(name)) and (row := owners[lost.id].changes(Column.ALIASES)):
                vi = f"không bỏ được mã {name}: {entry.after.id} đang dùng ({column})"
                yield _remark(
                    "alias-in-use", row, Column.ALIASES, vi, f"the id {name} cannot go: {entry.after.id} uses it ({column})"
                )


def _odd_dates(entries: Iterable[_Entry]) -> Iterator[Remark]:
    for entry in entries:
        begin, end = entry.after.valid_from, entry.after.valid_to
        row = entry.changes(Column.VALID_FROM, Column.VALID_TO)
        if row and begin and end and end < begin:
            column = Column.VALID_TO if entry.changes(Column.VALID_TO) else Column.VALID_FROM
            vi, en = f"hết hiệu lực {end} trước khi có hiệu lực {begin}", f"it ends on {end} before it begins on {begin}"
            yield _remark("dates-reversed", row, column, vi, en)
        row = entry.changes(Column.SUCCESSOR, Column.VALID_TO)
        if row and entry.after.successor and end is None and Column.VALID_TO not in row.mistaken:
            column = Column.SUCCESSOR if entry.changes(Column.SUCCESSOR) else Column.VALID_TO
            vi = "có cơ quan kế thừa mà không có ngày hết hiệu lực"
            yield _remark("successor-without-end", row, column, vi, "it has a successor, but no day on which it ends")


def _circles(entries: Iterable[_Entry], owners: _Owners, column: Column) -> Iterator[Remark]:
    """Find agencies above, or after, themselves; each circle is told once, at the first row that closes it."""
    walked: set[OrganId] = set()
    for start in entries:
        path: dict[OrganId, _Entry] = {}
        entry: _Entry | None = start if start.changes(column) else None
        while entry is not None and entry.after.id not in walked:
            walked.add(entry.after.id)
            path[entry.after.id] = entry
            entry = owners.get(getattr(entry.after, column) or "")
        if entry is not None and entry.after.id in path:
            members = [*path][[*path].index(entry.after.id) :]
            rows = [row for member in members if (row := path[member].changes(column))]
            circle = " → ".join((*members[:MAX_SHOWN], *(("…",) if len(members) > MAX_SHOWN else ()), members[0]))
            for first in sorted(rows, key=lambda row: row.row)[:1]:
                yield _remark(f"{column}-circle", first, column, f"vòng lặp: {circle}", f"a circle: {circle}")


def _change(entry: _Entry) -> Change | None:
    before, after = entry.before, entry.after
    fields: dict[Column, tuple[Value, Value]] = {}
    for column in FIELDS:
        old, new = getattr(before, column, None) or None, getattr(after, column) or None
        if old != new:
            fields[column] = (old, new)
    if before is not None and not fields:
        return None
    ends = before is not None and before.valid_to is None and after.valid_to is not None
    kind = Kind.ADDED if before is None else Kind.RETIRED if ends else Kind.CHANGED
    row = entry.wanted.row if entry.wanted else None
    return Change(kind=kind, id=after.id, name=after.name, row=row, fields=fields)


def _notes(entry: _Entry, retire_on: date | None) -> Iterator[Remark]:
    after, wanted = entry.after, entry.wanted
    if wanted is not None and wanted.id != after.id:
        vi = f"{wanted.id} và {after.id} là một cơ quan: giữ mã chính {after.id}, {wanted.id} là mã khác"
        en = f"{wanted.id} and {after.id} are one agency: {after.id} stays its canonical id, {wanted.id} is an alias"
        yield _remark("id-kept", wanted, Column.ID, vi, en)
    if entry.before is None and wanted is not None and not (OLD_GRAMMAR.fullmatch(after.id) or NEW_GRAMMAR.fullmatch(after.id)):
        vi = f"{after.id} không theo QCVN 102:2016 hay QĐ 20/2020/QĐ-TTg"
        yield _remark("id-unusual", wanted, Column.ID, vi, f"{after.id} follows neither QCVN 102:2016 nor QĐ 20/2020/QĐ-TTg")
    if wanted is None and retire_on is not None and after.valid_from is not None and after.valid_from > retire_on:
        vi, en = (
            f"{after.id}: chưa có hiệu lực vào {retire_on}, để nguyên",
            f"{after.id}: not yet in force on {retire_on}, left alone",
        )
        yield Remark(code="not-yet-in-force", row=None, column=None, vi=vi, en=en)


def _twice(wanted: Wanted, column: Column, name: str, row: int) -> Remark:
    return _remark("id-twice", wanted, column, f"{name}: cơ quan này đã có ở dòng {row}", f"{name}: row {row} has this agency")


def _remark(code: str, wanted: Wanted, column: Column, vi: str, en: str) -> Remark:
    return Remark(code=code, row=wanted.row, column=column, vi=vi, en=en)
