"""alerts.toml under edit: what an officer decides is written in its place, and nothing else changes."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.alert_rules import USUAL, AlertRule, Trouble
from gateway.core.faults import Misconfigured, Rejected
from gateway.infra.alerts_edit import revising
from gateway.infra.alerts_file import load_alerts, shipped_alerts

WAITS, PARKED = Trouble.QUEUE_WAITS, Trouble.SYSTEM_PARKED
LATER = replace(USUAL[WAITS], at=20.5, lasting=timedelta(minutes=10), quiet=timedelta(minutes=90))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    copy = tmp_path / "alerts.toml"
    copy.write_text(shipped_alerts().read_text("utf-8"), "utf-8")
    return copy


def revise(file: Path, trouble: Trouble, new: AlertRule, was: AlertRule | None = None) -> None:
    with revising(file, trouble, was or USUAL[trouble], new):
        pass


def test_a_rule_is_changed_and_every_other_line_stays(file: Path) -> None:
    before = file.read_text("utf-8").splitlines()
    revise(file, WAITS, LATER)
    after = file.read_text("utf-8").splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [("lasting = 5", "lasting = 10"), ("quiet = 60", "quiet = 90"), ("at = 15", "at = 20.5")]
    assert load_alerts(file) == {**USUAL, WAITS: LATER}


def test_a_rule_that_the_file_does_not_name_is_added(tmp_path: Path) -> None:
    file = tmp_path / "alerts.toml"
    file.write_text("# của tỉnh\n[undeliverable]\nat = 3\n", "utf-8")
    revise(file, PARKED, replace(USUAL[PARKED], on=False))
    assert file.read_text("utf-8") == "# của tỉnh\n[undeliverable]\nat = 3\n\n[system-parked]\non = false\n"


def test_what_another_changed_meanwhile_is_not_overwritten(file: Path) -> None:
    revise(file, WAITS, LATER)
    before = file.read_text("utf-8")
    with pytest.raises(Rejected, match="alert-rule-changed"):
        revise(file, WAITS, replace(LATER, at=30))
    assert file.read_text("utf-8") == before


def test_what_the_hub_would_not_take_is_not_written(file: Path) -> None:
    before = file.read_text("utf-8")
    with pytest.raises(Misconfigured):
        revise(file, WAITS, replace(LATER, lasting=timedelta(days=8)))
    assert file.read_text("utf-8") == before


def test_nothing_is_written_where_it_could_not_be_written_down(file: Path) -> None:
    before = file.read_text("utf-8")
    with pytest.raises(RuntimeError), revising(file, WAITS, USUAL[WAITS], LATER):
        raise RuntimeError("audit")
    assert file.read_text("utf-8") == before
