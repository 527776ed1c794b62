"""`lienthong agency import` and `export`: a sheet is shown before it is taken, and taken whole or not at all."""

import csv
import time
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.cli.conftest import Lienthong

HEAD = (
    "Mã định danh",
    "Tên cơ quan",
    "Mã cũ",
    "Cơ quan cấp trên",
    "Hiệu lực từ",
    "Hiệu lực đến",
    "Cơ quan kế thừa",
    "Lý do khóa",
    "Email cơ quan",
    "Email lãnh đạo",
)
PROVINCE, DEPARTMENT, COMMUNE = "000.00.00.H56", "000.00.15.H56", "H56.40.02"


def sheet(folder: Path, *rows: tuple[Any, ...], head: tuple[str, ...] = HEAD, name: str = "danh-ba.csv") -> Path:
    file = folder / name
    if file.suffix == ".xlsx":
        book = Workbook()
        assert book.active is not None
        for row in (head, *rows):
            book.active.append(row)
        book.save(file)
        return file
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        csv.writer(opened, delimiter=";").writerows((head, *rows))
    return file


def directory(home: Path) -> dict[str, dict[str, Any]]:
    read = tomllib.loads((home / "agencies.toml").read_text("utf-8"))
    return {each["id"]: each for each in read["agency"]}


def test_a_preview_says_what_would_change_and_writes_nothing(home: Path, tmp_path: Path, lienthong: Lienthong) -> None:
    before = (home / "agencies.toml").read_bytes()
    file = sheet(tmp_path, ("H56.40.09", "UBND xã Mới (mẫu)", "", PROVINCE, "01/07/2025"), (COMMUNE, "UBND xã B, đổi tên"))
    ran = lienthong("agency", "import", file)
    assert ran.code == 0 and "Xem trước: thêm 1, sửa 1" in ran.out and "UBND xã B, đổi tên" in ran.out
    assert (home / "agencies.toml").read_bytes() == before


@pytest.mark.parametrize("name", ["danh-ba.csv", "danh-ba.xlsx"])
def test_what_is_applied_is_in_the_directory_and_applying_it_again_changes_nothing(
    home: Path, tmp_path: Path, lienthong: Lienthong, name: str
) -> None:
    day: Any = datetime(2025, 7, 1) if name.endswith("xlsx") else "2025-07-01"  # noqa: DTZ001  as Excel keeps days
    file = sheet(tmp_path, ("H56.40.09", "UBND xã Mới (mẫu)", "000.09.40.H56", PROVINCE, day), name=name)
    assert lienthong("agency", "import", file, "--apply").code == 0
    added = directory(home)["H56.40.09"]
    assert (added["aliases"], added["parent"], added["valid_from"]) == (["000.09.40.H56"], PROVINCE, date(2025, 7, 1))
    written = (home / "agencies.toml").read_bytes()
    assert lienthong("agency", "import", file, "--apply", "--json").json["unchanged"] == 1
    assert (home / "agencies.toml").read_bytes() == written
    assert lienthong("check").code == 0


def test_the_merger_ends_an_agency_with_its_successor(home: Path, tmp_path: Path, lienthong: Lienthong) -> None:
    file = sheet(tmp_path, (COMMUNE, "UBND xã B (mẫu)", "", "", "", "2025-07-01", DEPARTMENT))
    assert lienthong("agency", "import", file, "--apply", "--json").json["retired"] == 1
    ended = directory(home)[COMMUNE]
    assert (ended["valid_to"], ended["successor"]) == (date(2025, 7, 1), DEPARTMENT)


def test_what_the_sheet_does_not_name_stays_or_ends_on_the_day_that_is_said(
    home: Path, tmp_path: Path, lienthong: Lienthong
) -> None:
    file = sheet(tmp_path, (PROVINCE, "UBND tỉnh (mẫu)"), head=HEAD[:2])
    assert lienthong("agency", "import", file, "--json").json["unnamed"] == 2
    lienthong("agency", "import", file, "--apply", "--retire-missing", "--on", "2026-12-31")
    assert {organ: each.get("valid_to") for organ, each in directory(home).items()} == {
        PROVINCE: None,
        DEPARTMENT: date(2026, 12, 31),
        COMMUNE: date(2026, 12, 31),
    }


def test_retiring_needs_a_day(home: Path, tmp_path: Path, lienthong: Lienthong) -> None:
    file = sheet(tmp_path, (PROVINCE, "UBND tỉnh (mẫu)"))
    assert lienthong("agency", "import", file, "--retire-missing").code == 2


def test_a_column_that_the_sheet_lacks_and_the_trust_of_an_agency_are_left_alone(
    home: Path, tmp_path: Path, lienthong: Lienthong
) -> None:
    lienthong("agency", "set", COMMUNE, "--trust", "channel")
    lienthong("agency", "lock", COMMUNE, "--reason", "đối soát")
    lienthong("agency", "import", sheet(tmp_path, (COMMUNE, "Tên mới"), head=HEAD[:2]), "--apply")
    changed = directory(home)[COMMUNE]
    assert (changed["name"], changed["locked"], changed["trust"]) == ("Tên mới", "đối soát", "channel")


