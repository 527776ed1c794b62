"""The console of a whole hub, and officers of each role who are signed in to it."""

import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.config import Settings, Storage
from gateway.core.roles import Role
from gateway.infra import passwords
from tests.api.conftest import Province, clock, hub, working_folder
from tests.contracts.dead_letters_contract import failed
from tests.contracts.entries import RECEIVER, SYSTEM

__all__ = ["clock", "hub", "working_folder"]

LINKED = f'\n[[system]]\nid = "{SYSTEM}"\norgans = ["{RECEIVER}"]\nlink = {{ adapter = "loopback" }}\n'
PASSWORD = "mot mat khau dai"
REASON = "đã sửa ở nơi nhận"
HASHED = passwords.hashed(PASSWORD)
OFFICERS = {role: f"can-bo-{role}" for role in Role}


@pytest.fixture
def settings(working_folder: Path, tmp_path: Path) -> Settings:
    """A copy of the working folder with a system that is pushed to, and an officer of each role."""
    folder = tmp_path / "folder"
    shutil.copytree(working_folder, folder)
    with (folder / "agencies.toml").open("a") as file:
        file.write(LINKED)
        for role, name in OFFICERS.items():
            file.write(f'\n[[operator]]\nid = "{name}"\nrole = "{role}"\npassword = "{HASHED}"\n')
    return Settings(file=folder / "gateway.toml", storage=Storage(data=tmp_path))


@dataclass(kw_only=True)
class Browser:
    """What an officer's browser sends and keeps, without scripts."""

    session: aiohttp.ClientSession
    base: str

    async def get(self, path: str, **more: Any) -> tuple[int, str]:
        async with self.session.get(f"{self.base}/console{path}", allow_redirects=False, **more) as response:
            return response.status, await response.text()

    async def post(self, path: str, fields: dict[str, str], **more: Any) -> tuple[int, str]:
        async with self.session.post(f"{self.base}/console{path}", data=fields, allow_redirects=False, **more) as response:
            return response.status, await response.text()

    async def do(self, path: str, **fields: str) -> tuple[int, str]:
        """Send a form as a page of the console would."""
        return await self.post(path, {"csrf": await self.csrf(), "reason": REASON} | fields)

    async def csrf(self) -> str:
        _, text = await self.get("")
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', text)
        assert found is not None
        return found[1]

    async def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> int:
        return (await self.post("/sign-in", {"name": name, "password": password} | fields))[0]


@pytest.fixture
async def stranger(hub: Province) -> AsyncIterator[Browser]:
    """A browser that is not signed in."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Browser(session=session, base=hub.base)


@pytest.fixture
async def officer(stranger: Browser) -> Callable[[Role], Any]:
    async def signed_in(role: Role) -> Browser:
        assert await stranger.sign_in(OFFICERS[role]) == 303
        return stranger

    return signed_in


@pytest.fixture
async def admin(officer: Callable[[Role], Any]) -> Browser:
    signed_in: Browser = await officer(Role.ADMIN)
    return signed_in


@pytest.fixture
async def letters(hub: Province) -> list[str]:
    """Three deliveries that failed."""
    ports = hub.hub.ports
    return [each for number in (1, 2, 3) for each in await failed(ports.ledger, ports.outbox, number)]
