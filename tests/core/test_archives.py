import io
import zipfile

import pytest

from gateway.core import archives
from gateway.core.archives import Overfull, contents, only_entry
from tests.core.test_attachments import PDF, zipped


def many(entries: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(entries):
            archive.writestr(str(number), b"")
    return packed.getvalue()


def test_the_entries_of_an_archive_are_listed() -> None:
    assert [each.filename for each in contents(io.BytesIO(zipped(a=PDF, b=PDF))) or ()] == ["a", "b"]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", PDF, zipped(a=PDF)[:40]], ids=["nothing", "a mark", "a PDF", "half an archive"]
)
def test_what_is_no_archive_has_no_contents(content: bytes) -> None:
    assert contents(io.BytesIO(content)) is None


def test_an_archive_that_would_burst_is_known_by_its_table_of_contents() -> None:
    bomb = zipped(**{f"{number}.bin": bytes(40_000_000) for number in range(4)})
    with pytest.raises(Overfull):
        contents(io.BytesIO(bomb))


def test_an_archive_of_too_many_files_is_refused_before_they_are_listed() -> None:
    with pytest.raises(Overfull):
        contents(io.BytesIO(many(archives.MAX_ENTRIES + 1)))


def test_an_entry_that_lies_about_its_size_is_stopped_while_it_unpacks() -> None:
    bomb = bytearray(zipped(bomb=bytes(60_000_000)))
    size = (60_000_000).to_bytes(4, "little")
    while (at := bomb.find(size)) >= 0:
        bomb[at : at + 4] = (1000).to_bytes(4, "little")
    assert only_entry(io.BytesIO(bytes(bomb))) is None


def test_a_large_honest_archive_is_no_bomb() -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a", bytes(archives.MAX_UNPACKED // 16))
    assert len(only_entry(stored) or b"") == archives.MAX_UNPACKED // 16


def test_a_locked_entry_is_not_opened() -> None:
    locked = bytearray(zipped(a=PDF))
    locked[6] |= 1  # the flag in the local header
    at = locked.find(b"PK\x01\x02")
    locked[at + 8] |= 1  # and in the table of contents
    (entry,) = contents(io.BytesIO(bytes(locked))) or ()
    assert archives.is_locked(entry)
    assert only_entry(io.BytesIO(bytes(locked))) is None


def test_an_entry_without_a_name_is_unpacked_like_another() -> None:
    assert only_entry(io.BytesIO(zipped(x=PDF).replace(b"x", b"\x00"))) == PDF
