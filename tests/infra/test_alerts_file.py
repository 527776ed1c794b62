"""alerts.toml: the shipped file is what holds by itself, a copy changes what it says, and a mistake is named."""

import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.alert_rules import USUAL, Severity, Trouble
from gateway.core.faults import Misconfigured
from gateway.infra.alerts_file import RuleTable, load_alerts, shipped_alerts


def written(folder: Path, text: str) -> Path:
    file = folder / "alerts.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_shipped_file_says_what_holds_by_itself(tmp_path: Path) -> None:
    assert load_alerts(shipped_alerts()) == USUAL == load_alerts(written(tmp_path, ""))


def test_the_shipped_file_shows_every_key_of_every_rule() -> None:
    shown = tomllib.loads(shipped_alerts().read_text("utf-8"))
    keys = set(RuleTable.model_fields)
    assert {trouble: set(shown[trouble]) for trouble in Trouble} == {
        trouble: keys if USUAL[trouble].at is not None else keys - {"at"} for trouble in Trouble
    }


def test_a_file_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    text = '[undeliverable]\nat = 5\nlasting = 1.5\nseverity = "page"\n[broker-down]\non = false\n'
    assert load_alerts(written(tmp_path, text)) == {
        **USUAL,
        Trouble.UNDELIVERABLE: replace(USUAL[Trouble.UNDELIVERABLE], at=5, lasting=timedelta(seconds=90), severity=Severity.PAGE),
        Trouble.BROKER_DOWN: replace(USUAL[Trouble.BROKER_DOWN], on=False),
    }


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[undeliverable", "alerts.toml"),
        ("[abc]\nat = 1", "abc"),
        ("[undeliverable]\nabc = 1", "undeliverable.abc"),
        ("[undeliverable]\nlasting = -1", "undeliverable.lasting"),
        ('[undeliverable]\nseverity = "loud"', "undeliverable.severity"),
        ('[undeliverable]\nvi = ""', "undeliverable.vi"),
        ("[system-parked]\nat = 3", "system-parked.at"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        load_alerts(written(tmp_path, text))
    assert named in caught.value.detail and "alerts.toml" in caught.value.detail
