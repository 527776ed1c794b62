"""policy.toml: the shipped file is the catalogue's defaults, a copy changes what it says, and a mistake is named."""

from pathlib import Path

import pytest

from gateway.core.faults import Misconfigured
from gateway.core.model import OrganId
from gateway.core.policy.catalogue import RULES, Action
from gateway.infra.calendar_files import load_working_time
from gateway.infra.policy_file import load_policy, shipped_policy


def written(folder: Path, text: str) -> Path:
    file = folder / "policy.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_shipped_file_says_for_each_rule_what_the_catalogue_says() -> None:
    assert load_policy(shipped_policy()).actions == {code: rule.action for code, rule in RULES.items()}


def test_an_empty_file_is_the_shipped_one(tmp_path: Path) -> None:
    assert load_policy(written(tmp_path, "")) == load_policy(shipped_policy())


def test_a_file_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, '[actions]\nattachment-macro = "refuse"\n[response]\nreplies = ["Đáp lại"]\n'))
    assert policy.base("attachment-macro") is Action.REFUSE
    assert policy.base("attachment-locked") is Action.HOLD
    assert policy.lists.replies == ("đáp lại",)
    assert policy.lists.demands == load_policy(shipped_policy()).lists.demands


def test_an_agency_s_table_is_read(tmp_path: Path) -> None:
    text = '[agency."H56.40.02"]\nactions = { issued-late = "hold" }\nwith_paper = ["Hợp  đồng"]\n'
    own = load_policy(written(tmp_path, text)).own[OrganId("H56.40.02")]
    assert own.actions == {"issued-late": Action.HOLD} and own.with_paper == {"hợp đồng"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[actions", "policy.toml"),
        ('[actions]\nabc = "refuse"', "abc"),
        ('[actions]\nissued-late = "ignore"', "issued-late"),
        ('[actions]\nstate-secret = "finding"', "state-secret"),
        ("[secrecy]\nwords = []", "secrecy.words"),
        ('[agency."H56"]\nactions = { attachment-macro = "finding" }', "attachment-macro"),
        ('[paper]\nnormative = "QĐ"', "paper.normative"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        load_policy(written(tmp_path, text))
    assert named in caught.value.detail and "policy.toml" in caught.value.detail


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"policy\.toml"):
        load_policy(tmp_path / "policy.toml")


def test_a_mistake_in_a_calendar_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "2027.toml").write_text('[off]\n2027-02-30 = "không có"\n', "utf-8")
    with pytest.raises(Misconfigured, match=r"2027\.toml"):
        load_working_time(tmp_path)
