"""What agencies sign with: how long it holds, what stops when it ends, and whether revocation lists still speak."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from openpyxl import load_workbook

from gateway.core.directory import Directory
from tests.api.conftest import Province
from tests.console.conftest import OFFICERS, Browser
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE
from tests.documents import document as document_package
from tests.pki import pki


def end_of(hub: Province, organ: str) -> datetime:
    return hub.clients[organ].certificate.not_valid_after_utc


def with_certificates(hub: Province, **certificates: tuple[x509.Certificate, ...]) -> None:
    """Let agencies (by their names below) have these certificates, of the test PKI."""
    rules, store = hub.hub.rules(), pki().store
    changed = {
        {"department": DEPARTMENT, "commune": COMMUNE, "province": PROVINCE}[name]: own for name, own in certificates.items()
    }
    agencies = [replace(each, certificates=changed.get(each.id, each.certificates)) for each in rules.directory]
    made = replace(rules, directory=Directory.of(agencies), trust=store)
    hub.hub.rules = lambda: made


def rows(text: str) -> list[str]:
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in re.findall(r"<tr data-row>(.*?)</tr>", text, re.DOTALL)]


async def later(hub: Province, admin: Browser, moment: datetime) -> None:
    hub.clock.time = moment.astimezone(hub.clock.time.tzinfo)
    assert await admin.sign_in(OFFICERS["admin"]) == 303  # type: ignore[index]  # a role is a text


async def test_each_agency_is_shown_with_what_it_signs_with(hub: Province, admin: Browser) -> None:
    _, text = await admin.get("/certificates")
    shown = rows(text)
    certificate = hub.department.certificate
    (own,) = [each for each in shown if each.startswith("Sở A (mẫu) 000.00.15.H56")]
    assert f"{certificate.serial_number:x}" in own and f"{certificate.not_valid_after_utc:%Y}" in own and "Dùng được" in own
    assert "ngày làm việc" in own and "trục từ chối mọi văn bản đơn vị ký" in own


async def test_agencies_are_found_without_accents_and_by_id(hub: Province, admin: Browser) -> None:
    for asked, found in [("so a", True), ("SỞ", True), ("H56.15", True), ("15 b", False), ("phường", False)]:
        shown = rows((await admin.get(f"/certificates?q={quote(asked)}"))[1])
        assert any("Sở A (mẫu)" in each for each in shown) is found, asked


async def test_what_stops_is_counted_by_what_was_sent_lately(hub: Province, admin: Browser) -> None:
    await hub.province.send(document_package())
    shown = rows((await admin.get("/certificates"))[1])
    counts = {each.partition(" (mẫu)")[0]: "1 văn bản đã gửi trong 30 ngày qua" in each for each in shown}
    assert counts["UBND tỉnh"] and not counts["Sở A"]


async def test_one_that_ends_soon_is_first_and_named_on_the_overview(hub: Province, admin: Browser) -> None:
    with_certificates(hub, department=(pki()["department"].certificate,))
    end = pki()["department"].certificate.not_valid_after_utc
    rules = hub.hub.rules()
    agencies = [each if each.id == DEPARTMENT else replace(each, certificates=()) for each in rules.directory]
    only = replace(rules, directory=Directory.of(agencies))
    hub.hub.rules = lambda: only
    await later(hub, admin, end - timedelta(days=3))
    assert "Sở A (mẫu)" in rows((await admin.get("/certificates?view=ending"))[1])[0]
    assert re.search(r"Chứng thư số của <strong>Sở A \(mẫu\)</strong> còn [0-3] ngày làm việc", (await admin.get(""))[1])
    await later(hub, admin, end + timedelta(days=1))
    assert "Trục đang từ chối mọi văn bản đơn vị ký" in rows((await admin.get("/certificates?view=ended"))[1])[0]
    assert "Chứng thư số của <strong>Sở A (mẫu)</strong> đã hết hạn" in (await admin.get(""))[1]


async def test_one_beside_a_newer_one_stops_nothing(hub: Province, admin: Browser) -> None:
    old, new = pki()["expired"].certificate, pki()["department-next"].certificate
    with_certificates(hub, department=(old, new))
    own = rows((await admin.get(f"/certificates?q={DEPARTMENT}"))[1])[0]
    assert own.index(f"{new.serial_number:x}") < own.index(f"{old.serial_number:x}")
    assert "Hết hạn" in own and "Đã hết hạn" not in own


async def test_one_that_is_revoked_is_a_matter_at_once(hub: Province, admin: Browser) -> None:
    with_certificates(hub, commune=(pki()["revoked"].certificate,))
    shown = rows((await admin.get("/certificates?view=ended"))[1])
    assert len(shown) > 1 and "UBND xã B (mẫu)" in shown[0] and "Đã bị thu hồi" in shown[0]
    assert "Chứng thư số của <strong>UBND xã B (mẫu)</strong> đã bị thu hồi" in (await admin.get(""))[1]


async def test_agencies_without_a_certificate_are_listed_apart(hub: Province, admin: Browser) -> None:
    with_certificates(hub, commune=())
    assert "UBND xã B" not in (await admin.get("/certificates"))[1]
    (own,) = rows((await admin.get("/certificates?view=none"))[1])[:1]
    assert "UBND xã B (mẫu)" in own and "chưa gửi được văn bản ký số" in own


async def test_a_revocation_list_that_speaks_no_more_is_the_province_s_matter(hub: Province, admin: Browser) -> None:
    assert "Còn giá trị" in (await admin.get("/certificates"))[1]
    assert "Danh sách thu hồi của" not in (await admin.get(""))[1]
    await later(hub, admin, datetime.now(UTC) + timedelta(days=400))
    _, text = await admin.get("/certificates")
    assert "Chưa rõ có bị thu hồi không" in text and "Quá hạn" in text
    assert "Danh sách thu hồi của" in (await admin.get(""))[1]


@pytest.mark.parametrize("query", ["view=x", "after=x", "after=²", "after=-1", "after=99999999999"])
async def test_a_list_that_makes_no_sense_is_refused(admin: Browser, query: str) -> None:
    assert (await admin.get(f"/certificates?{query}"))[0] == 400


async def test_every_certificate_that_fits_is_exported(hub: Province, admin: Browser) -> None:
    old, new = pki()["expired"].certificate, pki()["department-next"].certificate
    with_certificates(hub, department=(old, new), commune=())
    for view, serials in (("all", {f"{each.serial_number:x}" for each in (old, new)}), ("none", {None})):
        async with admin.session.get(f"{admin.base}/console/certificates.xlsx?view={view}") as response:
            sheet = load_workbook(io.BytesIO(await response.read())).worksheets[0]
        assert serials <= {row[5] for row in sheet.iter_rows(min_row=2, values_only=True)}


async def test_a_long_list_goes_on(hub: Province, admin: Browser, working_folder: Path) -> None:
    rules = hub.hub.rules()
    first = next(iter(rules.directory))
    many = [replace(first, id=f"H99.{place}", aliases=(), name=f"Xã {place}") for place in range(55)]  # type: ignore[arg-type]
    made = replace(rules, directory=Directory.of(many))
    hub.hub.rules = lambda: made
    _, text = await admin.get("/certificates")
    assert len(rows(text)) == 50 + len(hub.hub.rules().trust.anchors) + len(hub.hub.rules().trust.intermediates)
    assert "after=50" in text
    assert "Xem tiếp" not in (await admin.get("/certificates?after=50"))[1]


async def test_the_screen_is_in_english_too(admin: Browser) -> None:
    await admin.post("/language", {"language": "en", "to": "/console"})
    _, text = await admin.get("/certificates")
    assert "<h1>Certificates</h1>" in text and "working days" in text
