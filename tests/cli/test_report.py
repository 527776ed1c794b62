"""`lienthong report registers|ontime|overdue`: on the screen, as JSON, and drawn into files."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from gateway.core.model import OrganId
from gateway.infra.ledger import SqlLedger
from tests.cli.conftest import Lienthong
from tests.contracts.entries import NOW, OTHER, SENDER, SYSTEM, entry, seal

MADE = entry(15, to=(OTHER,), type_name="Công văn")


@pytest.fixture
def ledger(home: Path) -> None:
    """A document that arrived, and was then left alone."""

    async def fill() -> None:
        ledger = SqlLedger.open(home / "data" / "ledger.sqlite3")
        await ledger.accept(MADE)
        lease = await ledger.lease(SYSTEM, {OrganId(OTHER)}, limit=9, until=NOW + timedelta(hours=1), now=NOW)
        assert lease is not None
        await ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)
        await ledger.close()

    asyncio.run(fill())


@pytest.mark.usefixtures("ledger")
def test_a_register_is_read_on_the_screen_and_by_machines(lienthong: Lienthong) -> None:
    asked = ("report", "registers", "--agency", OTHER, "--year", "2026")
    assert "15/UBND-VP" in lienthong(*asked).out
    (line,) = lienthong(*asked, "--json").json["items"]
    assert (line["arrival_number"], line["document"]) == (1, MADE.document.id)
    (line,) = lienthong("report", "registers", "--agency", SENDER, "--month", "2026-11", "--kind", "out", "--json").json["items"]
    assert line["type_name"] == "Công văn"


@pytest.mark.usefixtures("ledger")
def test_a_register_is_drawn_by_the_name_of_its_file(lienthong: Lienthong, tmp_path: Path) -> None:
    asked = ("report", "registers", "--agency", OTHER, "--year", "2026", "-o")
    assert lienthong(*asked, tmp_path / "so.xlsx").code == 0
    assert load_workbook(tmp_path / "so.xlsx").sheetnames == ["Sổ văn bản đến"]
    assert lienthong(*asked, tmp_path / "so.pdf").code == 0
    assert "15/UBND-VP" in PdfReader(tmp_path / "so.pdf").pages[0].extract_text()


@pytest.mark.parametrize("name", ["so.docx", "so"])
def test_a_file_of_another_kind_is_refused_before_anything_is_written(
    home: Path, lienthong: Lienthong, tmp_path: Path, name: str
) -> None:
    ran = lienthong("report", "ontime", "-o", tmp_path / name)
    assert ran.code == 1 and ".xlsx" in ran.err and not (tmp_path / name).exists()


def test_a_register_is_of_an_agency_of_the_directory(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("report", "registers").code == 2
    ran = lienthong("report", "registers", "--agency", "H56.99")
    assert ran.code == 1 and "entry-unknown" in ran.err


@pytest.mark.usefixtures("ledger")
def test_what_was_owed_in_a_month_is_counted(lienthong: Lienthong) -> None:
    found = lienthong("report", "ontime", "--month", "2026-11", "--agency", OTHER, "--json").json
    counted = {each["rule"]: (each["owed"], each["in_time"]) for each in found["items"]}
    assert (counted["collection"], counted["intake"][0]) == ((1, 1), 1)
    assert "Tiếp nhận" in lienthong("report", "ontime", "--month", "11/2026").out


@pytest.mark.usefixtures("ledger")
def test_what_is_overdue_is_listed(lienthong: Lienthong) -> None:
    found = lienthong("report", "overdue", "--json").json
    assert found["total"] == len(found["items"])
    assert "Không có việc nào quá hạn." in lienthong("report", "overdue", "--month", "2025-01").out
