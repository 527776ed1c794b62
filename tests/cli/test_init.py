"""`lienthong init`, `check` and `migrate`."""

import hashlib
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Lienthong, directory
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE


def test_a_new_folder_has_three_sample_agencies_with_their_secrets(home: Path) -> None:
    assert set(directory(home)["agency"]) == {PROVINCE, DEPARTMENT, COMMUNE}
    for organ in (PROVINCE, DEPARTMENT, COMMUNE):
        files = {file.name for file in (home / "agencies" / organ).iterdir()}
        assert files == {"key.pem", "cert.pem", "token", "vxp-secret"}


def test_secrets_are_for_their_owner_only(home: Path) -> None:
    secrets = [home / "hub" / "key.pem", *(home / "agencies" / PROVINCE / name for name in ("key.pem", "token", "vxp-secret"))]
    assert [oct(stat.S_IMODE(file.stat().st_mode)) for file in secrets] == ["0o600"] * 4


def test_the_directory_keeps_only_the_hash_of_a_token(home: Path) -> None:
    token = (home / "agencies" / PROVINCE / "token").read_text().strip()
    system = directory(home)["system"][PROVINCE]
    assert (system["organs"], system["token_sha256"]) == ([PROVINCE], [hashlib.sha256(token.encode()).hexdigest()])
    assert token not in (home / "agencies.toml").read_text()


def test_a_new_folder_is_ready_to_serve(home: Path, lienthong: Lienthong) -> None:
    ran = lienthong("check", "--json")
    assert (ran.code, ran.json["ok"]) == (0, True), ran.out


def test_the_port_is_written_into_the_settings(tmp_path: Path, lienthong: Lienthong) -> None:
    assert lienthong("init", tmp_path / "a", "--port", 9123, "--agency", "H56.70=UBND xã D").code == 0
    settings = tomllib.loads((tmp_path / "a" / "gateway.toml").read_text("utf-8"))
    assert settings["server"] == {"host": "127.0.0.1", "port": 9123}


def test_named_agencies_take_the_place_of_the_samples(tmp_path: Path, lienthong: Lienthong) -> None:
    ran = lienthong("init", tmp_path / "a", "--agency", "H56.70=UBND xã D", "--json")
    assert [(each["id"], each["created"]) for each in ran.json["agencies"]] == [("H56.70", True)]
    assert {organ: agency["name"] for organ, agency in directory(tmp_path / "a")["agency"].items()} == {"H56.70": "UBND xã D"}


def test_running_it_again_adds_agencies_and_keeps_everything_else(home: Path, lienthong: Lienthong) -> None:
    before = {file: file.read_bytes() for file in home.rglob("*") if file.is_file() and file.suffix != ".sqlite3"}
    assert lienthong("init", home, "--agency", "H56.70=UBND xã D", "--port", 9999).code == 0
    assert "H56.70" in directory(home)["agency"]
    changed = {file.name for file, octets in before.items() if file.read_bytes() != octets}
    assert changed == {"agencies.toml", "issued.json"}


def test_an_agency_that_is_there_is_left_alone_and_said_so(home: Path, lienthong: Lienthong) -> None:
    before = directory(home)
    ran = lienthong("init", home, "--agency", f"{PROVINCE}=Tên khác")
    assert "giữ nguyên" in ran.out
    assert directory(home) == before


def test_an_agency_whose_folder_outlived_an_interrupted_run_keeps_its_key(home: Path, lienthong: Lienthong) -> None:
    key = (home / "agencies" / COMMUNE / "key.pem").read_bytes()
    (home / "agencies.toml").write_text("")
    assert lienthong("init", home, "--agency", f"{COMMUNE}=UBND xã B").code == 0
    assert (home / "agencies" / COMMUNE / "key.pem").read_bytes() == key
    assert lienthong("check").code == 0


@pytest.mark.parametrize("named", ["a/b=Sai", "..=Sai", "H56 70=Sai", "H56.70", "=Sai"])
def test_a_bad_organ_id_is_a_usage_error(named: str, tmp_path: Path, lienthong: Lienthong) -> None:
    ran = lienthong("init", tmp_path / "a", "--agency", named)
    assert ran.code == 2
    assert named.partition("=")[0] in ran.err
    assert not (tmp_path / "a").exists()


def test_check_names_the_agency_whose_certificate_is_revoked(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("cert", "revoke", COMMUNE).code == 0
    ran = lienthong("check", "--json")
    assert ran.code == 1
    assert [each["what"].split()[0] for each in ran.json["checks"] if not each["ok"]] == [COMMUNE]


def test_check_says_which_setting_is_wrong(home: Path, lienthong: Lienthong) -> None:
    (home / "gateway.toml").write_text("[server]\nprot = 1\n")
    ran = lienthong("check")
    assert ran.code == 1
    assert "server.prot" in ran.out


def test_check_finds_a_missing_hub_key(home: Path, lienthong: Lienthong) -> None:
    (home / "hub" / "key.pem").unlink()
    ran = lienthong("check", "--json")
    assert [each["what"] for each in ran.json["checks"] if not each["ok"]] == ["khóa của trục · hub key"]


def test_check_finds_a_missing_ledger_and_migrate_makes_it(home: Path, lienthong: Lienthong) -> None:
    (home / "data" / "ledger.sqlite3").unlink()
    assert lienthong("check").code == 1
    assert lienthong("migrate").code == 0
    assert lienthong("check").code == 0


def test_a_missing_settings_file_is_told_with_its_code_and_cure(tmp_path: Path, lienthong: Lienthong) -> None:
    ran = lienthong("agency", "list", "--config", tmp_path / "none.toml")
    assert (ran.code, ran.out) == (1, "")
    assert "misconfigured" in ran.err
    assert "none.toml" in ran.err
    assert "lienthong check" in ran.err


def test_help_needs_no_heavy_library() -> None:
    """Help is quick because of what it does not import: these take from 50 ms to a second each."""
    heavy = {"sqlalchemy", "lxml", "cryptography", "aiohttp", "pydantic", "rich", "tomlkit", "xmlschema", "reportlab", "asyncio"}
    program = "import sys; from gateway.entry.cli.app import app; app(['--help'], standalone_mode=False); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    shown, _, modules = ran.stdout.rstrip().rpartition("\n")
    assert "agency" in shown
    assert heavy & set(modules.split()) == set()
