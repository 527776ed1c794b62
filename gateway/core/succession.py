"""Which agencies may end on a day, and which may take their place: dissolutions and mergers, judged before they are written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from gateway.core.directory import Agency, Directory
from gateway.core.faults import Rejected
from gateway.core.model import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Agencies that end on a day (they are in force until the day before), and who takes their place from it; None: nobody."""

    agencies: tuple[Agency, ...]
    successor: Agency | None
    day: date


def end(directory: Directory, organs: Sequence[str], successor: str | None, day: date, today: date) -> Ending:
    """Judge that agencies, named by any of their ids, end on a day in favour of another.

    Raises Rejected with every reason: `entry-unknown`, `agency-ended`, `successor-unfit`, `malformed-request`.
    """
    problems = [_unknown(name) for name in (*organs, *([successor] if successor else [])) if directory.find(name) is None]
    found = {each.id: each for name in organs if (each := directory.find(name))}
    heir = directory.find(successor) if successor else None
    if not organs:
        problems.append(_problem("malformed-request", "Chưa nêu đơn vị nào.", "No agency was named."))
    for agency in found.values():
        problems += _obstacles(agency, day, today)
    if heir is not None:
        problems += _unfitness(heir, found.values(), directory, day)
    if problems:
        first = problems[0]
        raise Rejected(first.code, path=first.path, detail=first.vi, detail_en=first.en, problems=problems)
    return Ending(agencies=tuple(found.values()), successor=heir, day=day)


def predecessors(directory: Directory, successor: Agency) -> tuple[Agency, ...]:
    """Give the agencies whose place one takes, the latest ended first."""
    found = [each for each in directory if each.successor and directory.find(each.successor) is successor]
    return tuple(sorted(found, key=lambda each: (each.valid_to or date.max, each.id), reverse=True))


def _obstacles(agency: Agency, day: date, today: date) -> Iterable[Problem]:
    who = f"{agency.name} ({agency.id})"
    if agency.valid_to is not None and agency.valid_to <= today:
        ended = f"{agency.valid_to:%d/%m/%Y}"
        yield _problem("agency-ended", f"{who}: đã hết hiệu lực từ {ended}.", f"{who}: not in force since {ended}.")
    if agency.valid_from is not None and day < agency.valid_from:
        begins = f"{agency.valid_from:%d/%m/%Y}"
        vi, en = f"{who}: chỉ có hiệu lực từ {begins}.", f"{who}: in force from {begins} only."
        yield Problem(code="malformed-request", path="on", vi=vi, en=en)


def _unfitness(heir: Agency, ending: Iterable[Agency], directory: Directory, day: date) -> Iterable[Problem]:
    """Tell why an agency cannot take the place of others: it ends with them, before them, or begins later."""
    who, after = f"{heir.name} ({heir.id})", _line(heir, directory)
    for agency in ending:
        if agency.id == heir.id:
            yield _unfit(f"{who} không thể kế tục chính mình.", f"{who} cannot succeed itself.")
        elif agency.id in after:
            vi, en = f"{agency.name} ({agency.id}) đã được ghi kế tục {who}", f"{agency.name} ({agency.id}) is to succeed {who}"
            yield _unfit(f"{vi}: thành vòng lặp.", f"{en}: that would be a circle.")
    if not heir.in_force(day):
        on = f"{day:%d/%m/%Y}"
        yield _unfit(f"{who} không có hiệu lực vào ngày {on}.", f"{who} is not in force on {on}.")


def _line(agency: Agency, directory: Directory) -> set[str]:
    """Give the ids of all that come after an agency."""
    seen: set[str] = set()
    each = directory.find(agency.successor) if agency.successor else None
    while each is not None and each.id not in seen:
        seen.add(each.id)
        each = directory.find(each.successor) if each.successor else None
    return seen


def _unfit(vi: str, en: str) -> Problem:
    return Problem(code="successor-unfit", path="successor", vi=vi, en=en)


def _unknown(name: str) -> Problem:
    return _problem("entry-unknown", f"{name}: không có trong danh bạ.", f"{name}: not in the directory.")


def _problem(code: str, vi: str, en: str) -> Problem:
    return Problem(code=code, path="organ", vi=vi, en=en)
