"""The directory is a file: what the operator changes is in force a moment later, without a restart."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.api.conftest import Province, lienthong
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document


@pytest.fixture(scope="session")
def working_folder(working_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of its own, since these tests change it."""
    copy = tmp_path_factory.mktemp("reload") / "hub"
    shutil.copytree(working_folder, copy)
    return copy


async def _eventually(check: Callable[[], Awaitable[bool]]) -> bool:
    for _ in range(50):
        if await check():
            return True
        await asyncio.sleep(0.1)
    return False


async def _refused_with(hub: Province, code: str) -> bool:
    _, body = await hub.province.post_xml("/validations", hub.province.sign(document(to=(DEPARTMENT,))))
    return body.get("code") == code


async def test_a_receiver_that_is_locked_is_refused_a_moment_later_and_served_again_once_unlocked(hub: Province) -> None:
    config = ("--config", str(hub.folder / "gateway.toml"))
    lienthong("agency", "lock", DEPARTMENT, "--reason", "đang chuyển hệ thống", *config)
    assert await _eventually(lambda: _refused_with(hub, "receiver-locked"))
    lienthong("agency", "unlock", DEPARTMENT, *config)
    assert not await _refused_with(hub, "receiver-locked") or await _eventually(lambda: _accepted(hub))


async def _accepted(hub: Province) -> bool:
    status, _ = await hub.province.post_xml("/validations", hub.province.sign(document(to=(DEPARTMENT,))))
    return status == 200


async def test_what_was_accepted_gets_its_answer_again_though_its_sender_was_locked_since(hub: Province) -> None:
    data = hub.province.sign(document("31", to=(COMMUNE,)))
    _, first = await hub.province.post_xml("/documents", data)
    config = ("--config", str(hub.folder / "gateway.toml"))
    lienthong("agency", "lock", PROVINCE, "--reason", "thử", *config)
    assert await _eventually(lambda: _refused_with(hub, "sender-locked"))
    assert await hub.province.post_xml("/documents", data) == (200, first)
    lienthong("agency", "unlock", PROVINCE, *config)


async def test_a_broken_directory_file_changes_nothing(hub: Province) -> None:
    file = hub.folder / "agencies.toml"
    text = file.read_text("utf-8")
    file.write_text("[[agency]\n", "utf-8")
    await asyncio.sleep(1.5)
    accepted = await _accepted(hub)
    file.write_text(text, "utf-8")
    assert accepted


async def test_an_agency_trusted_by_its_channel_may_send_unsigned_with_a_finding(hub: Province) -> None:
    from gateway.core import writing

    lienthong("agency", "set", COMMUNE, "--trust", "channel", "--config", str(hub.folder / "gateway.toml"))
    unsigned = writing.emit(document(sender=COMMUNE, to=(DEPARTMENT,)))
    answers: list[tuple[int, dict[str, list[dict[str, str]]]]] = []

    async def sent() -> bool:
        answers.append(await hub.commune.post_xml("/validations", unsigned))
        return answers[-1][0] == 200

    assert await _eventually(sent)
    assert "unsigned-envelope" in {finding["code"] for finding in answers[-1][1]["findings"]}


async def test_a_revoked_certificate_is_refused_a_moment_later(hub: Province) -> None:
    config = ("--config", str(hub.folder / "gateway.toml"))
    lienthong("cert", "revoke", COMMUNE, *config)

    async def refused() -> bool:
        lienthong_set = await hub.commune.post_xml("/validations", hub.commune.sign(document(sender=COMMUNE, to=(DEPARTMENT,))))
        return lienthong_set[1].get("code") == "certificate-revoked"

    lienthong("agency", "set", COMMUNE, "--trust", "signed", *config)
    assert await _eventually(refused)
