"""Certificates of agencies: judged before they are kept, registered beside the old ones, taken away with what stops said."""

import re
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.infra.authority import Authority
from tests.api.conftest import WARD, Province
from tests.console.conftest import Browser
from tests.console.test_agency_changes import last, written
from tests.documents import COMMUNE, DEPARTMENT
from tests.documents import document as document_package

PATH = f"/agencies/{COMMUNE}/certificates"


@pytest.fixture
def ca(settings: Settings) -> Authority:
    return Authority.open(settings.file.parent / "ca")


def issued(ca: Authority, organ: str = COMMUNE, name: str = "UBND xã B") -> str:
    return ca.issue(name, organ, key="p256").certificate_pem.decode()


def serial(ca: Authority) -> str:
    return ca.list()[-1].serial


async def test_a_certificate_is_judged_and_nothing_is_kept(admin: Browser, settings: Settings, ca: Authority) -> None:
    status, text = await admin.do(f"{PATH}/check", certificate=issued(ca))
    assert (status, "✓ Chứng thư dùng được" in text) == (200, True)
    for said in ("UBND xã B", "Liên thông development intermediate CA", "Liên thông development root CA", serial(ca)):
        assert said in text, said
    assert f'action="/console{PATH}"' in text
    assert len(written(settings, COMMUNE)["certificates"]) == 1


async def test_a_certificate_is_registered_beside_the_old_one_and_signs_at_once(
    hub: Province, admin: Browser, settings: Settings, ca: Authority
) -> None:
    pem = issued(ca)
    assert (await admin.do(PATH, certificate=pem))[0] == 303
    old, new = written(settings, COMMUNE)["certificates"]
    assert (old, new) == (f"agencies/{COMMUNE}/cert.pem", f"agencies/{COMMUNE}/{serial(ca)}.pem")
    assert (settings.file.parent / new).read_text() == pem
    assert "Chứng thư số (2)" in " ".join((await admin.get(f"/agencies/{COMMUNE}"))[1].split())
    _, action, _, subject = await last(hub)
    assert (action, subject) == ("certificate.registered", {"organ": COMMUNE, "serial": serial(ca)})


async def test_one_that_names_another_agency_is_asked_about(admin: Browser, ca: Authority) -> None:
    _, text = await admin.do(f"{PATH}/check", certificate=issued(ca, organ=DEPARTMENT))
    assert f"{DEPARTMENT}</strong>, không phải mã của đơn vị này" in " ".join(text.split())


async def test_one_that_another_agency_has_is_said_to_be_of_it(admin: Browser, settings: Settings) -> None:
    pem = (settings.file.parent / "agencies" / WARD / "cert.pem").read_text()
    _, text = await admin.do(f"{PATH}/check", certificate=pem)
    assert "Chứng thư này đã đăng ký cho" in text and "UBND phường C (mẫu)" in text


@pytest.mark.parametrize("path", ["/check", ""])
async def test_what_would_not_be_accepted_is_not_kept_and_the_reason_is_given(
    admin: Browser, settings: Settings, ca: Authority, tmp_path: Path, path: str
) -> None:
    foreign = Authority.create(tmp_path / "foreign").issue("Lạ", "x.y.z", key="p256").certificate_pem.decode()
    revoked = issued(ca)
    ca.revoke(serial(ca))
    expired = ca.issue("Cũ", COMMUNE, key="p256", days=0).certificate_pem.decode()
    own = (settings.file.parent / "agencies" / COMMUNE / "cert.pem").read_text()
    await admin.do(f"/agencies/{COMMUNE}/lock")  # any change: the new CRL is in force
    for pem, status, code in (
        (foreign, 422, "certificate-untrusted"),
        (revoked, 422, "certificate-revoked"),
        (expired, 422, "certificate-expired"),
        (own, 409, "certificate-registered"),
        ((settings.file.parent / "ca" / "root.pem").read_text(), 422, "certificate-untrusted"),
    ):
        answered, text = await admin.do(f"{PATH}{path}", certificate=pem)
        assert (answered, code in text) == (status, True), code
        assert f'action="/console{PATH}"' not in text
    assert len(written(settings, COMMUNE)["certificates"]) == 1


@pytest.mark.parametrize("path", ["/check", ""])
@pytest.mark.parametrize("text", ["", "chứng thư", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "x" * 20_000])
async def test_what_is_no_certificate_is_refused(admin: Browser, path: str, text: str) -> None:
    status, answer = await admin.do(f"{PATH}{path}", certificate=text)
    assert (status, "malformed-request" in answer) == (400, True)


@pytest.mark.parametrize("path", ["/check", ""])
async def test_a_private_key_is_never_taken_nor_shown_again(admin: Browser, settings: Settings, path: str) -> None:
    key = (settings.file.parent / "agencies" / COMMUNE / "key.pem").read_text()
    status, text = await admin.do(f"{PATH}{path}", certificate=key)
    assert (status, "khóa bí mật" in text) == (400, True)
    assert key.splitlines()[1] not in text


async def test_before_one_is_taken_away_it_is_said_what_stops(admin: Browser, ca: Authority) -> None:
    async def said() -> list[str]:
        return re.findall(r'"means": "([^"]+)"', (await admin.get(f"/agencies/{COMMUNE}"))[1].encode().decode("unicode-escape"))

    assert "từ chối ngay mọi văn bản" in (await said())[0]
    await admin.do(PATH, certificate=issued(ca))
    assert all("vẫn ký được bằng chứng thư còn lại" in each for each in await said())
    await admin.do(f"/agencies/{DEPARTMENT}/trust", trust="channel")
    assert "được miễn ký" in (await admin.get(f"/agencies/{DEPARTMENT}"))[1].encode().decode("unicode-escape")


async def test_one_that_is_taken_away_signs_no_more_and_its_file_stays(hub: Province, admin: Browser, settings: Settings) -> None:
    own = f"{hub.department.certificate.serial_number:x}"
    file = settings.file.parent / written(settings, DEPARTMENT)["certificates"][0]
    assert (await admin.do(f"/agencies/{DEPARTMENT}/certificates/{own}/take-away"))[0] == 303
    assert "certificates" not in written(settings, DEPARTMENT) and file.is_file()
    package = document_package(sender=DEPARTMENT, to=(COMMUNE,))
    status, refusal = await hub.department.post_xml("/documents", hub.department.sign(package))
    assert (status, refusal["code"]) == (422, "certificate-unregistered")
    assert (await last(hub))[1] == "certificate.taken-away"
    status, text = await admin.do(f"/agencies/{DEPARTMENT}/certificates/{own}/take-away")
    assert (status, "not-found" in text) == (404, True)
