"""What the agency puts into its tray is taken once it is whole, marked, never lost and never read as it is being written."""

import contextlib
import hashlib
import os
import unicodedata
from pathlib import Path

import pytest

from gateway.sdk import Accepted, Misconfigured, Outcome, Refused, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.comparing import octets

from ..local import LocalStore
from ..tray_in import InTray
from .crashing import CrashingStore, Died
from .trays import GIVE_UP, SETTLE, Tray

REFUSED = Refused(code="schema-invalid", vi="Thiếu trích yếu", en="No subject")
ENVELOPE = edxml.write(golden.document())


@pytest.fixture
def tray(tmp_path: Path) -> Tray:
    return Tray(tmp_path / "root")


async def test_a_file_with_its_digest_is_taken_at_once(tray: Tray) -> None:
    tray.digest("a.edxml", ENVELOPE)
    (tray.folder / "a.edxml").write_bytes(ENVELOPE)
    (given,) = await tray.waiting()
    assert (given.reference, await octets(given.open)) == ("a.edxml", ENVELOPE)
    assert tray.names() == {".a.edxml.dang-nhan"}


async def test_a_digest_that_comes_after_its_file_ends_the_waiting(tray: Tray) -> None:
    (tray.folder / "a.edxml").write_bytes(ENVELOPE)
    assert await tray.given() == []
    tray.digest("a.edxml", ENVELOPE)
    assert await tray.given() == ["a.edxml"]


async def test_a_digest_of_powershell_is_read(tray: Tray) -> None:
    (tray.folder / "a.edxml").write_bytes(ENVELOPE)
    (tray.folder / "a.edxml.sha256").write_bytes(hashlib.sha256(ENVELOPE).hexdigest().upper().encode("utf-16"))
    assert await tray.given() == ["a.edxml"]


async def test_a_file_without_a_digest_is_taken_once_it_has_settled(tray: Tray) -> None:
    (tray.folder / "a.edxml").write_bytes(ENVELOPE)
    assert await tray.after(SETTLE - 1) == []
    assert await tray.after(1) == ["a.edxml"]


async def test_a_file_that_grows_is_not_taken(tray: Tray) -> None:
    for end in range(100, 500, 100):
        (tray.folder / "a.edxml").write_bytes(ENVELOPE[:end])
        assert await tray.after(SETTLE - 1) == []
        tray.clock.pass_(1)


async def test_a_file_that_does_not_match_its_digest_waits_and_then_is_harmed(tray: Tray) -> None:
    tray.digest("a.edxml", ENVELOPE)
    (tray.folder / "a.edxml").write_bytes(ENVELOPE[:100])
    assert await tray.after(GIVE_UP - 1) == []
    assert tray.names() == {"a.edxml", "a.edxml.sha256"}
    assert await tray.after(1) == []
    assert tray.names() == {"a.edxml.err"}
    assert "không khớp" in (tray.folder / "a.edxml.err").read_text("utf-8")
    assert {each.name for each in tray.harmed.iterdir()} == {"a.edxml", "a.edxml.sha256"}


async def test_a_file_that_matches_its_digest_in_the_end_is_taken(tray: Tray) -> None:
    tray.digest("a.edxml", ENVELOPE)
    (tray.folder / "a.edxml").write_bytes(ENVELOPE[:100])
    assert await tray.after(SETTLE) == []
    (tray.folder / "a.edxml").write_bytes(ENVELOPE)
    assert await tray.after(SETTLE) == ["a.edxml"]


async def test_a_digest_that_is_required_is_waited_for(tray: Tray) -> None:
    tray.tray = tray.opened(digest_required=True)
    (tray.folder / "a.edxml").write_bytes(ENVELOPE)
    assert await tray.after(SETTLE) == []
    tray.digest("a.edxml", ENVELOPE)
    assert await tray.given() == ["a.edxml"]


@pytest.mark.parametrize("name", ["ghi-chu.docx", "a" * 220 + ".edxml", "a\n.edxml", "a\u202efdp.edxml"])
async def test_what_is_no_document_is_harmed_with_a_reason(tray: Tray, name: str) -> None:
    (tray.folder / name).write_bytes(b"x")
    assert await tray.after(SETTLE) == []
    assert await tray.after(GIVE_UP) == []
    (harmed,) = tray.harmed.iterdir()
    (reason,) = tray.names()
    assert reason == f"{harmed.name}.err"
    assert harmed.name in (tray.folder / reason).read_text("utf-8")


