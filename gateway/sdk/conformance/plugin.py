"""The plugin of pytest that a certification runs with: it hands the adapter to the suite, and gathers what came of it."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from gateway.sdk.conformance import certified
from gateway.sdk.conformance.checking import check_of
from gateway.sdk.conformance.checks_loss import LOSS
from gateway.sdk.conformance.report import GROUPS, OWN, Checked, Loss, Report, Verdict
from gateway.sdk.conformance.suite import OTHER_SIDE, Conformance
from gateway.sdk.conformance.trial import Subject

ASSERTION: Final = "AssertionError: "
MOST_WORDS: Final = 2000
"""Characters of what a check says; a test of the adapter's own may print a whole document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What a test is called."""

    group: str
    vi: str
    en: str
    case: str
    variant: str


class Certification:
    """One run. `report()` gives what it found."""

    def __init__(self, subject: Subject, target: str) -> None:
        self._subject = subject
        self._target = target
        self._begun = time.monotonic()
        self._titles: dict[str, Title] = {}
        self._checks: dict[str, Checked] = {}
        self._losses: dict[str, Loss] = {}

    def report(self) -> Report:
        """Give what was found until now."""
        return Report(
            manifest=self._subject.found.manifest,
            target=self._target,
            at=datetime.now(UTC),
            seconds=time.monotonic() - self._begun,
            checks=tuple(sorted(self._checks.values(), key=lambda each: list(GROUPS).index(each.group))),
            losses=self._losses,
        )

    @pytest.fixture
    def certified(self) -> Subject:
        """Give the suite the adapter that is tried."""
        return self._subject

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Run the kit's own suite instead of what the adapter may have made of it."""
        doubled = [each for each in items if _is_doubled(each)]
        items[:] = [each for each in items if not _is_doubled(each)]
        config.hook.pytest_deselected(items=doubled)
        self._titles = {each.nodeid: _title(each) for each in items}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count a file that cannot be loaded as a failure."""
        if report.failed:
            title = Title(group=OWN, vi=report.nodeid, en=report.nodeid, case="", variant="")
            self._checks[report.nodeid] = _checked(title, Verdict.FAILED, 0, _words(report.longrepr))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what came of a test: a failure of any of its phases counts, in the end too."""
        title, before = self._titles[report.nodeid], self._checks.get(report.nodeid)
        seconds = report.duration + (before.seconds if before is not None else 0)
        verdict, words = Verdict(report.outcome), "" if report.passed else _words(report.longrepr)
        if before is not None and (report.passed or before.verdict is Verdict.FAILED):
            verdict, words = before.verdict, before.words
        self._checks[report.nodeid] = _checked(title, verdict, seconds, words)
        for name, value in report.user_properties:
            if name == LOSS:
                self._losses[title.variant] = _loss(str(value))


def _is_doubled(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    if cls is None or not issubclass(cls, Conformance) or cls is certified.TestConformance:
        return False
    own = cls.__mro__[: cls.__mro__.index(Conformance)]
    return bool(cls.other_side == OTHER_SIDE) and not any("subject" in vars(each) for each in own)


def _variant(item: pytest.Item) -> str:
    """Name the other side of another kind that a check is run against."""
    cls = getattr(item, "cls", None)
    if cls is None or not issubclass(cls, Conformance) or cls is certified.TestConformance:
        return ""
    return str(cls.other_side) if cls.other_side != OTHER_SIDE else cls.__name__.removeprefix("TestConformance")


def _title(item: pytest.Item) -> Title:
    function = getattr(item, "function", None)
    repetition = getattr(item, "callspec", None)
    variant = _variant(item)
    case = " ".join(filter(None, (variant, "" if repetition is None else str(repetition.id))))
    sentence = getattr(item, "originalname", item.name).removeprefix("test_").replace("_", " ")
    check = check_of(function)
    if check is None:
        return Title(group=OWN, vi=sentence, en=sentence, case=case, variant=variant)
    module: str = getattr(function, "__module__", "")
    return Title(group=module.rpartition(".")[2], vi=check.vi, en=sentence, case=case, variant=variant)


def _checked(title: Title, verdict: Verdict, seconds: float, words: str) -> Checked:
    return Checked(
        group=title.group, vi=title.vi, en=title.en, case=title.case, verdict=verdict, seconds=seconds, words=words[:MOST_WORDS]
    )


def _words(said: Any) -> str:
    """Take the words out of what pytest keeps of a failure or of a skip."""
    if isinstance(said, tuple):
        return str(said[2]).removeprefix("Skipped: ")
    crash = getattr(said, "reprcrash", None)
    return str(said if crash is None else crash.message).removeprefix(ASSERTION)


def _loss(written: str) -> Loss:
    read = json.loads(written)
    lists = {name: tuple(read[name]) for name in ("kept", "dropped", "changed", "invented")}
    return Loss(**lists, declared=read["declared"])