def test_an_empty_cell_takes_the_value_out(home: Path, tmp_path: Path, lienthong: Lienthong) -> None:
    lienthong("agency", "lock", COMMUNE, "--reason", "đối soát")
    lienthong("agency", "import", sheet(tmp_path, (COMMUNE, "UBND xã B (mẫu)", "", "", "", "", "", "")), "--apply")
    assert "locked" not in directory(home)[COMMUNE]


def test_addresses_that_letters_go_to_are_taken_and_exported(home: Path, tmp_path: Path, lienthong: Lienthong) -> None:
    emails = ("vanthu@b.example", "chutich@b.example")
    lienthong("agency", "import", sheet(tmp_path, (COMMUNE, "UBND xã B (mẫu)", *([""] * 6), *emails)), "--apply")
    taken = directory(home)[COMMUNE]
    assert (taken["email"], taken["leader_email"]) == emails
    lienthong("agency", "export", tmp_path / "xuat.csv")
    rows = list(csv.DictReader((tmp_path / "xuat.csv").read_text("utf-8-sig").splitlines()))
    found = [(row["Thư điện tử · E-mail"], row["Thư của lãnh đạo · Leader's e-mail"]) for row in rows]
    assert sorted(found) == [("", ""), ("", ""), emails]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (("", "Không mã"), "cell-missing", "id"),
        (("H56.1", ""), "cell-missing", "name"),
        (("H56/1", "Sai mã"), "id-grammar", "id"),
        (("H56.1", "A", "", "H56.9.9"), "parent-unknown", "parent"),
        (("H56.1", "A", "", "", "30/02/2026"), "date-impossible", "valid_from"),
        (("H56.1", "A", "", "", "2026-01-02", "2026-01-01"), "dates-reversed", "valid_to"),
        (("H56.1", "A", "", "", "", "", PROVINCE), "successor-without-end", "successor"),
        (("H56.1", "A", PROVINCE + ";" + DEPARTMENT), None, "aliases"),
        (("H56.1", "A", "", "H56.1"), "parent-circle", "parent"),
        (("H56.1", "A", *([""] * 6), "a@x.example; b@x.example"), "address-impossible", "email"),
        (("H56.1", "A", *([""] * 7), "Chủ tịch"), "address-impossible", "leader_email"),
        (("H56.1", "A", "", "", "", "2026-01-01", "H56.1"), "successor-circle", "successor"),
    ],
)
def test_a_mistake_is_named_with_its_row_and_column_and_nothing_is_written(
    home: Path, tmp_path: Path, lienthong: Lienthong, row: tuple[str, ...], code: str | None, column: str
) -> None:
    before = (home / "agencies.toml").read_bytes()
    file = sheet(tmp_path, ("H56.77", "Đúng cả"), row)
    ran = lienthong("agency", "import", file, "--apply", "--json")
    assert ran.code == 1 and (home / "agencies.toml").read_bytes() == before
    told = {(each["code"] if code else None, each["row"], each["column"]) for each in ran.json["problems"]}
    assert (code, 3, column) in told


def test_an_export_taken_again_changes_nothing(home: Path, tmp_path: Path, lienthong: Lienthong) -> None:
    for name in ("xuat.csv", "xuat.xlsx"):
        assert lienthong("agency", "export", tmp_path / name).code == 0
        taken = lienthong("agency", "import", tmp_path / name, "--json").json
        assert (taken["added"], taken["changed"], taken["retired"], taken["unchanged"]) == (0, 0, 0, 3)
        assert taken["problems"] == []


def test_a_cell_that_looks_like_a_formula_is_exported_as_text(home: Path, tmp_path: Path, lienthong: Lienthong) -> None:
    lienthong("agency", "set", COMMUNE, "--name", '=HYPERLINK("x")')
    lienthong("agency", "export", tmp_path / "xuat.xlsx")
    book = load_workbook(tmp_path / "xuat.xlsx")
    assert book.active is not None
    assert not [cell for row in book.active.iter_rows() for cell in row if cell.data_type == "f"]
    assert lienthong("agency", "import", tmp_path / "xuat.xlsx", "--json").json["unchanged"] == 3


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old", "Tên\nx".encode("utf-16")])
def test_a_file_that_is_no_sheet_is_refused(home: Path, tmp_path: Path, lienthong: Lienthong, content: bytes) -> None:
    file = tmp_path / "danh-ba.xlsx"
    file.write_bytes(content)
    ran = lienthong("agency", "import", file)
    assert ran.code == 1 and "sheet-unreadable" in ran.err


def test_a_thousand_agencies_are_taken_in_time(home: Path, tmp_path: Path, lienthong: Lienthong) -> None:
    rows = [(f"H56.{number:04}", f"Cơ quan {number} (mẫu)", "", PROVINCE) for number in range(1000)]
    started = time.monotonic()
    assert lienthong("agency", "import", sheet(tmp_path, *rows), "--apply", "--json").json["added"] == 1000
    assert time.monotonic() - started < 30
