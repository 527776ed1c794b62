"""`lienthong system`: tokens are shown once, stored hashed, and end when they should."""

import hashlib
import stat
from pathlib import Path

from tests.cli.conftest import Lienthong, directory
from tests.documents import COMMUNE, DEPARTMENT


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def test_a_system_gets_a_token_that_is_stored_hashed(home: Path, lienthong: Lienthong) -> None:
    token = lienthong("system", "add", "vendor-1", "--organ", COMMUNE, "--organ", DEPARTMENT, "--json").json["token"]
    assert directory(home)["system"]["vendor-1"] == {
        "id": "vendor-1",
        "organs": [COMMUNE, DEPARTMENT],
        "token_sha256": [_hash(token)],
        "certificate_sha256": [],
    }


def test_a_token_file_is_for_its_owner_only_and_the_token_is_not_printed(
    home: Path, tmp_path: Path, lienthong: Lienthong
) -> None:
    file = tmp_path / "token"
    ran = lienthong("system", "add", "vendor-1", "--organ", COMMUNE, "--token-file", file)
    token = file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert directory(home)["system"]["vendor-1"]["token_sha256"] == [_hash(token)]
    assert token not in ran.out + ran.err


def test_a_system_is_bound_to_the_canonical_id_of_an_alias(home: Path, lienthong: Lienthong) -> None:
    lienthong("agency", "set", DEPARTMENT, "--alias", "H56.15")
    assert lienthong("system", "add", "vendor-1", "--organ", "H56.15").code == 0
    assert directory(home)["system"]["vendor-1"]["organs"] == [DEPARTMENT]


def test_a_system_for_an_unknown_agency_is_refused(home: Path, lienthong: Lienthong) -> None:
    ran = lienthong("system", "add", "vendor-1", "--organ", "H56.99")
    assert ran.code == 1
    assert "entry-unknown" in ran.err


def test_a_client_certificate_is_registered_by_its_digest(home: Path, lienthong: Lienthong) -> None:
    certificate = home / "agencies" / COMMUNE / "cert.pem"
    assert lienthong("system", "add", "vendor-1", "--organ", COMMUNE, "--certificate", certificate).code == 0
    [digest] = directory(home)["system"]["vendor-1"]["certificate_sha256"]
    assert len(bytes.fromhex(digest)) == 32


def test_a_rotated_token_ends_the_old_one(home: Path, lienthong: Lienthong) -> None:
    token = lienthong("system", "rotate", COMMUNE, "--json").json["token"]
    assert directory(home)["system"][COMMUNE]["token_sha256"] == [_hash(token)]


def test_the_old_token_holds_where_that_is_asked(home: Path, lienthong: Lienthong) -> None:
    old = directory(home)["system"][COMMUNE]["token_sha256"]
    token = lienthong("system", "rotate", COMMUNE, "--keep-old", "--json").json["token"]
    assert directory(home)["system"][COMMUNE]["token_sha256"] == [*old, _hash(token)]


def test_a_rotation_replaces_the_token_file(home: Path, lienthong: Lienthong) -> None:
    file = home / "agencies" / COMMUNE / "token"
    assert lienthong("system", "rotate", COMMUNE, "--token-file", file).code == 0
    assert directory(home)["system"][COMMUNE]["token_sha256"] == [_hash(file.read_text().strip())]


def test_a_token_file_that_cannot_be_written_changes_nothing(home: Path, lienthong: Lienthong) -> None:
    before = directory(home)
    assert lienthong("system", "rotate", COMMUNE, "--token-file", home / "none" / "token").code == 1
    assert directory(home) == before


def test_a_revoked_system_has_no_credentials_left(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("system", "revoke", COMMUNE).code == 0
    system = directory(home)["system"][COMMUNE]
    assert (system["token_sha256"], system["certificate_sha256"]) == ([], [])


def test_the_list_shows_no_secret(home: Path, lienthong: Lienthong) -> None:
    ran = lienthong("system", "list")
    assert COMMUNE in ran.out
    assert directory(home)["system"][COMMUNE]["token_sha256"][0] not in ran.out
