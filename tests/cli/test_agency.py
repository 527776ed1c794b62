"""`lienthong agency` and `cert`: the directory is edited without harm."""

import multiprocessing
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path

from gateway.core.model import VIETNAM
from gateway.infra.agencies_file import AGENCY, editing
from gateway.infra.authority import Authority
from tests.cli.conftest import Lienthong, directory
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE

TODAY = datetime.now(VIETNAM).date()


def test_an_agency_is_added_with_what_is_said_of_it(home: Path, lienthong: Lienthong) -> None:
    ran = lienthong(
        *("agency", "add", "H56.70", "--name", "UBND xã D", "--parent", PROVINCE),
        *("--alias", "000.01.02.H56", "--alias", "H56.70.00", "--valid-from", "2025-07-01"),
    )
    assert ran.code == 0, ran.err
    assert directory(home)["agency"]["H56.70"] == {
        "id": "H56.70",
        "name": "UBND xã D",
        "parent": PROVINCE,
        "aliases": ["000.01.02.H56", "H56.70.00"],
        "valid_from": date(2025, 7, 1),
        "updated_on": TODAY,
    }


def test_an_agency_is_added_with_the_addresses_that_letters_go_to(home: Path, lienthong: Lienthong) -> None:
    letters = ("--email", "vanthu@d.example", "--leader-email", "chutich@d.example")
    assert lienthong("agency", "add", "H56.70", "--name", "UBND xã D", *letters).code == 0
    added = directory(home)["agency"]["H56.70"]
    assert (added["email"], added["leader_email"]) == ("vanthu@d.example", "chutich@d.example")


def test_an_address_is_set_and_taken_out_and_the_other_stays(home: Path, lienthong: Lienthong) -> None:
    lienthong("agency", "set", COMMUNE, "--email", "vanthu@b.example", "--leader-email", "chutich@b.example")
    assert lienthong("agency", "set", COMMUNE, "--leader-email", "").code == 0
    changed = directory(home)["agency"][COMMUNE]
    assert (changed["email"], "leader_email" in changed) == ("vanthu@b.example", False)


def test_what_is_no_address_is_not_set(home: Path, lienthong: Lienthong) -> None:
    before = (home / "agencies.toml").read_bytes()
    ran = lienthong("agency", "set", COMMUNE, "--email", "vanthu@b.example, chutich@b.example")
    assert (ran.code, (home / "agencies.toml").read_bytes()) == (2, before)


def test_an_agency_is_not_added_twice(home: Path, lienthong: Lienthong) -> None:
    ran = lienthong("agency", "add", PROVINCE, "--name", "Khác")
    assert ran.code == 1
    assert "entry-exists" in ran.err


def test_an_alias_of_another_agency_is_refused_and_nothing_is_written(home: Path, lienthong: Lienthong) -> None:
    before = (home / "agencies.toml").read_bytes()
    assert lienthong("agency", "add", "H56.70", "--name", "UBND xã D", "--alias", COMMUNE).code == 1
    assert (home / "agencies.toml").read_bytes() == before


def test_an_unknown_agency_is_said_to_be_unknown(home: Path, lienthong: Lienthong) -> None:
    ran = lienthong("agency", "set", "H56.99", "--name", "Khác")
    assert ran.code == 1
    assert "entry-unknown" in ran.err
    assert "H56.99" in ran.err


def test_trust_by_channel_alone_holds_for_a_year_and_says_so(home: Path, lienthong: Lienthong) -> None:
    ran = lienthong("agency", "set", DEPARTMENT, "--trust", "channel")
    until = TODAY + timedelta(days=365)
    agency = directory(home)["agency"][DEPARTMENT]
    assert (ran.code, agency["trust"], agency["trust_until"]) == (0, "channel", until)
    assert until.isoformat() in ran.out