async def test_a_name_in_no_unicode_is_harmed_under_one_that_is(tray: Tray) -> None:
    (tray.folder / os.fsdecode(b"v\xa9n.edxml")).write_bytes(ENVELOPE)
    await tray.after(SETTLE)
    await tray.after(GIVE_UP)
    (harmed,) = tray.harmed.iterdir()
    assert harmed.name.encode("utf-8").endswith(b"n.edxml")


async def test_links_and_pipes_are_never_opened(tray: Tray, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(ENVELOPE)
    (tray.folder / "a.edxml").symlink_to(tmp_path / "secret")
    os.mkfifo(tray.folder / "b.edxml")
    assert await tray.after(SETTLE) == []
    assert await tray.after(GIVE_UP) == []
    assert (tray.harmed / "a.edxml").is_symlink()
    assert (tray.harmed / "b.edxml").is_fifo()
    assert (tmp_path / "secret").read_bytes() == ENVELOPE


@pytest.mark.parametrize("name", [".a.edxml", "a.edxml.part", "a.edxml.filepart", "a.edxml.tmp", "~$a.edxml", "x.edxml.done"])
async def test_what_is_under_way_or_a_mark_is_left_alone(tray: Tray, name: str) -> None:
    (tray.folder / name).write_bytes(ENVELOPE)
    assert await tray.after(GIVE_UP) == []
    assert await tray.after(GIVE_UP) == []
    assert tray.names() == {name}


async def test_a_folder_is_taken_with_what_lies_beside_its_envelope(tray: Tray) -> None:
    name = unicodedata.normalize("NFD", golden.NAME)
    _folder(tray, "a", ("goi.edxml", _apart()), (name, golden.CONTENT))
    assert await tray.given() == []
    tray.clock.pass_(SETTLE)
    (given,) = await tray.waiting()
    assert await octets(given.open) == _apart()
    assert {cid: await octets(each) for cid, each in given.parts.items()} == {"phu-luc": golden.CONTENT}
    await tray.tray.acknowledge("a", Accepted())
    assert tray.names() == {"a.done"}


async def test_a_folder_whose_list_matches_is_taken_at_once(tray: Tray) -> None:
    files = {"van-ban.edxml": _apart(), "1.pdf": golden.CONTENT, "dinh-kem.json": b'{"phu-luc": "1.pdf"}'}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    _folder(tray, "a", *files.items(), ("SHA256SUMS", sums.encode()))
    (given,) = await tray.waiting()
    assert set(given.parts) == {"phu-luc"}


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"a.edxml": b"", "b.edxml": b""}, "van-ban.edxml"),
        ({"1.pdf": b""}, "van-ban.edxml"),
        ({"a.edxml": b"<x/>", "1.pdf": b""}, "không phải gói edXML"),
        ({"a.edxml": b"<x/>", "dinh-kem.json": b'{"x": "../../etc/passwd"}'}, "thiếu tệp"),
        ({"a.edxml": b"<x/>", "dinh-kem.json": b"[1"}, "không phải JSON"),
        ({"a.edxml": b"<x/>", "dinh-kem.json": b'{"x": 1}'}, "phải là"),
        ({"a.edxml": b"<x/>", "SHA256SUMS": b""}, "không có dòng của a.edxml"),
        ({"a.edxml": b"<x/>", "1.pdf.filepart": b""}, "chưa ghi xong"),
    ],
)
async def test_a_folder_that_is_not_right_waits_and_then_is_harmed(tray: Tray, files: dict[str, bytes], reason: str) -> None:
    _folder(tray, "a", *files.items())
    assert await tray.after(SETTLE) == []
    assert tray.names() == {"a"}
    assert await tray.after(GIVE_UP) == []
    assert reason in (tray.folder / "a.err").read_text("utf-8")
    assert (tray.harmed / "a").is_dir()


async def test_a_folder_that_lacks_an_attachment_yet_is_waited_for(tray: Tray) -> None:
    _folder(tray, "a", ("goi.edxml", _apart()), ("khac.pdf", b"x"))
    assert await tray.after(SETTLE) == []
    (tray.folder / "a" / golden.NAME).write_bytes(golden.CONTENT)
    assert await tray.after(SETTLE) == ["a"]


async def test_a_new_file_of_a_name_that_is_being_taken_is_not_lost(tray: Tray) -> None:
    tray.digest("a.edxml", ENVELOPE)
    (tray.folder / "a.edxml").write_bytes(ENVELOPE)
    (first,) = await tray.waiting()
    other = edxml.write(golden.document("13"))
    tray.digest("a.edxml", other)
    (tray.folder / "a.edxml").write_bytes(other)
    (again,) = await tray.waiting()
    assert await octets(again.open) == ENVELOPE
    await tray.tray.acknowledge(first.reference, Accepted())
    (second,) = await tray.waiting()
    assert await octets(second.open) == other
    await tray.tray.acknowledge(second.reference, Accepted())
    assert tray.names() == {"a.edxml.done", "a.edxml.2.done"}


