"""The mail server is a table of the settings: judged when they are read, tried by `lienthong check`, used by the worker."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Settings
from gateway.core.faults import Misconfigured
from gateway.core.model import VIETNAM, OrganId, Priority
from gateway.entry.cli.check import check
from gateway.entry.cli.init import initialise
from gateway.entry.worker import Worker
from gateway.flows.keep_time import take_steps
from gateway.infra.agencies_file import AGENCY, editing, revise
from gateway.infra.rules_files import AgencyRow
from gateway.wiring import assemble, mailer
from tests.contracts.entries import entry
from tests.mail import HOST, running
from tests.production import eventually

PROVINCE = OrganId("000.00.00.H56")
CLERK, OFFICER = "vanthu@ubnd.example", "vanhanh@tinh.example"
WHAT = "thư điện tử · mail"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    initialise(tmp_path, port=8080, agencies={PROVINCE: "UBND tỉnh (mẫu)"})
    return tmp_path


def configured(folder: Path, port: int, more: str = "") -> Path:
    mail = (
        f'\n[mail]\nhost = "{HOST}"\nport = {port}\nsecurity = "none"\nsender = "truc@tinh.example"\nofficers = ["{OFFICER}"]\n'
    )
    file = folder / "with-mail.toml"
    file.write_text((folder / "gateway.toml").read_text("utf-8") + mail + more, "utf-8")
    return file


async def mail_check(file: Path) -> dict[str, Any]:
    return next(each for each in (await check(file)).data["checks"] if each["what"] == WHAT)


def refused(folder: Path, mail: str) -> str:
    file = folder / "refused.toml"
    file.write_text(f"[mail]\n{mail}", "utf-8")
    with pytest.raises(Misconfigured) as wrong:
        Settings.load(file)
    return wrong.value.detail


def test_mail_in_the_clear_leaves_no_machine(tmp_path: Path) -> None:
    far = refused(tmp_path, 'host = "mail.tinh.example"\nsender = "a@b.example"\nsecurity = "none"\n')
    assert "only to loopback" in far


@pytest.mark.parametrize("address", ["truc", "truc@", "a b@c.example", "a@b.example\\nBcc: c@d.example", "<a@b.example>"])
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    assert "mail.sender" in refused(tmp_path, f'host = "mail.example"\nsender = "{address}"\n')
    assert "mail.officers" in refused(tmp_path, f'host = "mail.example"\nsender = "a@b.example"\nofficers = ["{address}"]\n')
    with pytest.raises(ValueError, match="leader_email"):
        AgencyRow(id="H56", name="UBND tỉnh", leader_email=address.replace("\\n", "\n"))


def test_a_password_that_is_not_there_is_named(folder: Path) -> None:
    settings = Settings.load(configured(folder, 25, 'username = "truc"\npassword_file = "secrets/none"\n'))
    with pytest.raises(Misconfigured, match="misconfigured") as wrong:
        mailer(settings, None)  # type: ignore[arg-type]  # it does not get so far
    assert "secrets/none" in wrong.value.detail


async def test_the_check_greets_the_mail_server_and_counts_who_has_no_address(folder: Path) -> None:
    async with running() as office:
        found = await mail_check(configured(folder, office.port))
    assert found["ok"] and "1 cơ quan chưa có địa chỉ" in found["detail"]


async def test_the_check_says_that_nobody_answers(folder: Path) -> None:
    async with running() as office:
        pass
    found = await mail_check(configured(folder, office.port))
    assert not found["ok"] and "mail-unavailable" in found["detail"]


async def test_a_worker_writes_to_those_whom_the_settings_name(folder: Path) -> None:
    with editing(folder / "agencies.toml") as draft:
        revise(draft.get(AGENCY, PROVINCE), {"email": CLERK})
    long_ago = datetime.now(VIETNAM) - timedelta(days=40)
    late = entry(1, to=(PROVINCE,), due_on=None, priority=Priority.EXPRESS, accepted_at=long_ago)
    async with running() as office, assemble(Settings.load(configured(folder, office.port))) as parts:
        await parts.ports.ledger.accept(late)
        await take_steps(parts.ports, parts.rules())
        stop = asyncio.Event()
        worker = asyncio.create_task(Worker(parts.ports, parts.rules).run(stop))

        async def written() -> bool:
            return {each for envelope in office.envelopes for each in envelope} == {CLERK, OFFICER}

        try:
            await eventually(written, 30, "both were written to")
        finally:
            stop.set()
            await worker
    assert any(each["Subject"].startswith("[HỎA TỐC] 1 văn bản quá hạn") for each in office.to(OFFICER))
