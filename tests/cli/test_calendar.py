"""`lienthong calendar`: what is due when, for people and for scripts."""

import asyncio
import io
import json
import sys
from datetime import datetime
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.core.model import VIETNAM
from gateway.core.timekeeping import Timekeeping
from gateway.infra.calendar_files import load_working_time, shipped_calendar
from gateway.infra.deadlines import SqlDeadlines
from gateway.infra.ledger import SqlLedger
from gateway.infra.opening import open_executor
from gateway.wiring import LEDGER_FILE
from tests.cli.conftest import Lienthong
from tests.contracts.entries import entry

QUESTIONS = [
    ({"id": 1, "op": "intake", "start": "2026-11-20T16:30:00+07:00"}, "2026-11-23T09:00:00+07:00"),
    ({"id": "a", "op": "add_working", "start": "2026-11-23T02:00:00+00:00", "minutes": 150}, "2026-11-23T11:30:00+07:00"),
    ({"id": 3, "op": "next_opening", "start": "2026-11-21T08:00:00"}, "2026-11-23T07:30:00+07:00"),
    ({"id": 4, "op": "end_of_working_day", "start": "2026-11-23T12:00:00+07:00"}, "2026-11-23T17:00:00+07:00"),
    ({"id": 5, "op": "next_working_morning_end", "start": "2026-01-09T15:00:00+07:00"}, "2026-01-10T11:30:00+07:00"),
    ({"id": 6, "op": "intake_urgent", "start": "2026-11-23T08:00:00+07:00"}, "2026-11-23T08:30:00+07:00"),
    ({"id": 7, "op": "assignment", "start": "2026-11-23T07:00:00+07:00"}, "2026-11-23T17:00:00+07:00"),
    ({"id": 8, "op": "issue", "start": "2026-11-23"}, "2026-11-24T11:30:00+07:00"),
    ({"id": 9, "op": "receipt_notice", "start": "2026-11-23T08:00:00+07:00"}, "2026-11-23T23:59:59+07:00"),
    ({"id": 10, "op": "response", "start": "2026-11-28"}, "2026-11-30T17:00:00+07:00"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without settings: what ships with the project holds."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("given_by", ["file", "-"])
def test_questions_are_answered_line_by_line(
    folder: Path, lienthong: Lienthong, monkeypatch: pytest.MonkeyPatch, given_by: str
) -> None:
    text = "".join(f"{json.dumps(asked)}\n" for asked, _ in QUESTIONS)
    if given_by == "file":
        (folder / "file").write_text(text)
    else:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    ran = lienthong("calendar", "due", "--batch", given_by)
    assert ran.code == 0
    assert [json.loads(line) for line in ran.out.splitlines()] == [{"id": asked["id"], "due": due} for asked, due in QUESTIONS]


@pytest.mark.parametrize(
    "line",
    [
        "nothing",
        "[]",
        '{"id": 7}',
        '{"id": 7, "op": "never", "start": "2026-11-23"}',
        '{"id": 7, "op": "add_working", "start": "2026-11-23"}',
    ],
)
def test_a_question_that_is_none_is_answered_with_its_error_and_keeps_no_other(
    folder: Path, lienthong: Lienthong, line: str
) -> None:
    (folder / "file").write_text(f"{line}\n{json.dumps(QUESTIONS[0][0])}\n")
    wrong, right = map(json.loads, lienthong("calendar", "due", "--batch", "file").out.splitlines())
    assert "error" in wrong
    assert right["due"] == QUESTIONS[0][1]


def test_one_question_is_answered_for_a_person(lienthong: Lienthong) -> None:
    assert "thứ Hai 23/11/2026 09:00:00" in lienthong("calendar", "due", "intake", "2026-11-20T16:30").out


def test_an_answer_that_rests_on_an_unknown_year_says_so(lienthong: Lienthong) -> None:
    assert lienthong("calendar", "due", "issue", "2031-11-20", "--json").json["provisional"]


def test_a_year_shows_its_days_with_their_basis(lienthong: Lienthong) -> None:
    shown = lienthong("calendar", "show", "2026", "--json").json
    assert {"date": "2026-01-10", "kind": "worked", "basis": "Làm thay ngày 02/01 (12729/VPCP-KGVX)"} in shown["days"]
    assert lienthong("calendar", "show", "1999").code == 1


def test_the_shipped_calendar_contradicts_itself_nowhere(lienthong: Lienthong) -> None:
    assert lienthong("calendar", "check").code == 0


@pytest.mark.parametrize(
    ("days", "named"),
    [
        ('[off]\n2026-11-22 = "x"', "22/11/2026"),
        ('[worked]\n2026-11-23 = "x"', "23/11/2026"),
        ('[off]\n2027-11-22 = "x"', "22/11/2027"),
        ('[off]\n2026-11-23 = "x"\n[worked]\n2026-11-23 = "x"', "23/11/2026"),
    ],
)
def test_a_day_that_contradicts_itself_is_named(home: Path, lienthong: Lienthong, days: str, named: str) -> None:
    years = home / "lich"
    years.mkdir()
    (years / "2026.toml").write_text(days, "utf-8")
    config = home / "gateway.toml"
    with config.open("a") as settings:
        settings.write('\n[directory]\ncalendar = "lich"\n')
    ran = lienthong("calendar", "check", "--config", config)
    assert ran.code == 1
    assert named in ran.err


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[[hours]]\nsessions = ["7h-11h"]', "sessions"),
        ('[[hours]]\nsessions = ["13:30-17:00", "07:30-11:30"]', "sessions"),
        ("[[closure]]\nbegins = 2026-09-10T11:30:00", "ends"),
        ("night = true", "night"),
    ],
)
def test_a_mistake_in_the_hours_is_named(home: Path, lienthong: Lienthong, text: str, named: str) -> None:
    years = home / "lich"
    years.mkdir()
    (years / "hours.toml").write_text(text, "utf-8")
    config = home / "gateway.toml"
    with config.open("a") as settings:
        settings.write('\n[directory]\ncalendar = "lich"\n')
    ran = lienthong("calendar", "check", "--config", config)
    assert ran.code == 1
    assert "hours.toml" in ran.err and named in ran.err


def test_the_effect_of_a_new_calendar_on_what_is_open_is_seen_before(home: Path, lienthong: Lienthong) -> None:
    config = home / "gateway.toml"
    lienthong("migrate", "--config", config)
    settings = Settings.load(config)
    database = settings.path(settings.storage.data) / LEDGER_FILE

    async def owe() -> None:
        executor = open_executor(database)
        await SqlLedger(executor).accept(entry(1, accepted_at=datetime.now(VIETNAM)))
        await SqlDeadlines(executor).keep(Timekeeping(working_time=load_working_time(shipped_calendar())), limit=100)
        await executor.close()

    asyncio.run(owe())
    assert lienthong("calendar", "effect", "--config", config, "--json").json == []
    years = home / "lich"
    years.mkdir()
    (years / "hours.toml").write_text('[[hours]]\nsessions = ["08:00-11:00", "14:00-18:00"]\n', "utf-8")
    with config.open("a") as file:
        file.write('\n[directory]\ncalendar = "lich"\n')
    moved = lienthong("calendar", "effect", "--config", config, "--json").json
    assert {each["rule"] for each in moved} == {"collection", "response"}
