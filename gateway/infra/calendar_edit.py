"""The calendar's files under edit: a change that was approved is written where people would have written it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import tomlkit
from tomlkit.items import Item, Key, Null, SingleKey

from gateway.core.calendar_changes import CalendarChange, DayChange
from gateway.core.faults import Misconfigured, Rejected
from gateway.core.hours import Closure
from gateway.core.model import VIETNAM
from gateway.infra.calendar_files import HOURS_FILE, load_working_time, read_hours, read_year
from gateway.infra.toml_edit import locked, parsed, replacing, written

_OFF: Final = "off"
_WORKED: Final = "worked"
_NEW_YEAR: Final = """\
# Lịch làm việc của cơ quan nhà nước năm {year}, TẠM TÍNH: chỉ có những ngày đã được duyệt.
# State offices in {year}, PROVISIONAL: the days that were approved, and no others.

status = "tạm tính"
"""
"""Of a year whose days are not announced: one day that is approved does not make it official."""


@contextmanager
def carrying_out(folder: Path, change: CalendarChange) -> Iterator[None]:
    """Write a change when the block ends well; nothing is written where it raises.

    Raises `calendar-changed` where the files are no longer what it was proposed for; Misconfigured where the hub would not take
    what was made, or does not take the folder as it is; OSError where it cannot be written.
    """
    file = folder / (HOURS_FILE if change.closure is not None else f"{change.year}.toml")
    with locked(file):
        there = load_working_time(folder)
        if not change.can(there):
            raise Rejected("calendar-changed", path=file.name)
        document = parsed(file) if file.exists() else tomlkit.parse("" if change.closure else _NEW_YEAR.format(year=change.year))
        _write(document, change)
        with replacing(file, written(document)) as beside:
            made = change.upon(there)
            is_so = (
                read_hours(beside).closures == made.closures
                if change.closure is not None
                else read_year(beside) == made.calendar.years[change.year]
            )
            if not is_so:
                raise Misconfigured("misconfigured", path=file.name, detail=f"{file}: {written(document)}")
            yield


def _write(document: tomlkit.TOMLDocument, change: CalendarChange) -> None:
    for each in change.days:
        for section in (_OFF, _WORKED):
            entry = each.entry
            is_here = entry is not None and entry.off == (section == _OFF)
            _put(document, section, each, each.basis if is_here else None)
    if change.official is not None:
        document["status"] = "chính thức"
    if change.closure is not None:
        document.setdefault("closure", tomlkit.aot()).append(_closure(change.closure))


def _put(document: tomlkit.TOMLDocument, section: str, day: DayChange, basis: str | None) -> None:
    """Make a section anew with a day in its place, by date, or without it; all other lines stay in their order."""
    key, there = day.on.isoformat(), document.get(section)
    if basis is None and (there is None or key not in there):
        return
    body = [] if there is None else there.value.body
    lines: list[tuple[Key | None, Item]] = [
        (name, item) for name, item in body if not isinstance(item, Null) and (name is None or name.key != key)
    ]
    if basis is not None:
        lines.insert(_place(lines, key), (SingleKey(key), tomlkit.item(basis)))
    made = tomlkit.table()
    for name, item in lines:
        if name is None:
            made.add(item)  # type: ignore[call-overload]  # a comment, or an empty line
        else:
            made.add(name, item)
    document[section] = made


def _place(lines: list[tuple[Key | None, Item]], key: str) -> int:
    """Find the place of a day: after the last earlier one, else before the first."""
    named = [(place, name.key) for place, (name, _) in enumerate(lines) if name is not None]
    earlier = [place + 1 for place, name in named if name < key]
    return earlier[-1] if earlier else named[0][0] if named else 0


def _closure(closure: Closure) -> tomlkit.items.Table:
    """Write a closure in Vietnam's time, as the file has it."""
    made = tomlkit.table()
    made.add("begins", closure.begins.astimezone(VIETNAM).replace(tzinfo=None))
    made.add("ends", closure.ends.astimezone(VIETNAM).replace(tzinfo=None))
    made.add("reason", closure.reason)
    if closure.agencies is not None:
        made.add("agencies", sorted(closure.agencies))
    return made
