"""`lienthong calendar seed`: what it proposes is what was decided, but for what only a decision can say."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from gateway.infra.calendar_files import shipped_calendar
from tests.cli.conftest import Lienthong

DECIDED: dict[int, tuple[set[str], set[str]]] = {
    2024: (set(), set()),
    2025: (set(), set()),
    2026: ({"2026-01-02"}, {"2026-01-10"}),
}
"""Of each year the days off and worked that no seed knows: the swap of 2/1/2026 was decided late (12729/VPCP-KGVX)."""


def days(text: str) -> tuple[dict[str, str], dict[str, str]]:
    read: dict[str, Any] = tomllib.loads(text)
    return read["off"], read["worked"]


@pytest.mark.parametrize("year", DECIDED)
def test_a_seed_has_every_day_off_that_was_decided_but_a_late_swap(lienthong: Lienthong, year: int) -> None:
    off, _ = days(lienthong("calendar", "seed", year).out)
    official, _ = days((shipped_calendar() / f"{year}.toml").read_text("utf-8"))
    assert official.keys() - off.keys() == DECIDED[year][0]


@pytest.mark.parametrize("year", DECIDED)
def test_a_seed_has_no_day_off_that_was_not_decided(lienthong: Lienthong, year: int) -> None:
    off, _ = days(lienthong("calendar", "seed", year).out)
    official, _ = days((shipped_calendar() / f"{year}.toml").read_text("utf-8"))
    assert off.keys() - official.keys() == set()


@pytest.mark.parametrize("year", DECIDED)
def test_a_seed_has_the_working_saturdays_that_the_library_knows(lienthong: Lienthong, year: int) -> None:
    _, worked = days(lienthong("calendar", "seed", year).out)
    _, official = days((shipped_calendar() / f"{year}.toml").read_text("utf-8"))
    assert (official.keys() - worked.keys(), worked.keys() - official.keys()) == (DECIDED[year][1], set())


def test_a_day_that_the_labour_code_does_not_know_is_left_to_decide(lienthong: Lienthong) -> None:
    seed = lienthong("calendar", "seed", 2026).out
    assert '# 2026-11-24 = "Ngày Văn hóa Việt Nam (không có trong BLLĐ 2019 Đ112: cần căn cứ)"' in seed.splitlines()


def test_each_day_has_its_basis_or_asks_for_it(lienthong: Lienthong) -> None:
    off, worked = days(lienthong("calendar", "seed", 2026).out)
    assert off["2026-04-27"] == "Ngày Giỗ Tổ Hùng Vương (nghỉ bù, BLLĐ 2019 Đ111.3)"
    assert off["2026-08-31"] == "Nghỉ thay cho ngày 22/08/2026 (hoán đổi: điền số văn bản)"
    assert worked["2026-08-22"] == "Làm bù (điền ngày nghỉ thay và số văn bản)"


@pytest.mark.parametrize("year", [2021, 2028, 2099])
def test_a_seed_is_a_calendar_that_says_it_is_provisional(home: Path, lienthong: Lienthong, year: int) -> None:
    (home / "lich").mkdir()
    config = home / "gateway.toml"
    with config.open("a") as settings:
        settings.write('\n[directory]\ncalendar = "lich"\n')
    assert lienthong("calendar", "seed", year, "--output", home / "lich" / f"{year}.toml").code == 0
    assert lienthong("calendar", "check", "--config", config).code == 0
    assert lienthong("calendar", "show", year, "--config", config, "--json").json["provisional"]


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path, lienthong: Lienthong) -> None:
    file = tmp_path / "2028.toml"
    file.write_text("của người khác", "utf-8")
    ran = lienthong("calendar", "seed", 2028, "--output", file)
    assert (ran.code, file.read_text("utf-8")) == (1, "của người khác")
    assert str(file) in ran.err


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, lienthong: Lienthong) -> None:
    ran = lienthong("calendar", "seed", 2028, "--output", tmp_path / "không có" / "2028.toml")
    assert ran.code == 1
    assert "2028.toml" in ran.err


def test_without_the_library_it_says_what_to_install(lienthong: Lienthong, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install 'lienthong[calendar]'" in lienthong("calendar", "seed", 2028).err