async def test_a_refused_file_is_moved_away_and_its_reason_stays(tray: Tray) -> None:
    tray.digest("a.edxml", ENVELOPE)
    (tray.folder / "a.edxml").write_bytes(ENVELOPE)
    (given,) = await tray.waiting()
    await tray.tray.acknowledge(given.reference, REFUSED)
    said = (tray.folder / "a.edxml.err").read_text("utf-8")
    assert all(words in said for words in (REFUSED.code, REFUSED.vi, REFUSED.en, "loi/a.edxml"))
    assert (tray.harmed / "a.edxml").read_bytes() == ENVELOPE


async def test_the_reason_goes_once_a_better_file_of_that_name_is_accepted(tray: Tray) -> None:
    outcomes: tuple[Outcome, ...] = (REFUSED, Accepted())
    for outcome in outcomes:
        tray.digest("a.edxml", ENVELOPE)
        (tray.folder / "a.edxml").write_bytes(ENVELOPE)
        (given,) = await tray.waiting()
        await tray.tray.acknowledge(given.reference, outcome)
    assert tray.names() == {"a.edxml.done"}


async def test_an_acknowledgement_may_be_repeated(tray: Tray) -> None:
    tray.digest("a.edxml", ENVELOPE)
    (tray.folder / "a.edxml").write_bytes(ENVELOPE)
    (given,) = await tray.waiting()
    for _ in range(2):
        await tray.tray.acknowledge(given.reference, Accepted())
    assert tray.names() == {"a.edxml.done"}


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("outcome", [Accepted(), REFUSED], ids=["accepted", "refused"])
async def test_nothing_is_lost_whichever_step_the_hub_dies_at(tmp_path: Path, outcome: Outcome, done: bool) -> None:
    for last in range(1, 20):
        tray = Tray(tmp_path / f"{last}")
        tray.digest("a.edxml", ENVELOPE)
        (tray.folder / "a.edxml").write_bytes(ENVELOPE)
        store = CrashingStore(LocalStore(tray.root), last=last, done=done)
        accepted: list[bytes] = []
        with contextlib.suppress(Died):
            await _round(tray, tray.opened(store), outcome, accepted)
        tray.clock.pass_(SETTLE)
        second = tray.opened()
        for _ in range(3):
            await _round(tray, second, outcome, accepted)
            tray.clock.pass_(SETTLE)
        assert accepted and set(accepted) == {ENVELOPE}, last
        kept = [*tray.folder.iterdir(), *tray.harmed.iterdir()]
        assert sum(each.is_file() and each.read_bytes() == ENVELOPE for each in kept) == 1, last
        assert not [each for each in kept if each.name.endswith(".dang-nhan")], last
        if not store.died:
            return
    pytest.fail("it never came to an end")


async def test_a_refused_file_that_cannot_be_moved_away_is_marked_where_it_is(tray: Tray) -> None:
    tray.digest("a.edxml", ENVELOPE)
    (tray.folder / "a.edxml").write_bytes(ENVELOPE)
    tray.harmed.rmdir()
    (given,) = await tray.waiting()
    await tray.tray.acknowledge(given.reference, REFUSED)
    assert tray.names() == {"a.edxml.err", "a.edxml.loi.err"}
    assert "di/a.edxml.loi.err" in (tray.folder / "a.edxml.err").read_text("utf-8")
    assert await tray.given() == []


async def test_no_folder_is_an_operators_turn(tray: Tray) -> None:
    tray.folder.rmdir()
    with pytest.raises(Misconfigured, match="there is no folder di"):
        await tray.waiting()


async def _round(tray: Tray, opened: InTray, outcome: Outcome, accepted: list[bytes]) -> None:
    async for each in opened.waiting():
        accepted.append(await octets(each.open))
        await opened.acknowledge(each.reference, outcome)


def _folder(tray: Tray, name: str, *files: tuple[str, bytes]) -> None:
    (tray.folder / name).mkdir()
    for file, content in files:
        (tray.folder / name / file).write_bytes(content)


def _apart() -> bytes:
    """Write an envelope whose attachment lies beside it."""
    package = golden.document(attachments=())
    reference = edxml.Attachment(content_id="phu-luc", name=golden.NAME, content_type=golden.PDF)
    return edxml.write(edxml.DocumentPackage(header=package.header, trace=package.trace, attachments=(reference,)))
