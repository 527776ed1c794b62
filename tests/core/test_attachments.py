import base64
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core import attachments
from gateway.core.envelope import DocumentPackage
from gateway.core.faults import Rejected
from tests.edxml import read, sample

PDF = b"%PDF-1.7\n%%EOF\n"


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def zipped(**entries: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()


def office(folder: str = "word") -> bytes:
    return zipped(**{"[Content_Types].xml": b"<Types/>", f"{folder}/main.xml": b"<a/>"})


def test_the_one_entry_zip_of_the_field_is_taken_off() -> None:
    found = attachments.decode(base64_of(zipped(**{"0d9f6f0e.pdf": PDF})), "412.pdf")
    assert found == attachments.Decoded(name="412.pdf", content=PDF, media_type="application/pdf", zipped=True)


def test_octets_that_are_not_zipped_come_as_they_are() -> None:
    found = attachments.decode(base64_of(PDF), "412.pdf")
    assert (found.content, found.zipped) == (PDF, False)


def test_the_attachment_of_a_sample_is_a_pdf() -> None:
    package = read(sample()).package
    assert isinstance(package, DocumentPackage)
    (attachment,) = package.attachments
    assert attachments.decode(attachment.encoded or "", attachment.name).media_type == "application/pdf"


@pytest.mark.parametrize("separator", ["\n", "\r\n", " ", "\t"])
def test_white_space_in_base64_is_tolerated(separator: str) -> None:
    text = base64_of(PDF)
    spaced = separator + separator.join(text[at : at + 4] for at in range(0, len(text), 4)) + separator
    assert attachments.decode(spaced, "412.pdf").content == PDF


@pytest.mark.parametrize("text", ["AAA", "AAA*", "=AAA", "AA==AA==", "chữ", "AAA\x00"])
def test_what_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(Rejected) as caught:
        attachments.decode(text, "412.pdf")
    assert (caught.value.code, caught.value.path) == (
        "attachment-encoding",
        "AttachmentEncoded/Attachment/ContentTransferEncoded",
    )


@pytest.mark.parametrize(
    ("folder", "media_type"),
    [("word", "wordprocessingml.document"), ("xl", "spreadsheetml.sheet"), ("ppt", "presentationml.presentation")],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_an_office_document_is_a_zip_that_stays_one_wrapped_or_not(folder: str, media_type: str, *, wrapped: bool) -> None:
    content = office(folder)
    found = attachments.decode(base64_of(zipped(**{"0d9f.docx": content}) if wrapped else content), "báo cáo.docx")
    assert (found.content, found.zipped) == (content, wrapped)
    assert found.media_type.endswith(media_type)


@pytest.mark.parametrize(
    ("name", "content"), [("a.zip", zipped(a=PDF)), ("a.pdf", zipped(a=PDF, b=PDF)), ("a.pdf", zipped(**{"a/": b""}))]
)
def test_other_zips_stay_zips(name: str, content: bytes) -> None:
    found = attachments.decode(base64_of(content), name)
    assert (found.content, found.media_type, found.zipped) == (content, "application/zip", False)


def test_a_zip_bomb_is_not_opened() -> None:
    bomb = zipped(bomb=bytes(50_000_000))
    assert attachments.decode(base64_of(bomb), "a.pdf").content == bomb


def test_a_zip_that_lies_about_its_size_or_is_cut_stays_as_it_is() -> None:
    good = zipped(a=PDF * 100)
    broken = good.replace((len(PDF) * 100).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    for content in (good[: len(good) // 2], broken, b"PK\x03\x04"):
        assert attachments.decode(base64_of(content), "a.pdf").content == content


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"<?xml version='1.0'?><a/>", "application/xml"),
        (("chữ " * 2_000).encode(), "text/plain"),
        (b"", "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"PK\x03\x04", "application/zip"),
    ],
)
def test_the_media_type_is_that_of_the_octets(content: bytes, media_type: str) -> None:
    assert attachments.sniff(content) == media_type


def test_what_is_declared_by_the_name_is_not_believed() -> None:
    assert attachments.decode(base64_of(PDF), "anh.png").media_type == "application/pdf"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2_000))
def test_what_is_encoded_is_decoded(content: bytes) -> None:
    found = attachments.decode(attachments.encode(content, "0d9f.pdf"), "412.pdf")
    assert (found.content, found.zipped) == (content, True)


def test_the_same_octets_are_encoded_the_same() -> None:
    assert attachments.encode(PDF, "a.pdf") == attachments.encode(PDF, "a.pdf")
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(attachments.encode(PDF, "a.pdf")))) as archive:
        assert [(entry.filename, entry.date_time[:3]) for entry in archive.infolist()] == [("a.pdf", (1980, 1, 1))]
