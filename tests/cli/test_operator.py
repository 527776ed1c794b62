"""`lienthong operator`: who runs the hub. Tokens are shown once, stored hashed, and never those of a system."""

import hashlib
import stat
from pathlib import Path

from tests.cli.conftest import Lienthong, directory
from tests.documents import PROVINCE


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def test_a_new_folder_has_one_operator_whose_token_is_for_its_owner_only(home: Path) -> None:
    file = home / "operator" / "token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert directory(home)["operator"] == {"operator": {"id": "operator", "token_sha256": [_hash(file.read_text().strip())]}}


def test_init_again_makes_no_second_operator(home: Path, lienthong: Lienthong) -> None:
    lienthong("operator", "add", "chi-lan")
    before = directory(home)["operator"]
    assert lienthong("init", home).code == 0
    assert directory(home)["operator"] == before


def test_a_token_that_outlived_an_interrupted_run_is_kept(home: Path, lienthong: Lienthong) -> None:
    token = (home / "operator" / "token").read_text()
    (home / "agencies.toml").write_text("")
    assert lienthong("init", home, "--agency", f"{PROVINCE}=UBND tỉnh").code == 0
    assert (home / "operator" / "token").read_text() == token
    assert directory(home)["operator"]["operator"]["token_sha256"] == [_hash(token.strip())]


def test_an_operator_gets_a_token_that_is_stored_hashed(home: Path, lienthong: Lienthong) -> None:
    token = lienthong("operator", "add", "chi-lan", "--json").json["token"]
    assert directory(home)["operator"]["chi-lan"] == {"id": "chi-lan", "token_sha256": [_hash(token)]}
    again = lienthong("operator", "add", "chi-lan")
    assert again.code == 1 and "entry-exists" in again.err


def test_a_rotated_token_ends_the_old_one_unless_it_is_to_hold(home: Path, lienthong: Lienthong) -> None:
    first = lienthong("operator", "rotate", "operator", "--json").json["token"]
    second = lienthong("operator", "rotate", "operator", "--keep-old", "--json").json["token"]
    assert directory(home)["operator"]["operator"]["token_sha256"] == [_hash(first), _hash(second)]


def test_a_rotation_replaces_the_token_file(home: Path, lienthong: Lienthong) -> None:
    file = home / "operator" / "token"
    ran = lienthong("operator", "rotate", "operator", "--token-file", file)
    token = file.read_text().strip()
    assert directory(home)["operator"]["operator"]["token_sha256"] == [_hash(token)]
    assert token not in ran.out + ran.err


def test_a_revoked_operator_has_no_token_left(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("operator", "revoke", "operator").code == 0
    assert directory(home)["operator"]["operator"]["token_sha256"] == []


def test_the_list_shows_no_secret(home: Path, lienthong: Lienthong) -> None:
    ran = lienthong("operator", "list")
    assert "operator" in ran.out
    assert directory(home)["operator"]["operator"]["token_sha256"][0] not in ran.out


def test_an_unknown_operator_is_refused(home: Path, lienthong: Lienthong) -> None:
    ran = lienthong("operator", "rotate", "nobody")
    assert ran.code == 1 and "entry-unknown" in ran.err


def test_a_token_of_a_system_and_of_an_operator_is_refused(home: Path, lienthong: Lienthong) -> None:
    shared = directory(home)["system"][PROVINCE]["token_sha256"][0]
    file = home / "agencies.toml"
    file.write_text(f'{file.read_text()}\n[[operator]]\nid = "second"\ntoken_sha256 = ["{shared}"]\n')
    for command in (("check",), ("operator", "add", "third")):
        ran = lienthong(*command)
        assert ran.code == 1 and "same token" in ran.out + ran.err
