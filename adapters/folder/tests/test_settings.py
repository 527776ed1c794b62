"""Which settings make a link, and which folders."""

import pytest
from pydantic import ValidationError

from ..settings import Settings

SERVER = {"host": "sftp.example", "user": "truc", "known_hosts_file": "known_hosts"}


@pytest.mark.parametrize("settings", [{"path": "/srv/x"}, {**SERVER, "key_file": "k"}, {**SERVER, "password_file": "p"}])
def test_a_folder_or_a_server_makes_a_link(settings: dict[str, object]) -> None:
    assert Settings.model_validate(settings)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"path": "x", "user": "truc"},
        SERVER,
        {**SERVER, "key_file": "k", "password_file": "p"},
        {"host": "sftp.example", "user": "truc", "key_file": "k"},
        {"host": "sftp.example", "known_hosts_file": "known_hosts", "key_file": "k"},
    ],
)
def test_half_a_link_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(settings)


@pytest.mark.parametrize("name", ["..", "../x", "/x", "x/../y", ".x", "x/", "x//y", "", "x\\y", "x.", "x\0", "x\n"])
def test_a_folder_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"path": "x", "den": name})


@pytest.mark.parametrize("names", [{"den": "di"}, {"loi": "di/loi"}, {"den": "DI"}])
def test_folders_in_one_another_are_refused(names: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="none in another"):
        Settings.model_validate({"path": "x", **names})


def test_folders_may_have_the_names_of_the_agencys_program() -> None:
    assert Settings.model_validate({"path": "x", "den": "TDOffice/In Box", "di": "TDOffice/Out-Box"}).den == "TDOffice/In Box"
