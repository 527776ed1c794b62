"""alerts.toml: what the officers are told of the hub itself, and from when on."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, RootModel

from gateway.core.alert_rules import USUAL, AlertRule, AlertRules, Severity, Trouble
from gateway.core.faults import Misconfigured
from gateway.infra.toml_file import read_toml
from gateway.sdk.shipped import shipped

MINUTES: Final = 7 * 24 * 60
"""A week: what may last longer unseen is no matter for an alert."""

AT: Final = 100_000
"""Of a threshold, in whatever it counts: more is a mistake, and days of that number are beyond any calendar."""


class RuleTable(BaseModel):
    """The table of one rule; what it does not say is as usual. Times are in minutes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vi: str | None = Field(default=None, min_length=1, max_length=100)
    en: str | None = Field(default=None, min_length=1, max_length=100)
    severity: Severity | None = None
    lasting: float | None = Field(default=None, ge=0, le=MINUTES)
    quiet: float | None = Field(default=None, ge=0, le=MINUTES)
    at: float | None = Field(default=None, ge=0, le=AT)
    on: bool | None = None


class AlertsFile(RootModel[dict[Trouble, RuleTable]]):
    """The whole file."""


def shipped_alerts() -> Path:
    """Give the file that ships with the project."""
    return shipped("config") / "alerts.toml"


def load_alerts(file: Path) -> AlertRules:
    """Read the file. Raises Misconfigured naming what is wrong."""
    read = read_toml(file, AlertsFile).root
    return {trouble: _rule(file, trouble, usual, read.get(trouble, RuleTable())) for trouble, usual in USUAL.items()}


def _rule(file: Path, trouble: Trouble, usual: AlertRule, table: RuleTable) -> AlertRule:
    written: dict[str, Any] = table.model_dump(exclude_none=True)
    if "at" in written and usual.at is None:
        raise Misconfigured("misconfigured", detail=f"{file}: {trouble}.at")
    times: dict[str, Any] = {name: timedelta(minutes=written[name]) for name in ("lasting", "quiet") if name in written}
    return replace(usual, **written | times)
