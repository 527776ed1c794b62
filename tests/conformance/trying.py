"""Trying an adapter that is made in a test: the office, with one thing about it broken."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gateway.sdk.conformance.certification import run
from gateway.sdk.conformance.report import Report, Verdict
from gateway.sdk.conformance.suite import MODULE, OTHER_SIDE
from gateway.sdk.conformance.trial import Subject
from gateway.sdk.manifest import read_manifest
from gateway.sdk.opening import Found

OFFICE = Path(__file__).with_name("office")
QUICK = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken(Found):
    """The office with another class for its adapter, or for its settings."""

    made: type | None = None
    asked: type | None = None

    def part(self, module: str, name: str) -> Any:
        usual = Found.part(self, module, name)
        if name == "open_adapter" and self.made is not None:
            return partial(usual, made=self.made)
        return self.asked if name == "Settings" and self.asked is not None else usual


def tried(made: type | None = None, asked: type | None = None, tests: tuple[Path, ...] = (), **claims: object) -> Report:
    """Run the suite on the office as broken."""
    manifest = read_manifest(OFFICE / "manifest.toml").model_copy(update=claims)
    found = Broken(manifest=manifest, folder=OFFICE, made=made, asked=asked)
    subject = Subject(found=found, side=found.part(MODULE, OTHER_SIDE), patience=QUICK, settling=QUICK)
    return run(subject, "office", tests)


def failed(report: Report) -> set[str]:
    """Name the checks that failed."""
    return {each.en for each in report.of(Verdict.FAILED)}
