"""Alerts by the settings: rules from a file of the province, told by the worker; a webhook that `lienthong check` judges."""

import asyncio
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.core.model import OrganId
from gateway.entry.cli.check import check
from gateway.entry.cli.init import initialise
from gateway.entry.worker import Worker
from gateway.wiring import assemble
from tests.mail import HOST, running

OFFICER = "vanhanh@tinh.example"
FULL = "[disk-nearly-full]\nat = 0\nlasting = 0\n"
WEBHOOK = '[alerts.webhook]\nurl = "https://canhbao.tinh.example/"\nsecret_file = "secret"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    initialise(tmp_path, port=8080, agencies={OrganId("000.00.00.H56"): "UBND tỉnh (mẫu)"})
    return tmp_path


def configured(folder: Path, more: str) -> Path:
    file = folder / "with-alerts.toml"
    text = (folder / "gateway.toml").read_text("utf-8")
    file.write_text(f'{text}\n[directory]\nalerts = "alerts.toml"\n{more}', "utf-8")
    return file


async def test_the_worker_tells_the_officers_by_the_rules_of_the_province(folder: Path) -> None:
    (folder / "alerts.toml").write_text(FULL, "utf-8")
    async with running() as office:
        mail = f'\n[mail]\nhost = "{HOST}"\nport = {office.port}\nsecurity = "none"\nsender = "hub@tinh.example"\n'
        settings = Settings.load(configured(folder, mail + f'officers = ["{OFFICER}"]\n'))
        stop = asyncio.Event()
        async with assemble(settings) as parts:
            working = asyncio.create_task(Worker(parts.ports, parts.rules).run(stop))
            async with asyncio.timeout(60):
                await office.got_one.wait()
            stop.set()
            await working
    assert [each["To"] for each in office.taken] == [OFFICER]


@pytest.mark.parametrize(("secret", "ok"), [(f"whsec_{'A' * 32}", True), ("abc", False)])
async def test_a_check_reads_the_webhooks_secret(folder: Path, secret: str, ok: bool) -> None:
    (folder / "alerts.toml").write_text("", "utf-8")
    (folder / "secret").write_text(secret, "utf-8")
    checks = (await check(configured(folder, WEBHOOK))).data["checks"]
    assert [each["ok"] for each in checks if each["what"] == "cảnh báo · alerts"] == [ok]
