"""Checks that an adapter knows whether the other side works, without doing anything to it."""

import asyncio
from typing import Final

import pytest

from gateway.core.faults import Misconfigured, Transient
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import check, expect, expect_fault
from gateway.sdk.conformance.other_side import Mood
from gateway.sdk.conformance.trial import Trial, bounded, cancelled

SICK: Final = (Mood.FAILING, Mood.GARBLED)


class HealthChecks:
    """Health is asked for every half a minute while a system is parked, so it must be right and have no effect."""

    @check("Bên kia khỏe: health yên lặng, không gửi và không đổi gì")
    async def test_health_is_quiet_and_changes_nothing_while_all_is_well(self, trial: Trial) -> None:
        if trial.manifest.push:
            await trial.deliver(golden.consignment())
        before = await _effects(trial)
        await bounded(trial.adapter.health())
        await bounded(trial.adapter.health())
        expect(await _effects(trial) == before, "health làm thay đổi bên kia", "health changed something on the other side")

    @check("Bên kia vắng mặt: health báo Transient; trở lại thì yên lặng", moods=(Mood.AWAY,))
    async def test_health_sees_that_the_other_side_is_away_and_back(self, trial: Trial) -> None:
        await trial.other.be(Mood.AWAY)
        expect_fault(await trial.fault_of(trial.adapter.health()), Transient, "receiver-unreachable")
        await trial.other.be(Mood.WELL)
        await bounded(trial.adapter.health())

    @check("Sai tài khoản: health báo Misconfigured", moods=(Mood.UNAUTHORISED,))
    async def test_health_sees_that_the_credentials_are_not_accepted(self, trial: Trial) -> None:
        await trial.other.be(Mood.UNAUTHORISED)
        fault = await trial.fault_of(trial.adapter.health())
        expect_fault(fault, Misconfigured, "link-unauthorised", "link-misconfigured")

    @check("Bên kia lỗi: health chỉ báo lỗi tạm thời hoặc yên lặng")
    @pytest.mark.parametrize("mood", SICK)
    async def test_health_never_calls_a_sick_other_side_anything_worse(self, trial: Trial, mood: Mood) -> None:
        await trial.other.be(mood)
        fault = await trial.outcome(trial.adapter.health())
        worse = fault is not None and not isinstance(fault, Transient)
        expect(not worse, f"health báo {fault!r}", f"health raised {fault!r}")

    @check("Bên kia treo: health hủy được ngay", moods=(Mood.HANGING,))
    async def test_health_of_a_hanging_other_side_is_cancelled_at_once(self, trial: Trial) -> None:
        await trial.other.be(Mood.HANGING)
        task = asyncio.ensure_future(trial.adapter.health())
        await asyncio.wait({task}, timeout=trial.patience)
        await cancelled(task)
        await trial.other.be(Mood.WELL)
        await bounded(trial.adapter.health())


async def _effects(trial: Trial) -> tuple[object, ...]:
    manifest = trial.manifest
    try:
        held = await trial.other.held() if manifest.push else ()
        told = await trial.other.told() if manifest.statuses else ()
        outcomes = dict(await trial.other.outcomes()) if manifest.collect else {}
    except NotImplementedError:  # it cannot be looked into
        return ()
    return held, told, outcomes
