"""ZIP archives that are written as they go out: what other programs read in them, and how long they are."""

import io
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest

from gateway.core import packing
from gateway.core.packing import Member
from tests.evidences import packed
from tests.services import require

FILES = {"a/b.txt": b"", "c.bin": bytes(range(256)) * 300, "d": "tiếng Việt".encode()}
GIGABYTE = 1 << 30


def test_what_is_packed_is_read_back() -> None:
    with zipfile.ZipFile(io.BytesIO(packed(FILES))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES


def test_the_length_is_known_before() -> None:
    members = [Member(name=name, size=len(octets), crc32=zlib.crc32(octets)) for name, octets in FILES.items()]
    assert packing.length(members) == len(packed(FILES))


def test_the_same_files_give_the_same_octets() -> None:
    assert packed(FILES) == packed(dict(FILES))


def test_unzip_finds_nothing_to_complain_of(tmp_path: Path) -> None:
    require("unzip", "apt-get install unzip")
    (tmp_path / "a.zip").write_bytes(packed(FILES))
    ran = subprocess.run(["unzip", "-tq", tmp_path / "a.zip"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_what_begins_beyond_four_gigabytes_is_found(tmp_path: Path) -> None:
    """The octets of the large members are a hole in the file: nobody reads them."""
    large = [Member(name=f"{number}.bin", size=GIGABYTE, crc32=0) for number in range(5)]
    last = Member(name="last", size=3, crc32=zlib.crc32(b"abc"))
    with (tmp_path / "a.zip").open("wb") as file:
        for each in large:
            file.write(packing.head(each))
            file.seek(GIGABYTE, 1)
        file.write(packing.head(last) + b"abc" + packing.contents([*large, last]))
        assert file.tell() == packing.length([*large, last])
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert (archive.read("last"), archive.getinfo("4.bin").header_offset > 1 << 32) == (b"abc", True)


def test_more_members_than_are_counted_are_not_packed() -> None:
    members = [Member(name="a", size=0, crc32=0)] * (packing.MOST + 1)
    with pytest.raises(ValueError, match="65535"):
        packing.contents(members)
