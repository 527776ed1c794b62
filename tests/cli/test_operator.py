"""`lienthong operator`: who runs the hub. Tokens are shown once, stored hashed, and never those of a system."""

import hashlib
import stat
from pathlib import Path

from gateway.infra import passwords
from tests.cli.conftest import Lienthong, directory
from tests.documents import PROVINCE


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def test_a_new_folder_has_one_operator_whose_token_is_for_its_owner_only(home: Path) -> None:
    file = home / "operator" / "token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (entry,) = directory(home)["operator"].values()
    password = (home / "operator" / "password").read_text().strip()
    assert (entry["role"], entry["token_sha256"]) == ("admin", [_hash(file.read_text().strip())])
    assert passwords.matches(entry["password"], password)


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
    assert directory(home)["operator"]["chi-lan"] == {"id": "chi-lan", "role": "duty", "token_sha256": [_hash(token)]}
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
    entry = directory(home)["operator"]["operator"]
    assert not {entry["token_sha256"][0], entry["password"]} & set(ran.out.split())


def test_a_role_is_chosen_from_those_that_there_are(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("operator", "add", "kiem-toan", "--role", "auditor").code == 0
    assert directory(home)["operator"]["kiem-toan"]["role"] == "auditor"
    assert lienthong("operator", "add", "ai-do", "--role", "root").code == 2


def test_a_password_that_is_made_is_shown_once_and_stored_hashed(home: Path, lienthong: Lienthong) -> None:
    password = lienthong("operator", "password", "operator", "--json").json["password"]
    assert passwords.matches(directory(home)["operator"]["operator"]["password"], password)
    assert password not in (home / "agencies.toml").read_text()


def test_a_password_of_a_file_is_not_shown(home: Path, lienthong: Lienthong, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("mot mat khau rat dai\n")
    ran = lienthong("operator", "password", "operator", "--password-file", tmp_path / "password")
    assert "mot mat khau" not in ran.out + ran.err
    assert passwords.matches(directory(home)["operator"]["operator"]["password"], "mot mat khau rat dai")


def test_a_short_password_is_refused(home: Path, lienthong: Lienthong, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("ngan")
    before = directory(home)["operator"]
    assert lienthong("operator", "password", "operator", "--password-file", tmp_path / "password").code == 1
    assert directory(home)["operator"] == before


def test_an_operator_who_is_revoked_has_no_password_left(home: Path, lienthong: Lienthong) -> None:
    lienthong("operator", "revoke", "operator")
    assert "password" not in directory(home)["operator"]["operator"]


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


def test_an_operator_is_attached_to_an_account_of_the_identity_provider(home: Path, lienthong: Lienthong) -> None:
    lienthong("operator", "add", "chi-lan")
    assert lienthong("operator", "identity", "chi-lan", "lan@tinh.example").code == 0
    assert directory(home)["operator"]["chi-lan"]["identity"] == "lan@tinh.example"
    assert lienthong("operator", "identity", "operator", "lan@tinh.example").code != 0
    assert lienthong("operator", "identity", "chi-lan").code == 0
    assert "identity" not in directory(home)["operator"]["chi-lan"]
