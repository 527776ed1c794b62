"""`lienthong backup` and `restore`: what is said, what is written down, and what is refused."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.infra.opening import open_executor
from gateway.infra.upkeep import SqlUpkeep
from gateway.ports import Chore, Tended
from tests.cli.conftest import Lienthong
from tests.cli.test_reconcile import prepare

HUB = "settings/hub/cert.pem"


def backed_up(home: Path, lienthong: Lienthong) -> Path:
    """Make a backup; give its folder."""
    ran = lienthong("backup", home.parent / "backups", "--json")
    assert ran.code == 0, ran.err
    return Path(ran.json["folder"])


def last(home: Path) -> Tended | None:
    """Read what the ledger knows of its last backup."""

    async def read() -> Tended | None:
        executor = open_executor(home / "data" / "ledger.sqlite3")
        try:
            return (await SqlUpkeep(executor).last()).get(Chore.BACKUP)
        finally:
            await executor.close()

    return asyncio.run(read())


def test_a_backup_has_the_ledger_and_what_the_settings_name_and_nothing_else(home: Path, lienthong: Lienthong) -> None:
    folder = backed_up(home, lienthong)
    files = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    assert files == {"manifest.json"} | set(json.loads((folder / "manifest.json").read_text())["files"])
    wanted = {"ledger.sqlite3", "settings/gateway.toml", "settings/agencies.toml", "settings/hub/key.pem", "settings/ca/root.pem"}
    assert wanted | {"settings/hub/directory.key"} <= files
    assert {each for each in files if "agencies/" in each} == {each for each in files if each.endswith("/cert.pem")} - {HUB}
    assert not [each for each in files if each.endswith(("/token", "/password"))]


def test_only_its_owner_may_read_a_backup(home: Path, lienthong: Lienthong) -> None:
    folder = backed_up(home, lienthong)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in folder.rglob("*") if each.is_file()} == {0o600}


def test_the_ledger_remembers_a_backup_and_its_size(home: Path, lienthong: Lienthong) -> None:
    ran = lienthong("backup", home.parent / "backups")
    assert ran.code == 0 and "giây" in ran.out and "files" in ran.out
    found = last(home)
    assert found is not None and found.well and found.detail in ran.out


def test_a_backup_whose_vault_lacks_a_payload_fails_and_is_remembered(home: Path, lienthong: Lienthong) -> None:
    prepare(home)  # the ledger alone
    ran = lienthong("backup", home.parent / "backups")
    assert ran.code == 1 and "backup-failed" in ran.err and "sổ cái nêu tên" in ran.err
    found = last(home)
    assert found is not None and not found.well and list((home.parent / "backups").iterdir()) == []


def test_a_setting_that_names_nothing_is_told(home: Path, lienthong: Lienthong) -> None:
    with (home / "gateway.toml").open("a") as settings:
        settings.write('\n[broker]\nurl = "amqp://hub@broker/hub"\npassword_file = "secrets/broker"\n')
    ran = lienthong("backup", home.parent / "backups")
    assert ran.code == 0 and "Không có nên không chép" in ran.out and "secrets/broker" in ran.out


def test_a_file_of_a_link_is_one_that_the_settings_name(home: Path, lienthong: Lienthong) -> None:
    (home / "secrets").mkdir()
    (home / "secrets" / "webhook").write_text("whsec_")
    with (home / "agencies.toml").open("a") as agencies:
        link = 'link = {adapter = "webhook", settings = {secret_file = "secrets/webhook"}}'
        agencies.write(f'\n[[system]]\nid = "x"\norgans = ["H56.40.02"]\ntoken_sha256 = []\n{link}\n')
    assert (backed_up(home, lienthong) / "settings" / "secrets" / "webhook").is_file()


def test_a_restored_folder_is_in_order_and_says_what_is_next(home: Path, lienthong: Lienthong) -> None:
    folder, into = backed_up(home, lienthong), home.parent / "restored"
    ran = lienthong("restore", folder, "--into", into)
    assert ran.code == 0 and "báo các cơ quan gửi lại" in ran.out and "send again" in ran.out
    assert lienthong("check", "--config", into / "gateway.toml").code == 0


def test_files_from_elsewhere_are_laid_aside_and_told(home: Path, lienthong: Lienthong) -> None:
    data, key = home.parent / "data", home.parent / "key.pem"
    (home / "data").rename(data)
    (home / "hub" / "key.pem").rename(key)
    with (home / "gateway.toml").open("a") as settings:
        settings.write(f'key = "{key}"\n[storage]\ndata = "{data}"\n')
    folder, into = backed_up(home, lienthong), home.parent / "restored"
    ran = lienthong("restore", folder, "--into", into)
    assert ran.code == 0 and "[storage] data" in ran.out and "đặt các tệp này về" in ran.out
    assert (into / "data" / "ledger.sqlite3").is_file()
    assert (into / "elsewhere" / key.relative_to("/")).read_bytes() == key.read_bytes()


def test_a_backup_of_an_older_schema_is_left_to_migrate(home: Path, lienthong: Lienthong) -> None:
    with closing(sqlite3.connect(home / "data" / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '0001'")
    ran = lienthong("backup", home.parent / "backups", "--json")
    assert ran.code == 0 and not ran.json["recorded"]
    told = lienthong("restore", ran.json["folder"], "--into", home.parent / "restored")
    assert told.code == 0 and "0001" in told.out and "lienthong migrate --config" in told.out


@pytest.mark.parametrize("damage", ["changed", "missing", "list", "partial", "outside"])
def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_written(home: Path, lienthong: Lienthong, damage: str) -> None:
    folder, into = backed_up(home, lienthong), home.parent / "restored"
    manifest, key = folder / "manifest.json", folder / "settings" / "hub" / "key.pem"
    if damage == "changed":
        key.write_bytes(key.read_bytes()[::-1])
    elif damage == "missing":
        key.unlink()
    elif damage == "list":
        manifest.unlink()
    elif damage == "partial":
        folder = folder.rename(folder.with_name(f"{folder.name}.partial"))
    else:
        manifest.write_text(manifest.read_text().replace("settings/hub/key.pem", "settings/../../key.pem"))
    ran = lienthong("restore", folder, "--into", into)
    assert ran.code == 1 and "backup-broken" in ran.err and not into.exists()


def test_a_folder_that_is_not_empty_is_left_alone(home: Path, lienthong: Lienthong) -> None:
    folder = backed_up(home, lienthong)
    before = sorted(home.rglob("*"))
    ran = lienthong("restore", folder, "--into", home)
    assert ran.code == 1 and "restore-refused" in ran.err and sorted(home.rglob("*")) == before
