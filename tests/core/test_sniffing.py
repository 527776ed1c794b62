import io

import pytest

from gateway.core.sniffing import extension, is_as_named, media_type
from tests.core.test_attachments import PDF, office, zipped

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"II*\x00", "image/tiff"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"{\\rtf1 a}", "application/rtf"),
        (b"Rar!\x1a\x07\x00", "application/vnd.rar"),
        (b"<?xml version='1.0'?><a/>", "application/xml"),
        (("chữ " * 2_000).encode(), "text/plain"),
        (b"MZ la ten viet tat", "text/plain"),
        (b"MZ\x90\x00\x03", "application/x-executable"),
        (b"\x7fELF\x02", "application/x-executable"),
        (b"#!/bin/sh\n", "application/x-executable"),
        (b"", "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"PK\x03\x04", "application/zip"),
        (zipped(a=PDF), "application/zip"),
        (office("word"), WORD),
        (office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (office("ppt"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ],
)
def test_the_media_type_is_that_of_the_octets(content: bytes, found: str) -> None:
    assert media_type(io.BytesIO(content)) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.pdf", "application/pdf"),
        ("A.PDF ", "application/pdf"),
        ("a.doc", "application/x-ole-storage"),
        ("a.doc", WORD),
        ("a.jpeg", "image/jpeg"),
        ("a.p7s", "application/octet-stream"),
        ("không có phần mở rộng", "application/pdf"),
    ],
)
def test_a_name_that_promises_what_the_octets_are_or_promises_nothing_is_right(name: str, found: str) -> None:
    assert is_as_named(name, found)


@pytest.mark.parametrize(("name", "found"), [("a.pdf", WORD), ("a.docx", "application/zip"), ("a.png", "image/jpeg")])
def test_a_name_that_promises_something_else_is_wrong(name: str, found: str) -> None:
    assert not is_as_named(name, found)


def test_the_extension_is_what_follows_the_last_dot_in_lower_case() -> None:
    assert (extension("a.b.PDF"), extension("không"), extension("a.")) == ("pdf", "", "")
