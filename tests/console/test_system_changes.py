"""Administrators add systems and change what they prove themselves by; each step is in force at once, and audited."""

import re
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from gateway.core.directory import System
from gateway.core.model import SystemId
from gateway.core.roles import Role
from gateway.entry.registry.credentials import digest
from gateway.entry.registry.systems import secret_digest
from tests.api.conftest import Province
from tests.console.conftest import REASON, Browser
from tests.contracts.entries import RECEIVER, SYSTEM

NEW = "so-y-te"
ORGAN = "H56.01.07"
OWN = "000.00.00.H56"
"""The system that `init` made for the province: a token and a secret of the SDK."""


def system(hub: Province, name: str = NEW) -> System:
    found = hub.hub.rules().systems.find(SystemId(name))
    assert found is not None
    return found


def shown(text: str) -> str:
    """Give the secret that a page shows once."""
    found = re.search(r'<dd class="mono once">([^<]+)</dd>', text)
    assert found is not None, text
    return found[1]


async def audited(hub: Province) -> tuple[str, str, dict[str, Any]]:
    (last, *_) = (await hub.hub.ports.audit.listing(after=None, limit=1)).items
    assert (last.actor, last.reason) == ("can-bo-admin", REASON)
    return last.action, str(last.subject.get("system")), dict(last.subject)


async def calls(hub: Province, token: str) -> int:
    """Ask the API with a token."""
    async with hub.province.session.get(f"{hub.base}/api/v1/inbox", headers={"Authorization": f"Bearer {token}"}) as response:
        return response.status


@pytest.fixture
def pem(hub: Province) -> str:
    return (hub.folder / "agencies" / ORGAN / "cert.pem").read_text()


async def test_a_system_is_added_with_a_token_that_is_shown_once_and_holds_at_once(hub: Province, admin: Browser) -> None:
    status, text = await admin.do("/systems", id=NEW, organs=f"{ORGAN}\n H56.15 , {ORGAN}", proof="token")
    assert (status, await calls(hub, shown(text))) == (200, 200)
    assert sorted(system(hub).organs) == sorted([ORGAN, RECEIVER])
    assert system(hub).token_sha256 == (digest(shown(text)),)
    assert shown(text) not in (await admin.get(f"/systems/{NEW}"))[1]
    assert await audited(hub) == (
        "system.added",
        NEW,
        {"system": NEW, "proof": "token", "organs": [ORGAN, RECEIVER]},
    )


async def test_a_system_is_added_with_a_secret_of_the_sdk(hub: Province, admin: Browser) -> None:
    _, text = await admin.do("/systems", id=NEW, organs=ORGAN, proof="sdk")
    access = system(hub).vxp
    assert access is not None and access.secrets == (shown(text).encode(),)
    assert hub.hub.settings.vxp.prefix in text and system(hub).token_sha256 == ()


async def test_a_system_is_added_with_a_certificate_and_nothing_is_shown(hub: Province, admin: Browser, pem: str) -> None:
    assert await admin.do("/systems", id=NEW, organs=ORGAN, proof="certificate", certificate=pem) == (303, "")
    known = x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex()
    assert (system(hub).certificate_sha256, system(hub).token_sha256) == ((known,), ())


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"id": OWN}, 409, "entry-exists"),
        ({"id": ""}, 400, "malformed-request"),
        ({"id": "a b"}, 400, "malformed-request"),
        ({"id": "../x"}, 400, "malformed-request"),
        ({"id": "x" * 65}, 400, "malformed-request"),
        ({"organs": " , "}, 400, "malformed-request"),
        ({"organs": "H56.99"}, 404, "entry-unknown"),
        ({"proof": "password"}, 400, "malformed-request"),
        ({"proof": "certificate", "certificate": "no PEM"}, 400, "malformed-request"),
        ({"reason": " "}, 400, "malformed-request"),
    ],
)
async def test_a_system_that_cannot_be_is_not_added(
    hub: Province, admin: Browser, settings: Any, fields: dict[str, str], status: int, code: str
) -> None:
    before = (settings.file.parent / "agencies.toml").read_text()
    answered, text = await admin.do("/systems", **{"id": NEW, "organs": ORGAN, "proof": "token"} | fields)
    assert (answered, code in text) == (status, True)
    assert (settings.file.parent / "agencies.toml").read_text() == before


async def test_where_the_directory_cannot_be_written_nothing_is_done(admin: Browser, settings: Any) -> None:
    lock = settings.file.parent / ".agencies.toml.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    status, text = await admin.do("/systems", id=NEW, organs=ORGAN, proof="token")
    assert (status, "directory-read-only" in text) == (503, True)


async def test_the_agencies_of_a_system_are_changed_by_any_of_their_ids(hub: Province, admin: Browser) -> None:
    assert (await admin.do(f"/systems/{OWN}/agencies", organs="000.00.00.H56 H56.15"))[0] == 303
    assert system(hub, OWN).organs == {OWN, RECEIVER}
    assert await audited(hub) == ("system.organs", OWN, {"system": OWN, "organs": [OWN, RECEIVER]})


