"""`lienthong system vxp`: what a system may do by the national SDK, dated and visible."""

from datetime import date, datetime, timedelta
from pathlib import Path

from gateway.core.model import VIETNAM
from tests.cli.conftest import Lienthong, directory
from tests.documents import COMMUNE, PROVINCE


def access(home: Path) -> dict[str, object]:
    found: dict[str, object] = directory(home)["system"][PROVINCE]["vxp"]
    return found


def test_to_register_without_approval_is_granted_for_a_year_where_nobody_says(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("system", "vxp", PROVINCE, "--registers").code == 0
    assert access(home)["registers_until"] == datetime.now(VIETNAM).date() + timedelta(days=365)


def test_it_is_granted_until_a_day_and_its_secrets_stay(home: Path, lienthong: Lienthong) -> None:
    secrets = access(home)["secrets"]
    lienthong("system", "vxp", PROVINCE, "--registers", "--until", "30/06/2099", "--window-seconds", 1800)
    assert access(home) == {"secrets": secrets, "registers_until": date(2099, 6, 30), "window_seconds": 1800}


def test_it_is_taken_back(home: Path, lienthong: Lienthong) -> None:
    lienthong("system", "vxp", PROVINCE, "--registers")
    lienthong("system", "vxp", PROVINCE, "--no-registers")
    assert "registers_until" not in access(home)


def test_it_is_seen_in_the_list_and_by_check(home: Path, lienthong: Lienthong) -> None:
    lienthong("system", "vxp", PROVINCE, "--registers", "--until", "2099-06-30")
    assert "2099-06-30" in lienthong("system", "list").out
    assert "registers agencies by itself until 2099-06-30" in lienthong("check").out


def test_a_system_without_a_secret_of_the_sdk_is_not_granted_anything(home: Path, lienthong: Lienthong) -> None:
    lienthong("system", "add", "vendor-1", "--organ", COMMUNE)
    assert lienthong("system", "vxp", "vendor-1", "--registers").code != 0
    assert "vxp" not in directory(home)["system"]["vendor-1"]
