"""The suite: every check of the kit, on the adapter in `folder`."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from gateway.sdk.conformance.checking import check_of
from gateway.sdk.conformance.checks_collect import CollectChecks
from gateway.sdk.conformance.checks_discretion import DiscretionChecks
from gateway.sdk.conformance.checks_health import HealthChecks
from gateway.sdk.conformance.checks_interruption import InterruptionChecks
from gateway.sdk.conformance.checks_loss import LossChecks
from gateway.sdk.conformance.checks_outage import OutageChecks
from gateway.sdk.conformance.checks_repeats import RepeatChecks
from gateway.sdk.conformance.checks_settings import SettingsChecks
from gateway.sdk.conformance.checks_size import SizeChecks
from gateway.sdk.conformance.checks_statuses import StatusChecks
from gateway.sdk.conformance.checks_whole import WholeChecks
from gateway.sdk.conformance.other_side import Mood
from gateway.sdk.conformance.trial import Subject, Trial
from gateway.sdk.opening import find

CLAIMS: Final = {"deliver": "push", "report": "statuses", "collect": "collect"}
"""What a manifest claims with each call."""
MODULE: Final = "tests.other_side"
OTHER_SIDE: Final = "OtherSide"


class Conformance(
    WholeChecks,
    RepeatChecks,
    InterruptionChecks,
    SizeChecks,
    OutageChecks,
    StatusChecks,
    CollectChecks,
    HealthChecks,
    SettingsChecks,
    DiscretionChecks,
    LossChecks,
):
    """The checks. An adapter's tests subclass this, and name its `folder`, which holds `tests/other_side.py`.

    Where an adapter has other sides of several kinds, there is a subclass for each; `other_side` names its class.
    """

    folder: Path
    other_side: str = OTHER_SIDE

    @pytest.fixture
    def subject(self) -> Subject:
        """Find the adapter and its other side."""
        found = find(self.folder)
        return Subject(found=found, side=found.part(MODULE, self.other_side))

    @pytest_asyncio.fixture(loop_scope="function")
    async def trial(self, request: pytest.FixtureRequest, subject: Subject, tmp_path: Path) -> AsyncGenerator[Trial, None]:
        """Open the other side and the adapter, or skip what the adapter does not claim."""
        check = check_of(request.function)
        if check is not None:
            _skip_unclaimed((*check.claims, *_claims(request)), subject)
        trial = Trial(subject, tmp_path)
        moods = check.moods if check is not None else ()
        _skip_impossible((*moods, *_moods(request)), trial)
        async with trial.begun():
            yield trial


def _skip_unclaimed(claims: tuple[str, ...], subject: Subject) -> None:
    manifest = subject.found.manifest
    for claim in claims:
        if not getattr(manifest, claim):
            pytest.skip(f"manifest: {claim} = false")


def _skip_impossible(moods: tuple[Mood, ...], trial: Trial) -> None:
    for mood in moods:
        if mood in trial.other.impossible:
            pytest.skip(f"{mood}: {trial.other.impossible[mood]}")


def _claims(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Give the claim that lies behind the call that a check is repeated for."""
    return tuple(CLAIMS[call] for call in _repeated_for(request, "call"))


def _moods(request: pytest.FixtureRequest) -> tuple[Mood, ...]:
    """Give the mood that a check is repeated for."""
    return tuple(Mood(mood) for mood in _repeated_for(request, "mood"))


def _repeated_for(request: pytest.FixtureRequest, parameter: str) -> tuple[str, ...]:
    repetition = getattr(request.node, "callspec", None)
    return () if repetition is None or parameter not in repetition.params else (repetition.params[parameter],)
