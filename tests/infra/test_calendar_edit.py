"""The calendar's files under edit: what is approved is written in its place, and nothing else of them changes."""

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from gateway.core.calendar_changes import CalendarChange, DayChange, entry_of
from gateway.core.faults import Misconfigured, Rejected
from gateway.core.hours import Closure
from gateway.core.model import VIETNAM, OrganId
from gateway.infra.calendar_edit import carrying_out
from gateway.infra.calendar_files import load_working_time, shipped_calendar

SWAP = CalendarChange(
    days=(
        DayChange(on=date(2026, 6, 12), off=True, basis='Hoán đổi "sang" 13/6 (7/TB-UBND)'),
        DayChange(on=date(2026, 6, 13), off=False, basis="Làm thay ngày 12/6 (7/TB-UBND)"),
    )
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped_calendar(), tmp_path / "calendar"))


def carry_out(folder: Path, change: CalendarChange) -> None:
    with carrying_out(folder, change):
        pass


def lines(folder: Path, file: str = "2026.toml") -> list[str]:
    return (folder / file).read_text("utf-8").splitlines()


def test_days_are_added_by_date_and_every_other_line_stays(folder: Path) -> None:
    before = lines(folder)
    carry_out(folder, SWAP)
    added = [each for each in lines(folder) if each not in before]
    assert added == [
        '2026-06-12 = "Hoán đổi \\"sang\\" 13/6 (7/TB-UBND)"',
        '2026-06-13 = "Làm thay ngày 12/6 (7/TB-UBND)"',
    ]
    assert [each for each in lines(folder) if each in before] == before
    assert lines(folder)[lines(folder).index(added[0]) - 1].startswith("2026-05-01")


def test_what_is_written_is_what_the_hub_reads(folder: Path) -> None:
    there = load_working_time(folder)
    carry_out(folder, SWAP)
    assert load_working_time(folder) == SWAP.upon(there)


def test_a_comment_stays_above_its_day(folder: Path) -> None:
    (folder / "2030.toml").write_text('[off]\n# đầu\n2030-01-01 = "Tết"\n\n# sau\n2030-09-02 = "Quốc khánh" # lễ\n# cuối\n')
    carry_out(folder, CalendarChange(days=(DayChange(on=date(2030, 3, 1), off=True, basis="x"),)))
    assert (folder / "2030.toml").read_text() == (
        '[off]\n# đầu\n2030-01-01 = "Tết"\n2030-03-01 = "x"\n\n# sau\n2030-09-02 = "Quốc khánh" # lễ\n# cuối\n'
    )


def test_a_day_that_is_as_usual_again_is_taken_out(folder: Path) -> None:
    there = load_working_time(folder).calendar
    new_year = DayChange(on=date(2026, 1, 2), off=False, was=entry_of(there, date(2026, 1, 2)))
    carry_out(folder, CalendarChange(days=(new_year,)))
    assert load_working_time(folder).calendar.is_working_day(date(2026, 1, 2))
    assert not any(each.startswith("2026-01-02") for each in lines(folder))


def test_a_year_is_made_official_in_its_place(folder: Path) -> None:
    before = lines(folder, "2027.toml")
    carry_out(folder, CalendarChange(official=2027))
    assert lines(folder, "2027.toml") == ['status = "chính thức"' if each.startswith("status") else each for each in before]


def test_a_year_without_a_file_gets_one_that_says_that_it_is_provisional(folder: Path) -> None:
    carry_out(folder, CalendarChange(days=(DayChange(on=date(2031, 1, 1), off=True, basis="Tết"),)))
    made = load_working_time(folder).calendar
    assert made.is_provisional(2031) and not made.is_working_day(date(2031, 1, 1))


@pytest.mark.parametrize("agencies", [None, frozenset({OrganId("H56.40.02"), OrganId("H56.01.07")})])
def test_a_closure_is_added_below_all_that_is_there(folder: Path, agencies: frozenset[OrganId] | None) -> None:
    before = lines(folder, "hours.toml")
    begins, ends = datetime(2026, 9, 10, 11, 30, tzinfo=VIETNAM), datetime(2026, 9, 12, tzinfo=VIETNAM)
    storm = Closure(begins=begins, ends=ends, reason="Bão số 5", agencies=agencies)
    for each in (storm, Closure(begins=ends, ends=ends.replace(hour=12), reason="dọn dẹp")):
        carry_out(folder, CalendarChange(closure=each))
    assert lines(folder, "hours.toml")[: len(before)] == before
    assert "begins = 2026-09-10T11:30:00" in lines(folder, "hours.toml")
    assert load_working_time(folder).closures[0] == storm


def test_what_was_changed_meanwhile_is_left_as_it_is(folder: Path) -> None:
    carry_out(folder, SWAP)
    before = lines(folder)
    with pytest.raises(Rejected, match="calendar-changed"):
        carry_out(folder, SWAP)
    assert lines(folder) == before


def test_a_folder_that_the_hub_does_not_take_is_left_as_it_is(folder: Path) -> None:
    (folder / "2027.toml").write_text("off = 3\n")
    before = lines(folder)
    with pytest.raises(Misconfigured):
        carry_out(folder, SWAP)
    assert lines(folder) == before


def test_nothing_is_written_when_it_is_not_decided(folder: Path) -> None:
    before = lines(folder)
    with pytest.raises(Rejected, match="proposal-decided"), carrying_out(folder, SWAP):
        raise Rejected("proposal-decided")
    assert (lines(folder), list(folder.glob("*.new"))) == (before, [])
