"""A rule of alerts on the console: tried on what was measured, kept by an administrator, in force at once."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.config import Settings
from gateway.core.alert_rules import USUAL, Trouble
from gateway.core.alerts import Sign
from gateway.core.measures import QUARTER
from gateway.core.roles import Role
from gateway.entry.console.alert_rules import UNITS
from gateway.infra.alerts_file import load_alerts, shipped_alerts
from tests.api.conftest import Province
from tests.console.conftest import REASON, Browser
from tests.contracts.entries import RECEIVER

PAGE = "/alerts/rules/undeliverable"
WAS = {"was.on": "1", "was.at": "1", "was.lasting": "5", "was.quiet": "60"}
NEW = {"on": "1", "at": "3", "lasting": "10", "quiet": "60"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With rules of the province's own."""
    shutil.copy(shipped_alerts(), settings.file.parent / "alerts.toml")
    own = settings.directory.model_copy(update={"alerts": "alerts.toml"})
    return settings.model_copy(update={"directory": own})


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


async def measured(hub: Province, *counts: int, cause: str = "receiver-refused") -> None:
    """Let looks have seen so many documents, a quarter of an hour apart, the last of them just now."""
    for place, count in enumerate(counts):
        at = hub.clock.now() - (len(counts) - 1 - place) * QUARTER
        dead = Sign(trouble=Trouble.UNDELIVERABLE, subject=cause, vi="", en="", count=count, value=count)
        await hub.hub.ports.alerts.look([dead] if count else [], USUAL, channels=(), now=at)


async def test_a_rule_says_how_often_it_was_told_and_since_when_that_is_known(hub: Province, admin: Browser) -> None:
    await measured(hub, 1, 1, 0, 0, 0, 0, 0, 2, 2, 0)
    _, text = await admin.get(PAGE)
    assert "Luật đang có hiệu lực 2 lần báo trong 30 ngày qua" in plain(text)
    assert f"Có số đo từ {hub.clock.now() - 9 * QUARTER:%d/%m/%Y}" in plain(text)
    assert "Hệ thống của nơi nhận" in text and "Giữ giá trị đang thử" not in text


async def test_where_nothing_was_measured_yet_the_page_says_so(admin: Browser) -> None:
    _, text = await admin.get(PAGE)
    assert "chưa đo lần nào" in text and "hãy quay lại sau" in text


async def test_other_values_are_tried_before_they_are_kept(hub: Province, admin: Browser) -> None:
    await measured(hub, 1, 1, 0, 0, 0, 0, 0, 4, 4, 0)
    _, text = await admin.get(f"{PAGE}?on=1&at=3&lasting=10&quiet=60")
    assert "Giá trị đang thử 1 ít hơn 1" in plain(text)
    assert (text.count("vẫn báo"), text.count("không báo nữa"), text.count("báo thêm")) == (1, 1, 0)
    assert load_alerts(hub.hub.settings.path(hub.hub.settings.directory.alerts))[Trouble.UNDELIVERABLE].at == 1
    _, off = await admin.get(f"{PAGE}?on=0&at=1&lasting=5&quiet=60")
    assert "Giá trị đang thử 0 ít hơn 2" in plain(off)


async def test_what_is_kept_is_in_force_at_once_and_written_down(hub: Province, admin: Browser) -> None:
    assert (await admin.do(PAGE, **WAS, **NEW, reason=" "))[0] == 400
    assert (await admin.do(PAGE, **WAS, **NEW))[0] == 303
    rule = hub.hub.rules().alerts[Trouble.UNDELIVERABLE]
    assert (rule.at, rule.lasting) == (3, timedelta(minutes=10))
    _, log = await admin.get("/audit")
    assert "Đổi luật cảnh báo" in log and REASON in log and "on=true at=3 lasting=10 quiet=60" in log


async def test_who_saw_what_holds_no_more_is_told_so(admin: Browser) -> None:
    assert (await admin.do(PAGE, **WAS, **NEW))[0] == 303
    status, text = await admin.do(PAGE, **WAS, **NEW | {"at": "9"})
    assert (status, "alert-rule-changed" in text) == (409, True)


async def test_without_a_file_of_its_own_the_page_says_what_to_set(hub: Province, admin: Browser) -> None:
    shipped = hub.hub.settings.directory.model_copy(update={"alerts": None})
    hub.hub.settings = hub.hub.settings.model_copy(update={"directory": shipped})
    _, text = await admin.get(f"{PAGE}?on=1&at=3&lasting=10&quiet=60")
    assert "Chép config/alerts.toml" in text and ">Giữ<" not in text
    status, text = await admin.do(PAGE, **WAS, **NEW)
    assert (status, "alerts-read-only" in text) == (503, True)


@pytest.mark.parametrize(
    "wrong", [{"on": "x"}, {"at": ""}, {"at": "-1"}, {"at": "nan"}, {"at": "1e9"}, {"lasting": "99999"}, {"quiet": "1.2345"}]
)
async def test_what_is_no_rule_is_refused(admin: Browser, wrong: dict[str, str]) -> None:
    fields = NEW | wrong
    assert (await admin.do(PAGE, **WAS, **fields))[0] == 400
    assert (await admin.get(f"{PAGE}?" + "&".join(f"{name}={value}" for name, value in fields.items())))[0] == 400


async def test_an_unknown_rule_is_not_there(admin: Browser) -> None:
    assert (await admin.get("/alerts/rules/none"))[0] == 404


async def test_who_does_not_manage_may_try_and_keeps_nothing(officer: Callable[[Role], Any]) -> None:
    duty: Browser = await officer(Role.DUTY)
    _, text = await duty.get(f"{PAGE}?on=1&at=3&lasting=10&quiet=60")
    assert "Giá trị đang thử" in text and "Giữ giá trị" not in text
    assert (await duty.do(PAGE, **WAS, **NEW))[0] == 403


@pytest.mark.parametrize("trouble", Trouble)
async def test_every_rule_has_its_page_in_both_languages(hub: Province, admin: Browser, trouble: Trouble) -> None:
    assert (trouble in UNITS) is (USUAL[trouble].at is not None)
    sign = Sign(trouble=trouble, subject=RECEIVER, vi="", en="", value=0 if trouble is Trouble.CERTIFICATE_ENDING else 99)
    at_once = {each: replace(rule, lasting=timedelta(0)) for each, rule in USUAL.items()}
    await hub.hub.ports.alerts.look([sign], at_once, channels=(), now=hub.clock.now())
    assert USUAL[trouble].vi in (await admin.get(f"/alerts/rules/{trouble}"))[1]
    await admin.post("/language", {"language": "en", "to": "/console"})
    assert "The rule in force" in (await admin.get(f"/alerts/rules/{trouble}"))[1]
