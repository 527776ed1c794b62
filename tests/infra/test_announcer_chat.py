"""Alerts into chats: what Zalo and Telegram are sent, from a secret file that nobody else reads."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.zalo import NotifyZalo

from gateway.config import Settings
from gateway.core.alert_chat import SHOWN, compose_chat
from gateway.core.alert_rules import USUAL, Trouble
from gateway.core.alerts import Telling, Turn
from gateway.core.faults import Misconfigured, Transient
from gateway.entry.cli.check_links import announcer_check
from gateway.infra import announcer_chat
from gateway.infra.announcer_chat import ChatAnnouncer
from gateway.infra.telemetry import LoggedTelemetry
from gateway.ports import AlertMessage, Channel
from gateway.wiring import chats
from tests.contracts.entries import NOW

TOKEN = "123456789:abcdefghijKLMNOPqrst"
ZALO, TELEGRAM = f"zalo://{TOKEN}/nhomtruc", f"tgram://{TOKEN}/-100123456"
FULL = Telling(
    turn=Turn.BEGAN,
    trouble=Trouble.DISK_NEARLY_FULL,
    subject="",
    vi="đã dùng <93> %",
    en="<93> % are used",
    count=1,
    since=NOW,
    ended_at=None,
)
MESSAGE = AlertMessage(id="m1", channel=Channel.CHAT, at=NOW, told=(FULL,), token="t", attempts=0)


@dataclass
class Vendor:
    """The interfaces of Zalo and Telegram for bots."""

    refusing: set[str] = field(default_factory=set)
    slow: float = 0.0
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.slow)
        vendor = request.match_info["vendor"]
        if vendor in self.refusing:
            return web.json_response({"ok": False, "description": "no"}, status=401)
        self.taken.append((vendor, await request.json()))
        return web.json_response({"ok": True, "result": {"message_id": 1}})


@pytest.fixture
async def vendor(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Vendor]:
    found, app = Vendor(), web.Application()
    app.router.add_post("/{vendor}/{bot}/sendMessage", found.take)
    async with TestServer(app) as server:
        monkeypatch.setattr(NotifyTelegram, "notify_url", str(server.make_url("/telegram/bot")))
        monkeypatch.setattr(NotifyZalo, "notify_url", str(server.make_url("/zalo/")) + "bot{token}/sendMessage")
        yield found


def kept(folder: Path, *lines: str, mode: int = 0o600) -> ChatAnnouncer:
    file = folder / "chats"
    file.write_text("\n".join(lines), "utf-8")
    file.chmod(mode)
    return ChatAnnouncer(file, LoggedTelemetry())


async def test_a_chat_is_told_in_vietnamese_first(vendor: Vendor, tmp_path: Path) -> None:
    await kept(tmp_path, "# nhóm trực", ZALO, "").announce(MESSAGE, USUAL)
    ((_, said),) = vendor.taken
    assert said["chat_id"] == "nhomtruc"
    assert said["text"].splitlines()[0].startswith("[KHẨN] CẢNH BÁO: Ổ đĩa dữ liệu sắp đầy: đã dùng <93> % (từ ")
    assert "Alert: The data disk is nearly full: <93> % are used" in said["text"] and "/console/alerts" in said["text"]


async def test_what_another_system_wrote_is_text_to_telegram(vendor: Vendor, tmp_path: Path) -> None:
    await kept(tmp_path, TELEGRAM).announce(MESSAGE, USUAL)
    ((_, said),) = vendor.taken
    assert str(said["chat_id"]) == "-100123456"
    assert "<93>" not in said["text"] if said.get("parse_mode") == "HTML" else "<93>" in said["text"]


async def test_it_is_told_where_one_chat_took_it(vendor: Vendor, tmp_path: Path) -> None:
    announcer = kept(tmp_path, ZALO, TELEGRAM)
    vendor.refusing = {"zalo"}
    await announcer.announce(MESSAGE, USUAL)
    assert [each for each, _ in vendor.taken] == ["telegram"]
    vendor.refusing = {"zalo", "telegram"}
    with pytest.raises(Transient, match="receiver-unreachable"):
        await announcer.announce(MESSAGE, USUAL)


async def test_a_chat_that_does_not_answer_is_not_waited_for(
    vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.slow = 1.0
    monkeypatch.setattr(announcer_chat, "SECONDS", 0.2)
    with pytest.raises(Transient, match="receiver-timeout"):
        await kept(tmp_path, ZALO).announce(MESSAGE, USUAL)


@pytest.mark.parametrize(
    "line",
    [
        "json://localhost/",
        "mailto://a:b@c.example",
        f"zalo://{TOKEN}",
        f"tgram://{TOKEN}/",
        "tgram://khong-phai-ma/1",
        f"{TELEGRAM}?verify=no",
        "abc",
    ],
)
def test_what_names_no_chat_of_these_is_refused_by_its_line_and_never_repeated(tmp_path: Path, line: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        kept(tmp_path, ZALO, line).ready()
    assert ":2: " in caught.value.detail and line not in caught.value.detail


def test_a_file_that_others_may_read_or_that_is_not_there_is_refused(tmp_path: Path) -> None:
    kept(tmp_path, ZALO, TELEGRAM).ready()
    with pytest.raises(Misconfigured, match="chmod 600"):
        kept(tmp_path, ZALO, mode=0o640).ready()
    with pytest.raises(Misconfigured, match=r"1.10"):
        kept(tmp_path, "# chưa có").ready()
    with pytest.raises(Misconfigured, match="FileNotFoundError"):
        ChatAnnouncer(tmp_path / "none", LoggedTelemetry()).ready()


def test_many_are_told_in_few_words_and_an_end_as_one() -> None:
    text = compose_chat((replace(FULL, vi="x\n" * 900),) * (SHOWN + 2), USUAL)
    assert "… và 2 việc nữa · and 2 more" in text and len(text) < 2000
    ended = replace(FULL, turn=Turn.ENDED, ended_at=NOW)
    assert compose_chat((ended,), USUAL).startswith("ĐÃ HẾT: Ổ đĩa dữ liệu sắp đầy")


async def test_it_leads_to_the_console_where_the_settings_say_where_that_is(vendor: Vendor, tmp_path: Path) -> None:
    kept(tmp_path, ZALO)
    file = tmp_path / "gateway.toml"
    file.write_text('[alerts]\nchats_file = "chats"\n[console]\naddress = "https://truc.tinh.example"\n', "utf-8")
    announcer = chats(Settings.load(file), LoggedTelemetry())
    assert announcer is not None
    await announcer.announce(MESSAGE, USUAL)
    assert vendor.taken[0][1]["text"].endswith(": https://truc.tinh.example/console/alerts")


def test_the_settings_name_the_file_and_a_check_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text('[alerts]\nchats_file = "chats"\n', "utf-8")
    settings = Settings.load(file)
    assert not announcer_check(settings).ok
    kept(tmp_path, ZALO)
    assert announcer_check(settings).ok
    file.write_text("", "utf-8")
    assert chats(Settings.load(file), LoggedTelemetry()) is None


def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text('[alerts]\nchats_file = "chats"\n', "utf-8")
    monkeypatch.delitem(sys.modules, "gateway.infra.announcer_chat")
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(Misconfigured, match=r"lienthong\[alerts\]"):
        chats(Settings.load(file), LoggedTelemetry())