async def test_no_two_systems_are_pushed_one_agency_s_documents(hub: Province, admin: Browser) -> None:
    await admin.do("/systems", id=NEW, organs=ORGAN, proof="token")
    assert (await admin.do(f"/systems/{NEW}/link", adapter="loopback", push="yes", in_flight="1", seconds="60"))[0] == 303
    status, text = await admin.do(f"/systems/{NEW}/agencies", organs=f"{ORGAN} {RECEIVER}")
    assert (status, SYSTEM in text, list(system(hub).organs)) == (400, True, [ORGAN])


@pytest.mark.parametrize(("old", "holds"), [("keep", 200), ("end", 401)])
async def test_a_token_is_rotated_and_the_old_one_holds_or_ends(hub: Province, admin: Browser, old: str, holds: int) -> None:
    before = hub.province.token
    _, text = await admin.do(f"/systems/{OWN}/rotate", proof="token", old=old)
    assert (await calls(hub, shown(text)), await calls(hub, before)) == (200, holds)
    assert (await audited(hub))[2] == {"system": OWN, "proof": "token", "kept_old": old == "keep"}
    assert ("giữ cái cũ: có" in re.sub(r"<[^>]+>", "", (await admin.get("/audit"))[1])) is (old == "keep")


async def test_a_secret_of_the_sdk_is_rotated_beside_the_old_one(hub: Province, admin: Browser) -> None:
    before = (hub.folder / "agencies" / OWN / "vxp-secret").read_text().strip()
    _, text = await admin.do(f"/systems/{OWN}/rotate", proof="sdk", old="keep")
    access = system(hub, OWN).vxp
    assert access is not None and access.secrets == (before.encode(), shown(text).encode())


async def test_a_certificate_is_added_beside_and_belongs_to_one_system(hub: Province, admin: Browser, pem: str) -> None:
    assert (await admin.do(f"/systems/{OWN}/certificate", certificate=pem))[0] == 303
    assert len(system(hub, OWN).certificate_sha256) == 1
    status, text = await admin.do("/systems/H56.40.02/certificate", certificate=pem)
    assert (status, "entry-exists" in text) == (409, True)
    assert (await admin.do(f"/systems/{OWN}/rotate", proof="certificate"))[0] == 400


async def test_the_old_credential_is_taken_away_and_the_new_one_holds(hub: Province, admin: Browser) -> None:
    before, (_, text) = hub.province.token, await admin.do(f"/systems/{OWN}/rotate", proof="token", old="keep")
    assert (await admin.do(f"/systems/{OWN}/take-away", proof="token", sha256=digest(before)))[0] == 303
    assert (await calls(hub, shown(text)), await calls(hub, before)) == (200, 401)
    assert (await audited(hub))[:2] == ("system.credential-taken", OWN)


async def test_a_secret_and_a_certificate_are_taken_away_by_their_digests(hub: Province, admin: Browser, pem: str) -> None:
    await admin.do(f"/systems/{OWN}/certificate", certificate=pem)
    access = system(hub, OWN).vxp
    assert access is not None
    for proof, sha256 in (("sdk", secret_digest(access.secrets[0])), ("certificate", system(hub, OWN).certificate_sha256[0])):
        assert (await admin.do(f"/systems/{OWN}/take-away", proof=proof, sha256=sha256))[0] == 303
    assert (system(hub, OWN).vxp, system(hub, OWN).certificate_sha256) == (None, ())
    assert (await admin.do(f"/systems/{OWN}/take-away", proof="sdk", sha256="0" * 64))[0] == 404
    assert (await admin.do(f"/systems/{OWN}/take-away", proof="token", sha256="0" * 64))[0] == 404


async def test_all_credentials_are_taken_away_at_once(hub: Province, admin: Browser) -> None:
    assert (await admin.do(f"/systems/{OWN}/revoke"))[0] == 303
    assert await calls(hub, hub.province.token) == 401
    assert "không gọi trục được" in (await admin.get(f"/systems/{OWN}"))[1]
    assert (await audited(hub))[:2] == ("system.revoked", OWN)


@pytest.mark.parametrize("what", ["agencies", "rotate", "certificate", "take-away", "revoke", "link", "link/try", "link/remove"])
async def test_what_there_is_not_is_not_changed(admin: Browser, pem: str, what: str) -> None:
    fields = {"proof": "token", "certificate": pem, "organs": ORGAN, "adapter": "loopback"}
    assert (await admin.do(f"/systems/khong-co/{what}", **fields))[0] == 404


async def test_digests_are_shown_short_and_buttons_to_administrators_alone(hub: Province, officer: Any) -> None:
    browser: Browser = await officer(Role.DUTY)
    _, text = await browser.get(f"/systems/{OWN}")
    full = digest(hub.province.token)
    assert full[:12] in text and full not in text
    assert not re.search(r'data-open="(rotate|certify|take|revoke|organs|unlink|test-document)', text)
    assert "Thêm hệ thống" not in (await browser.get("/systems"))[1]
