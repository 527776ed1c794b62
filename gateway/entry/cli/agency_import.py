"""`lienthong agency import` and `export`: the directory as a sheet, with a preview of what changes, all of it or nothing."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from gateway.config import Settings
from gateway.core.directory_delta import Change, Delta, Kind, compare
from gateway.core.directory_rows import HEADINGS, Column, Remark, Value, understand
from gateway.entry.cli.output import Outcome, Row
from gateway.infra.agencies_file import AGENCY, DirectoryDraft, editing, read, revise
from gateway.infra.clock import SystemClock
from gateway.infra.directory_sheet import read_sheet, write_sheet

_KINDS = {Kind.ADDED: "thêm · added", Kind.CHANGED: "sửa · changed", Kind.RETIRED: "kết thúc · retired"}
_PROBLEM, _NOTE = "✗ lỗi · problem", "lưu ý · note"


def take(settings: Settings, file: Path, *, sheet: str | None, apply: bool, retire_on: date | None) -> Outcome:
    """Compare a sheet with the directory, and make it so where `apply` says so and nothing is wrong.

    Agencies that the sheet does not name stay as they are, or end on `retire_on`. Raises `sheet-unreadable`.
    """
    agencies, given = settings.path(settings.directory.agencies), read_sheet(file, sheet)
    wanted = understand(given.rows)
    if not apply:
        return _told(compare(wanted, read(agencies).directory(agencies), retire_on), given.ignored, applied=False)
    with editing(agencies) as draft:
        delta = compare(wanted, draft.directory(agencies), retire_on)
        if not delta.problems:
            _make_so(draft, delta.changes, SystemClock().now().date())
    return _told(delta, given.ignored, applied=not delta.problems)


def give(settings: Settings, file: Path) -> Outcome:
    """Write the directory as a sheet."""
    agencies = settings.path(settings.directory.agencies)
    directory = read(agencies).directory(agencies)
    write_sheet(file, directory)
    count = len(directory.agencies)
    return Outcome(
        data={"file": str(file), "agencies": count}, vi=f"✓ Đã ghi {count} cơ quan: {file}", en=f"Wrote {count} agencies."
    )


def _make_so(draft: DirectoryDraft, changes: Iterable[Change], today: date) -> None:
    for change in changes:
        fields = {str(column): _stored(new) for column, (_, new) in change.fields.items()} | {"updated_on": today}
        if change.kind is Kind.ADDED:
            draft.add(AGENCY, {"id": change.id, **fields})
        else:
            revise(draft.get(AGENCY, change.id), fields)


def _stored(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


def _told(delta: Delta, ignored: tuple[str, ...], *, applied: bool) -> Outcome:
    counts = {str(kind): delta.count(kind) for kind in Kind} | {"unchanged": delta.unchanged, "unnamed": delta.unnamed}
    data = {
        "applied": applied,
        **counts,
        "changes": [_change_data(change) for change in delta.changes],
        "problems": [_remark_data(each) for each in delta.problems],
        "notes": [_remark_data(each) for each in delta.notes],
        "ignored": list(ignored),
    }
    rows = [*map(_change_row, delta.changes), *(_remark_row(each, _NOTE) for each in delta.notes)]
    rows += [_remark_row(each, _PROBLEM) for each in delta.problems]
    vi, en = _summary(delta, applied=applied)
    if ignored:
        vi, en = f"{vi} Bỏ qua cột: {', '.join(ignored)}.", f"{en} Columns left out: {', '.join(ignored)}."
    return Outcome(data=data, rows=rows, vi=vi, en=en, failed=bool(delta.problems))


def _summary(delta: Delta, *, applied: bool) -> tuple[str, str]:
    if delta.problems:
        return f"✗ {len(delta.problems)} lỗi; chưa ghi gì.", f"{len(delta.problems)} problems; nothing was written."
    added, changed, retired = (delta.count(kind) for kind in (Kind.ADDED, Kind.CHANGED, Kind.RETIRED))
    vi = f"thêm {added}, sửa {changed}, kết thúc {retired}, giữ nguyên {delta.unchanged}, không nêu {delta.unnamed}."
    en = f"{added} added, {changed} changed, {retired} retired, {delta.unchanged} unchanged, {delta.unnamed} not named."
    if applied:
        return f"✓ Đã ghi: {vi}", f"Written: {en}"
    return f"Xem trước: {vi} Thêm --apply để ghi.", f"Preview: {en} Add --apply to write it."


def _change_row(change: Change) -> Row:
    shown = "; ".join(
        f"{HEADINGS[column].partition(' · ')[0]}: {_shown(old)} → {_shown(new)}" for column, (old, new) in change.fields.items()
    )
    return {"Dòng · Row": change.row, "Việc · What": _KINDS[change.kind], "Mã · Id": change.id, "Chi tiết · Details": shown}


def _remark_row(remark: Remark, what: str) -> Row:
    place = f"{_heading(remark.column)}: " if remark.column else ""
    return {
        "Dòng · Row": remark.row,
        "Việc · What": what,
        "Mã · Id": "",
        "Chi tiết · Details": f"{place}{remark.vi} · {remark.en}",
    }


def _change_data(change: Change) -> dict[str, object]:
    fields = {str(column): {"old": _stored(old), "new": _stored(new)} for column, (old, new) in change.fields.items()}
    return {"kind": change.kind, "id": change.id, "name": change.name, "row": change.row, "fields": fields}


def _remark_data(remark: Remark) -> dict[str, object]:
    return {"code": remark.code, "row": remark.row, "column": remark.column, "vi": remark.vi, "en": remark.en}


def _heading(column: Column) -> str:
    return HEADINGS[column].partition(" · ")[0]


def _shown(value: Value) -> str:
    return "; ".join(value) if isinstance(value, tuple) else "(trống)" if value is None else str(value)
