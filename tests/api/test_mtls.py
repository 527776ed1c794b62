"""Mutual TLS: a registered client certificate is as good as a token; an unregistered one is nobody."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from gateway.config import Server, Settings, Storage, Tls
from gateway.entry.api.app import application
from gateway.entry.api.hub import Hub
from gateway.entry.serve import server_tls
from gateway.wiring import LEDGER_FILE, assemble
from tests.api.conftest import WARD, lienthong
from tests.documents import COMMUNE, DEPARTMENT
from tests.migrated import new_ledger


@pytest.fixture(scope="module")
def registered(working_folder: Path) -> Path:
    """Bind the department's certificate, and no other, to a system."""
    own = working_folder / "agencies" / DEPARTMENT / "cert.pem"
    config = str(working_folder / "gateway.toml")
    lienthong("system", "add", "tls", "--organ", DEPARTMENT, "--certificate", str(own), "--config", config)
    return working_folder


@pytest.fixture
async def address(registered: Path, tmp_path: Path) -> AsyncIterator[str]:
    """The hub behind TLS."""
    working_folder = registered
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(b"".join((working_folder / "ca" / f"{name}.pem").read_bytes() for name in ("root", "intermediate")))
    tls = Tls(certificate=Path("hub/cert.pem"), key=Path("hub/key.pem"), client_ca=bundle)
    settings = Settings(file=working_folder / "gateway.toml", storage=Storage(data=tmp_path), server=Server(tls=tls))
    new_ledger(tmp_path / LEDGER_FILE)
    async with assemble(settings) as parts:
        at = Hub.of(parts)
        runner = web.AppRunner(application(at))
        await runner.setup()
        port = unused_port()
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=server_tls(settings, tls)).start()
        yield f"https://127.0.0.1:{port}"
        await runner.cleanup()


async def _inbox(address: str, folder: Path, organ: str | None) -> int:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if organ is not None:
        own = folder / "agencies" / organ
        context.load_cert_chain(own / "cert.pem", own / "key.pem")
    async with aiohttp.ClientSession() as session, session.get(f"{address}/api/v1/inbox", ssl=context) as response:
        return response.status


async def test_a_registered_client_certificate_proves_the_system(address: str, working_folder: Path) -> None:
    assert await _inbox(address, working_folder, DEPARTMENT) == 200


@pytest.mark.parametrize("organ", [None, COMMUNE, WARD])
async def test_any_other_certificate_or_none_is_refused(address: str, working_folder: Path, organ: str | None) -> None:
    assert await _inbox(address, working_folder, organ) == 401
