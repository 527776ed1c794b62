"""deadlines.toml: how long what may take, and who is reminded when."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from gateway.core.deadlines import Lengths, Rule
from gateway.core.faults import Misconfigured
from gateway.core.hours import WorkingTime
from gateway.core.ladder import BY_HAND, USUAL, Audience, Ladder, Step
from gateway.core.model import Priority
from gateway.core.timekeeping import Timekeeping
from gateway.infra.toml_file import read_toml
from gateway.sdk.shipped import shipped

_ORDER: Final = [each for each in Step if each not in BY_HAND]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LengthsTable(_Table):
    """`[lengths]`, in minutes: of working time, but for what is urgent, which is by the clock."""

    intake_minutes: float = Field(default=120, gt=0)
    urgent_minutes: float = Field(default=30, gt=0)
    very_urgent_minutes: float = Field(default=15, gt=0)
    express_minutes: float = Field(default=15, gt=0)
    collection_minutes: float = Field(default=240, gt=0)
    recall_answer_minutes: float = Field(default=480, gt=0)


class StepTable(_Table):
    """A step of a ladder."""

    step: Step
    tells: frozenset[Audience] = Field(min_length=1)


class DeadlinesFile(_Table):
    """The whole file."""

    lengths: LengthsTable = LengthsTable()
    ladder: dict[Rule, tuple[StepTable, ...]] = {}


def shipped_deadlines() -> Path:
    """Give the file that ships with the project."""
    return shipped("config") / "deadlines.toml"


def load_timekeeping(file: Path, working_time: WorkingTime) -> Timekeeping:
    """Read the file. Raises Misconfigured naming what is wrong."""
    read = read_toml(file, DeadlinesFile)
    ladders = {rule: _ladder(file, rule, steps) for rule, steps in read.ladder.items()}
    return Timekeeping(working_time=working_time, lengths=_lengths(read.lengths), ladders={**USUAL, **ladders})


def _ladder(file: Path, rule: Rule, steps: tuple[StepTable, ...]) -> Ladder:
    named = [each.step for each in steps]
    if named != [each for each in _ORDER if each in named]:
        names = ", ".join(_ORDER)
        raise Misconfigured("misconfigured", detail=f"{file}: ladder.{rule}: {names}")
    return tuple((each.step, each.tells) for each in steps)


def _lengths(table: LengthsTable) -> Lengths:
    urgent = {
        Priority.URGENT: table.urgent_minutes,
        Priority.VERY_URGENT: table.very_urgent_minutes,
        Priority.EXPRESS: table.express_minutes,
        Priority.EXPRESS_TIMED: table.express_minutes,
    }
    return Lengths(
        intake=timedelta(minutes=table.intake_minutes),
        urgent={priority: timedelta(minutes=minutes) for priority, minutes in urgent.items()},
        collection=timedelta(minutes=table.collection_minutes),
        recall_answer=timedelta(minutes=table.recall_answer_minutes),
    )
