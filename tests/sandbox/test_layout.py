"""The folder is a sandbox's and nobody else's; its sample can be sent, and what the sandbox breaks is really broken."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config import Server, Settings
from gateway.core.faults import Misconfigured
from gateway.entry.cli.verify import verify_file
from gateway.entry.sandbox.layout import MARK, PEERS, SAMPLE_SIGNED, Laid, demand_play, lay_out, peers_of
from gateway.entry.sandbox.letters import Agency
from gateway.entry.sandbox.meddling import altered


def test_the_sample_is_signed_by_me(laid: Laid) -> None:
    assert verify_file(laid.folder / SAMPLE_SIGNED, laid.folder / "ca").code is None


@pytest.mark.parametrize("how", ["content", "signature"])
def test_a_changed_envelope_fails_verification(laid: Laid, tmp_path: Path, how: str) -> None:
    file = tmp_path / "received.edxml"
    file.write_bytes(altered((laid.folder / SAMPLE_SIGNED).read_bytes(), how))
    assert verify_file(file, laid.folder / "ca").code == "signature-invalid"


def test_the_folder_of_a_real_hub_is_not_played_with(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text("", "utf-8")
    with pytest.raises(Misconfigured, match="real hub"):
        lay_out(tmp_path, port=0, mine=None)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "hub.tinh.gov.vn"])  # noqa: S104  that is what is refused
def test_another_host_than_this_machine_is_refused(host: str) -> None:
    with pytest.raises(Misconfigured, match=r"127\.0\.0\.1"):
        demand_play(Settings(server=Server(host=host)))


def test_the_settings_of_a_real_hub_in_a_sandbox_s_folder_are_refused_before_they_are_used(tmp_path: Path) -> None:
    (tmp_path / MARK).write_text("{}", "utf-8")
    (tmp_path / "gateway.toml").write_text('[database]\nurl = "postgresql://hub@db.tinh.gov.vn/lienthong"\n', "utf-8")
    with pytest.raises(Misconfigured, match="no database"):
        lay_out(tmp_path, port=0, mine=None)


def test_the_same_folder_again_is_the_same_sandbox(laid: Laid) -> None:
    token = laid.token(laid.mine.organ)
    again = lay_out(laid.folder, port=0, mine=None)
    assert (replace(again, settings=laid.settings), again.token(laid.mine.organ)) == (laid, token)


def test_a_folder_stays_with_its_agency(laid: Laid) -> None:
    with pytest.raises(Misconfigured, match="use another one"):
        lay_out(laid.folder, port=0, mine=Agency(organ="H01.02", name="Khác"))


def test_an_agency_that_is_named_like_a_peer_takes_its_place() -> None:
    assert peers_of(Agency(organ=PEERS[0].organ, name="UBND tỉnh")) == PEERS[1:]
