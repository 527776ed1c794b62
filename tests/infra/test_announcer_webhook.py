"""Alerts by webhook: one signed POST of JSON, to where the settings lead and nowhere else."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.config import Settings
from gateway.core.alert_rules import USUAL, Trouble
from gateway.core.alerts import Telling, Turn
from gateway.core.faults import Fault, Misconfigured, Transient, Undeliverable
from gateway.infra.announcer_webhook import WebhookAnnouncer
from gateway.infra.telemetry import LoggedTelemetry
from gateway.ports import AlertMessage, Channel
from gateway.wiring import announcer
from tests.contracts.entries import NOW
from tests.flows.plane import Time

KEY = b"a secret that everybody knows..."
PARKED = Telling(
    turn=Turn.ENDED,
    trouble=Trouble.SYSTEM_PARKED,
    subject="voffice",
    vi="không trả lời",
    en="no answer",
    count=1,
    since=NOW,
    ended_at=NOW + timedelta(minutes=5),
)
MESSAGE = AlertMessage(id="m1", channel=Channel.WEBHOOK, at=NOW, told=(PARKED,), token="t", attempts=0)


@dataclass
class Program:
    """Another program over HTTP."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        self.headers, self.body = {name.lower(): value for name, value in request.headers.items()}, await request.read()
        return web.Response(status=self.status)


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    found, app = Program(), web.Application()
    app.router.add_post("/alerts", found.take)
    async with TestServer(app) as server:
        found.url = str(server.make_url("/alerts"))
        yield found


def settings(folder: Path, url: str, more: str = 'networks = ["127.0.0.0/8"]') -> Settings:
    (folder / "secret").write_text("whsec_" + base64.b64encode(KEY).decode(), "utf-8")
    file = folder / "gateway.toml"
    file.write_text(f'[alerts.webhook]\nurl = "{url}"\nsecret_file = "secret"\n{more}\n', "utf-8")
    return Settings.load(file)


def made(folder: Path, url: str, more: str = 'networks = ["127.0.0.0/8"]') -> WebhookAnnouncer:
    found = announcer(settings(folder, url, more), Time(), LoggedTelemetry())
    assert found is not None
    return found


async def test_it_says_what_began_or_ended_in_both_languages(program: Program, tmp_path: Path) -> None:
    await made(tmp_path, program.url).announce(MESSAGE, USUAL)
    said = json.loads(program.body)
    assert (said["type"], said["timestamp"], said["data"]["hub"]) == (
        "alerts.told",
        NOW.isoformat(),
        "Trục liên thông văn bản",
    )
    assert said["data"]["alerts"] == [
        {
            "turn": "ended",
            "rule": "system-parked",
            "subject": "voffice",
            "severity": "ticket",
            "vi": "Hệ thống mất kết nối: không trả lời",
            "en": "A system takes nothing: no answer",
            "count": 1,
            "since": NOW.isoformat(),
            "ended_at": (NOW + timedelta(minutes=5)).isoformat(),
        }
    ]


async def test_it_is_signed_as_standard_webhooks_has_it(program: Program, tmp_path: Path) -> None:
    await made(tmp_path, program.url).announce(MESSAGE, USUAL)
    signed = f"m1.{program.headers['webhook-timestamp']}.".encode() + program.body
    right = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert (program.headers["webhook-id"], program.headers["webhook-signature"]) == ("m1", f"v1,{right}")
    assert program.headers["content-type"] == "application/json"


@pytest.mark.parametrize(("status", "fault"), [(500, Transient), (422, Undeliverable), (401, Misconfigured)])
async def test_an_answer_means_what_it_means_to_an_adapter(
    program: Program, tmp_path: Path, status: int, fault: type[Fault]
) -> None:
    program.status = status
    with pytest.raises(fault):
        await made(tmp_path, program.url).announce(MESSAGE, USUAL)


async def test_this_machine_is_not_connected_to_unless_the_settings_say_so(program: Program, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"127\.0\.0\.1"):
        await made(tmp_path, program.url, "").announce(MESSAGE, USUAL)
    assert program.body == b""


@pytest.mark.parametrize("url", ["https://user:word@a.example/", "https://a.example/#x", "https://"])
def test_an_address_that_is_none_is_named(tmp_path: Path, url: str) -> None:
    with pytest.raises(Misconfigured, match=r"alerts\.webhook"):
        made(tmp_path, url)


def test_secrets_that_are_not_there_are_named(tmp_path: Path) -> None:
    found = made(tmp_path, "https://a.example/")
    found.ready()
    (tmp_path / "secret").unlink()
    with pytest.raises(Misconfigured, match="secret_file"):
        found.ready()


def test_without_a_webhook_there_is_no_announcer(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text("", "utf-8")
    assert announcer(Settings.load(tmp_path / "gateway.toml"), Time(), LoggedTelemetry()) is None
