"""The file of deadlines: a ladder has the steps that time brings, in their order, each once."""

from pathlib import Path

import pytest

from gateway.core.deadlines import Rule
from gateway.core.faults import Misconfigured
from gateway.core.ladder import BY_HAND, Step
from gateway.infra.deadlines_file import load_timekeeping
from tests.judging import working_time


def written(folder: Path, *steps: str) -> Path:
    tables = "".join(f'[[ladder.intake]]\nstep = "{step}"\ntells = ["agency"]\n' for step in steps)
    (folder / "deadlines.toml").write_text(tables, "utf-8")
    return folder / "deadlines.toml"


def test_a_ladder_in_the_order_of_time_is_kept(tmp_path: Path) -> None:
    read = load_timekeeping(written(tmp_path, "half", "overdue"), working_time())
    assert [step for step, _ in read.ladders[Rule.INTAKE]] == [Step.HALF, Step.OVERDUE]


@pytest.mark.parametrize("steps", [("overdue", "half"), ("half", "half"), *((each.value,) for each in sorted(BY_HAND))])
def test_one_out_of_order_or_doubled_or_by_hand_is_refused(tmp_path: Path, steps: tuple[str, ...]) -> None:
    with pytest.raises(Misconfigured):
        load_timekeeping(written(tmp_path, *steps), working_time())
