"""What is SFTP's own: who may sign in, whose key the server has, connections that are kept, lost and made anew."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncssh
import pytest

from gateway.sdk import Misconfigured, Transient
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.other_side import Mood
from gateway.sdk.edxml import stream
from gateway.sdk.opening import find

from ..adapter import document
from ..settings import Settings
from ..sftp import SftpStore
from ..signing_in import server
from ..store import Kind, read_small
from ..tray_in import InTray
from ..tray_out import OutTray
from .clocks import MovedClock
from .faulty import Plain
from .sftp_side import SftpSide


@pytest.fixture
async def side(tmp_path: Path) -> AsyncIterator[SftpSide]:
    async with SftpSide(tmp_path) as side:
        yield side


@pytest.fixture
async def store(side: SftpSide, tmp_path: Path) -> AsyncIterator[SftpStore]:
    store = _store(side, tmp_path)
    yield store
    await store.close()


def _store(side: SftpSide, folder: Path, **changes: object) -> SftpStore:
    settings = Settings.model_validate({**side.settings, **changes})
    return SftpStore(server(settings, settings.host or "", golden.context(folder)))


async def test_an_adapter_is_not_opened_without_the_servers_key(side: SftpSide, tmp_path: Path) -> None:
    lacking = {key: value for key, value in side.settings.items() if key != "known_hosts_file"}
    await _refused(lacking, tmp_path, "known_hosts_file")
    (tmp_path / "known_hosts").write_text("")
    await _refused(side.settings, tmp_path, "known_hosts_file")
    (tmp_path / "known_hosts").unlink()
    await _refused(side.settings, tmp_path, "known_hosts_file")


async def test_a_private_key_that_is_none_is_named(side: SftpSide, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("mat-khau-1234")
    await _refused(side.settings, tmp_path, "key_file")


async def test_a_server_with_another_key_is_not_talked_to(side: SftpSide, store: SftpStore, tmp_path: Path) -> None:
    port = side.settings["port"]
    assert isinstance(port, int)
    (tmp_path / "known_hosts").write_text(side.server.known_hosts(port, "other_key"))
    with pytest.raises(Misconfigured) as raised:
        await store.look("den")
    assert raised.value.code == "link-unauthorised"


async def test_a_server_that_nobody_knows_is_not_talked_to(side: SftpSide, store: SftpStore, tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text(side.server.known_hosts(1))
    with pytest.raises(Misconfigured) as raised:
        await store.look("den")
    assert raised.value.code == "link-unauthorised"


async def test_a_key_that_was_changed_is_read_without_a_restart(side: SftpSide, store: SftpStore, tmp_path: Path) -> None:
    side.server.authorise("other_key")
    with pytest.raises(Misconfigured):
        await store.look("den")
    (tmp_path / "key").write_text((side.server.folder / "other_key").read_text())
    assert await store.look("den") is not None


async def test_all_calls_share_one_connection(side: SftpSide, store: SftpStore) -> None:
    await store.look("den")
    before = len(side.server.sessions())
    await asyncio.gather(*(store.look("den") for _ in range(20)))
    assert len(side.server.sessions()) == before


async def test_a_connection_that_was_cut_is_made_anew(side: SftpSide, store: SftpStore) -> None:
    await store.look("den")
    side.server.cut()
    await asyncio.sleep(0.2)
    assert await store.look("den") is not None


async def test_a_server_that_takes_too_long_to_connect_is_out_of_reach(tmp_path: Path, side: SftpSide) -> None:
    await side.be(Mood.HANGING)
    with pytest.raises(Transient) as raised:
        await _store(side, tmp_path, connect_seconds=0.3).look("den")
    assert raised.value.code == "receiver-unreachable"


async def test_a_folder_that_may_not_be_written_to_is_an_operators_turn(side: SftpSide, store: SftpStore) -> None:
    (side.server.root / "den").chmod(0o500)
    with pytest.raises(Misconfigured) as raised:
        await store.write("den/x", stream(b"x"))
    assert raised.value.code == "link-misconfigured"


async def test_a_link_is_no_file(side: SftpSide, store: SftpStore) -> None:
    (side.server.root / "di" / "a.edxml").symlink_to("/etc/passwd")
    (entry,) = await store.entries("di")
    assert entry.kind is Kind.OTHER


async def test_what_is_written_is_read_again(store: SftpStore) -> None:
    content = bytes(range(256)) * 20_000
    await store.write("den/tệp", stream(content))
    assert await read_small(store, "den/tệp") == content


async def test_what_is_not_there_is_not_there(store: SftpStore) -> None:
    assert await store.look("den/x") is None
    await store.remove("den/x")
    for call in (store.rename("den/x", "den/y"), store.entries("x"), store.make_folder("x/y"), read_small(store, "x")):
        with pytest.raises(FileNotFoundError):
            await call


async def test_a_reading_that_is_broken_off_leaves_the_connection_well(store: SftpStore) -> None:
    await store.write("den/x", stream(b"x" * 3_000_000))
    async with aclosing(store.read("den/x")) as blocks:
        await anext(blocks)
    assert await store.look("den/x") is not None


async def test_a_server_without_extensions_replaces_and_commits_by_its_own_rules(side: SftpSide, store: SftpStore) -> None:
    await side.stand_in(Plain)
    for content in (b"1", b"2"):
        await store.write("den/a", stream(content))
        await store.rename("den/a", "den/b")
    assert await read_small(store, "den/b") == b"2"
    for parts in ((), (golden.part(),)):
        item = document(golden.consignment(None, *parts, key=f"{len(parts)}"))
        assert await OutTray(store, "den").put(item) == await OutTray(store, "den").put(item)
    assert len(side.office.held()) == 3


async def test_a_file_that_may_not_be_read_stops_no_other(side: SftpSide, store: SftpStore) -> None:
    clock = MovedClock()
    tray = InTray(
        store,
        folder="di",
        harmed="loi",
        settle=timedelta(0),
        give_up=timedelta(seconds=1),
        digest_required=False,
        now=clock,
        log=golden.context(Path()).log,
    )
    for name in ("a.edxml", "b.edxml"):
        side.office.drop(name, b"<x/>")
    (side.server.root / "di" / "c").mkdir()
    side.server.own()
    for name, mode in (("a.edxml", 0), ("c", 0)):
        (side.server.root / "di" / name).chmod(mode)
    assert [each.reference async for each in tray.waiting()] == ["b.edxml"]
    clock.pass_(2)
    assert [each.reference async for each in tray.waiting()] == ["b.edxml"]
    folder = side.server.root / "di"
    assert "không có quyền đọc a.edxml" in (folder / "a.edxml.err").read_text("utf-8")
    assert "di/c.loi.err" in (folder / "c.err").read_text("utf-8")
    (folder / "c.loi.err").chmod(0o700)


async def test_an_upload_that_is_cut_leaves_nothing_and_is_done_again(side: SftpSide, store: SftpStore) -> None:
    whole = golden.part(content=bytes(5_000_000))

    async def cut() -> AsyncGenerator[bytes, None]:
        async with aclosing(whole.open()) as chunks:
            async for number, chunk in _counted(chunks):
                if number == 40:
                    side.server.cut()
                yield chunk

    consignment = golden.consignment(None, whole)
    broken = replace(consignment, parts=(replace(whole, open=cut),))
    with pytest.raises(Transient) as raised:
        await OutTray(store, "den").put(document(broken))
    assert raised.value.code == "receiver-failed"
    assert side.office.held() == ()
    await OutTray(store, "den").put(document(consignment))
    (held,) = side.office.held()
    assert set(held.files.values()) == {whole.sha256}
    assert not list((side.server.root / "den/.lienthong/dang-ghi").iterdir())


async def test_a_password_signs_in_too(tmp_path: Path, side: SftpSide) -> None:
    class Door(asyncssh.SSHServer):
        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return password == "dung-mat-khau"

    keys = [str(side.server.folder / "host_key")]
    acceptor = await asyncssh.listen("127.0.0.1", 0, server_factory=Door, server_host_keys=keys, sftp_factory=True, config=[])
    port = acceptor.get_port()
    (tmp_path / "known_hosts").write_text(side.server.known_hosts(port))
    for password, right in (("sai-mat-khau", False), ("dung-mat-khau", True)):
        (tmp_path / "password").write_text(f"{password}\n")
        store = _store(side, tmp_path, port=port, key_file=None, password_file="password")
        if right:
            assert await store.look("den") is not None
        else:
            with pytest.raises(Misconfigured) as raised:
                await store.look("den")
            assert raised.value.code == "link-unauthorised"
            assert password not in str(raised.value)
        await store.close()
    acceptor.close()
    await acceptor.wait_closed()


async def _counted(chunks: AsyncIterator[bytes]) -> AsyncGenerator[tuple[int, bytes], None]:
    number = 0
    async for chunk in chunks:
        yield number, chunk
        number += 1


async def _refused(settings: Mapping[str, object], folder: Path, named: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        async with find(Path(__file__).parents[1]).opened(settings, golden.context(folder)):
            pass
    assert raised.value.code == "link-misconfigured"
    assert named in raised.value.detail
