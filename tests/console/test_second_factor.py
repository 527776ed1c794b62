"""The second factor: codes of the moment, each once, and administrators without one only at the hub's own machine."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from gateway.config import Settings
from gateway.core.roles import Role
from gateway.entry.cli.operator import second_factor
from gateway.entry.console.second_factor import STEP_SECONDS
from tests.api.conftest import FakeClock, Province
from tests.console.conftest import OFFICERS, Browser

ADMIN = OFFICERS[Role.ADMIN]


@pytest.fixture
def totp(settings: Settings) -> pyotp.TOTP:
    """Set the administrator's second factor before the hub starts."""
    data: Any = second_factor(settings, ADMIN, remove=False).data
    return pyotp.TOTP(data["secret"])


@pytest.fixture
def code(totp: pyotp.TOTP, clock: FakeClock) -> str:
    return totp.at(clock.now())


@pytest.fixture
async def guarded(totp: pyotp.TOTP, stranger: Browser) -> Browser:
    return stranger


@pytest.mark.parametrize("given", ["", "000000", "x", "12345", "١٢٣٤٥٦"])
async def test_without_the_code_nobody_gets_in_who_has_a_second_factor(guarded: Browser, given: str) -> None:
    status, text = await guarded.post("/sign-in", {"name": ADMIN, "password": "mot mat khau dai", "code": given})
    assert (status, "second-factor-failed" in text) == (401, True)


async def test_the_code_of_the_moment_lets_in(code: str, guarded: Browser) -> None:
    assert await guarded.sign_in(ADMIN, code=f"{code[:3]} {code[3:]}") == 303


async def test_a_code_lets_in_once(code: str, guarded: Browser) -> None:
    assert [await guarded.sign_in(ADMIN, code=code) for _ in range(2)] == [303, 401]


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 303), (1, 303), (2, 401)])
async def test_a_telephone_may_be_half_a_minute_off(
    totp: pyotp.TOTP, clock: FakeClock, guarded: Browser, steps: int, status: int
) -> None:
    then = clock.now() + timedelta(seconds=steps * STEP_SECONDS)
    assert await guarded.sign_in(ADMIN, code=totp.at(then)) == status


async def test_the_right_code_with_a_wrong_password_is_a_wrong_password(code: str, guarded: Browser) -> None:
    assert await guarded.sign_in(ADMIN, "sai mat khau roi", code=code) == 401
    assert await guarded.sign_in(ADMIN, code=code) == 303


async def test_an_administrator_without_a_second_factor_gets_in_at_the_hub_alone(stranger: Browser) -> None:
    fields = {"name": ADMIN, "password": "mot mat khau dai"}
    status, text = await stranger.post("/sign-in", fields, headers={"X-Forwarded-For": "192.0.2.1"})
    assert (status, "second-factor-missing" in text) == (403, True)
    assert await stranger.sign_in(ADMIN) == 303


async def test_a_duty_officer_needs_none(stranger: Browser) -> None:
    fields = {"name": OFFICERS[Role.DUTY], "password": "mot mat khau dai"}
    assert (await stranger.post("/sign-in", fields, headers={"X-Forwarded-For": "192.0.2.1"}))[0] == 303


async def test_the_secret_lies_sealed(totp: pyotp.TOTP, hub: Province, settings: Settings) -> None:
    text = Path(settings.path(settings.directory.agencies)).read_text("utf-8")
    assert totp.secret not in text
    assert 'totp = "v1:' in text


async def test_taken_away_it_is_asked_for_no_more(totp: pyotp.TOTP, settings: Settings, stranger: Browser, hub: Province) -> None:
    second_factor(settings, ADMIN, remove=True)
    hub.hub.rules.reload(settings)  # type: ignore[attr-defined]
    assert await stranger.sign_in(ADMIN) == 303