def test_an_exception_ends_on_the_day_that_is_named(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("agency", "set", DEPARTMENT, "--trust", "legacy", "--until", "30/06/2027").code == 0
    assert directory(home)["agency"][DEPARTMENT]["trust_until"] == date(2027, 6, 30)


def test_signed_trust_takes_the_exception_away(home: Path, lienthong: Lienthong) -> None:
    lienthong("agency", "set", DEPARTMENT, "--trust", "legacy")
    assert lienthong("agency", "set", DEPARTMENT, "--trust", "signed").code == 0
    assert {"trust", "trust_until"} & set(directory(home)["agency"][DEPARTMENT]) == set()


def test_a_date_without_an_exception_is_a_usage_error(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("agency", "set", DEPARTMENT, "--until", "2027-06-30").code == 2


def test_aliases_are_added_to_those_that_are_there(home: Path, lienthong: Lienthong) -> None:
    lienthong("agency", "set", DEPARTMENT, "--alias", "H56.15")
    assert lienthong("agency", "set", "H56.15", "--alias", "H56.15.00").code == 0
    assert directory(home)["agency"][DEPARTMENT]["aliases"] == ["H56.15", "H56.15.00"]


def test_a_locked_agency_is_unlocked_again(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("agency", "lock", COMMUNE, "--reason", "Đối soát").code == 0
    assert directory(home)["agency"][COMMUNE]["locked"] == "Đối soát"
    assert lienthong("agency", "unlock", COMMUNE).code == 0
    assert "locked" not in directory(home)["agency"][COMMUNE]


def test_a_retired_agency_has_an_end_and_a_successor(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("agency", "retire", DEPARTMENT, "--on", "2027-07-01", "--successor", COMMUNE).code == 0
    agency = directory(home)["agency"][DEPARTMENT]
    assert (agency["valid_to"], agency["successor"]) == (date(2027, 7, 1), COMMUNE)


def test_an_agency_that_has_ended_is_not_retired_again(home: Path, lienthong: Lienthong) -> None:
    lienthong("agency", "retire", DEPARTMENT, "--on", "2025-07-01", "--successor", COMMUNE)
    ran = lienthong("agency", "retire", DEPARTMENT, "--on", "2027-07-01")
    assert (ran.code, "agency-ended" in ran.err) == (1, True)


def test_a_parent_is_written_as_its_canonical_id_and_makes_no_circle(home: Path, lienthong: Lienthong) -> None:
    lienthong("agency", "set", PROVINCE, "--alias", "000.00.00.H56")
    assert lienthong("agency", "set", DEPARTMENT, "--parent", "000.00.00.H56").code == 0
    assert directory(home)["agency"][DEPARTMENT]["parent"] == PROVINCE
    for parent in (DEPARTMENT, PROVINCE, "H56.99"):
        assert lienthong("agency", "set", PROVINCE, "--parent", parent).code == 1
    assert "parent" not in directory(home)["agency"][PROVINCE]


def test_a_successor_that_nobody_knows_is_refused(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("agency", "retire", DEPARTMENT, "--on", "2027-07-01", "--successor", "H56.99").code == 1
    assert "valid_to" not in directory(home)["agency"][DEPARTMENT]


def test_the_list_is_for_machines_too(home: Path, lienthong: Lienthong) -> None:
    listed = lienthong("agency", "list", "--json").json
    assert [agency["id"] for agency in listed] == [PROVINCE, DEPARTMENT, COMMUNE]


def test_comments_and_the_order_of_the_file_stay(home: Path, lienthong: Lienthong) -> None:
    file = home / "agencies.toml"
    file.write_text(file.read_text("utf-8").replace('name = "Sở A (mẫu)"', 'name = "Sở A (mẫu)"  # đổi tên năm 2027'), "utf-8")
    before = file.read_text("utf-8").splitlines()
    lienthong("agency", "lock", DEPARTMENT, "--reason", "Đối soát")
    after = file.read_text("utf-8").splitlines()
    assert [line for line in after if line not in before] == ['locked = "Đối soát"']
    assert [line for line in before if line not in after] == []


def _add_ten(file: Path, start: int) -> None:
    for number in range(start, start + 10):
        with editing(file) as draft:
            draft.add(AGENCY, {"id": f"H56.{number}", "name": "UBND xã"})


def test_editors_at_the_same_time_lose_nothing(home: Path) -> None:
    spawning = multiprocessing.get_context("spawn")
    editors = [spawning.Process(target=_add_ten, args=(home / "agencies.toml", start)) for start in (100, 200, 300)]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    assert len(directory(home)["agency"]) == 33


def test_a_failed_edit_leaves_the_file_as_it_was(home: Path) -> None:
    file = home / "agencies.toml"
    before = file.read_bytes()
    try:
        with editing(file) as draft:
            draft.add(AGENCY, {"id": "H56.70", "name": "UBND xã D"})
            raise InterruptedError
    except InterruptedError:
        pass
    assert file.read_bytes() == before


def test_a_certificate_of_another_ca_is_not_registered(home: Path, tmp_path: Path, lienthong: Lienthong) -> None:
    foreign = tmp_path / "foreign.pem"
    foreign.write_bytes(Authority.create(tmp_path / "ca").issue("Lạ", "x.y.z", key="p256").certificate_pem)
    ran = lienthong("agency", "set", COMMUNE, "--certificate", foreign)
    assert ran.code == 1
    assert "certificate-untrusted" in ran.err
    assert len(directory(home)["agency"][COMMUNE]["certificates"]) == 1


def test_a_certificate_from_elsewhere_is_copied_and_registered_beside_the_old(
    home: Path, tmp_path: Path, lienthong: Lienthong
) -> None:
    new = tmp_path / "new.pem"
    new.write_bytes(Authority.open(home / "ca").issue("UBND xã B", COMMUNE, key="p256").certificate_pem)
    assert lienthong("agency", "set", COMMUNE, "--certificate", new).code == 0
    old, copied = directory(home)["agency"][COMMUNE]["certificates"]
    assert old == f"agencies/{COMMUNE}/cert.pem"
    assert (home / copied).read_bytes() == new.read_bytes()


def test_a_certificate_is_registered_once(home: Path, lienthong: Lienthong) -> None:
    ran = lienthong("agency", "set", COMMUNE, "--certificate", home / "agencies" / COMMUNE / "cert.pem")
    assert (ran.code, "certificate-registered" in ran.err) == (1, True)


def test_a_certificate_that_is_revoked_is_not_registered(home: Path, tmp_path: Path, lienthong: Lienthong) -> None:
    new, ca = tmp_path / "new.pem", Authority.open(home / "ca")
    new.write_bytes(ca.issue("UBND xã B", COMMUNE, key="p256").certificate_pem)
    ca.revoke(ca.list()[-1].serial)
    ran = lienthong("agency", "set", COMMUNE, "--certificate", new)
    assert (ran.code, "certificate-revoked" in ran.err) == (1, True)


def test_an_issued_certificate_is_registered_beside_the_old_one(home: Path, lienthong: Lienthong) -> None:
    issued = lienthong("cert", "issue", COMMUNE, "--key", "p256", "--json").json
    registered = directory(home)["agency"][COMMUNE]["certificates"]
    assert [home / name for name in registered] == [home / "agencies" / COMMUNE / "cert.pem", Path(issued["certificate"])]
    assert Path(issued["key"]).is_file()


def test_a_renewed_certificate_follows_the_last_registered_one(home: Path, lienthong: Lienthong) -> None:
    lienthong("cert", "issue", COMMUNE, "--key", "p256")
    renewed = lienthong("cert", "renew", COMMUNE, "--json").json
    kinds = {each["serial"]: each["key"] for each in lienthong("cert", "list", "--json").json}
    assert kinds[renewed["serial"]] == "p256"
    assert len(directory(home)["agency"][COMMUNE]["certificates"]) == 3


def test_a_certificate_is_revoked_by_its_file_or_its_serial(home: Path, lienthong: Lienthong) -> None:
    lienthong("cert", "revoke", home / "agencies" / COMMUNE / "cert.pem")
    listed = {each["organ_id"]: each for each in lienthong("cert", "list", "--json").json}
    lienthong("cert", "revoke", listed[DEPARTMENT]["serial"])
    standing = {each["organ_id"]: each["standing"] for each in lienthong("cert", "list", "--json").json}
    assert (standing[COMMUNE], standing[DEPARTMENT], standing[PROVINCE]) == ("revoked", "revoked", "valid")


def test_what_is_written_is_toml(home: Path, lienthong: Lienthong) -> None:
    lienthong("agency", "set", COMMUNE, "--name", 'Xã "B"\\ # không phải chú thích')
    tables = tomllib.loads((home / "agencies.toml").read_text("utf-8"))
    assert tables["agency"][2]["name"] == 'Xã "B"\\ # không phải chú thích'
