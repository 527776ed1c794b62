"""Reports from the console: drawn as files, for a month and an agency, and refused where they make no sense."""

import io
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from gateway.entry.reports import extra
from tests.api.conftest import DEPARTMENT_ALIAS, Province
from tests.console.conftest import Browser
from tests.documents import DEPARTMENT
from tests.documents import document as document_package


async def file(admin: Browser, path: str) -> tuple[int, str, bytes]:
    """Ask for a report; give the status, the name of the file, and its bytes."""
    async with admin.session.get(f"{admin.base}/console/reports/{path}") as response:
        assert response.headers["Cache-Control"] == "no-store"
        return response.status, response.headers.get("Content-Disposition", ""), await response.read()


async def test_the_page_offers_every_report_as_pdf_and_excel(admin: Browser) -> None:
    _, text = await admin.get("/reports")
    for kind in ("ontime", "overdue", "registers"):
        assert f'action="/console/reports/{kind}"' in text
    assert (text.count('value="pdf"'), text.count('value="xlsx"')) == (3, 3)


async def test_how_deadlines_were_kept_is_a_file_of_the_month(admin: Browser) -> None:
    status, name, octets = await file(admin, "ontime?month=2026-10&form=pdf")
    assert (status, 'filename="dung-han-2026-10.pdf"' in name) == (200, True)
    assert len(PdfReader(io.BytesIO(octets)).pages) >= 1


async def test_what_is_overdue_is_a_workbook_of_one_agency_named_as_the_page_suggests(admin: Browser) -> None:
    agency = quote(f"Sở A (mẫu) ({DEPARTMENT_ALIAS})")
    status, name, octets = await file(admin, f"overdue?agency={agency}&form=xlsx")
    assert (status, f"qua-han-{DEPARTMENT}-" in name) == (200, True)
    assert load_workbook(io.BytesIO(octets)).sheetnames


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
async def test_a_register_has_the_documents_of_an_agency(hub: Province, admin: Browser, form: str) -> None:
    await hub.province.send(document_package())
    year = hub.clock.now().year
    status, name, octets = await file(admin, f"registers?kind=in&agency={DEPARTMENT}&year={year}&month=&form={form}")
    assert (status, f'filename="so-van-ban-den-{DEPARTMENT}-{year}.{form}"' in name, len(octets) > 1000) == (200, True, True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("ontime?month=13", 400),
        ("ontime?month=1999-01", 400),
        ("ontime?form=doc", 400),
        ("overdue?agency=H99.99", 404),
        ("registers", 400),
        (f"registers?agency={DEPARTMENT}&kind=both", 400),
        (f"registers?agency={DEPARTMENT}&year=²", 400),
        (f"registers?agency={DEPARTMENT}&year=99999999999", 400),
        (f"registers?agency={DEPARTMENT}&month=13", 400),
        ("findings", 404),
    ],
)
async def test_a_report_that_makes_no_sense_is_refused(admin: Browser, path: str, status: int) -> None:
    assert (await admin.get(f"/reports/{path}"))[0] == status


async def test_without_the_libraries_it_is_said_what_is_missing(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "LIBRARIES", ("khong_co",))
    status, text = await admin.get("/reports/ontime")
    assert (status, "khong_co" in text, "lienthong[reports]" in text) == (500, True, True)


async def test_the_screen_is_in_english_too(admin: Browser) -> None:
    await admin.post("/language", {"language": "en", "to": "/console"})
    assert "How deadlines were kept" in (await admin.get("/reports"))[1]
