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
    assert found == attachments.Decoded(content=PDF, zipped=True)


def test_octets_that_are_not_zipped_come_as_they_are() -> None:
    found = attachments.decode(base64_of(PDF), "412.pdf")
    assert (found.content, found.zipped) == (PDF, False)


def test_the_attachment_of_a_sample_is_a_pdf() -> None:
    package = read(sample()).package
    assert isinstance(package, DocumentPackage)
    (attachment,) = package.attachments
    assert attachments.decode(attachment.encoded or "", attachment.name).content.startswith(b"%PDF-")


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


@pytest.mark.parametrize("wrapped", [True, False])
def test_an_office_document_is_a_zip_that_stays_one_wrapped_or_not(*, wrapped: bool) -> None:
    content = office()
    found = attachments.decode(base64_of(zipped(**{"0d9f.docx": content}) if wrapped else content), "báo cáo.docx")
    assert (found.content, found.zipped) == (content, wrapped)


@pytest.mark.parametrize(
    ("name", "content"), [("a.zip", zipped(a=PDF)), ("a.pdf", zipped(a=PDF, b=PDF)), ("a.pdf", zipped(**{"a/": b""}))]
)
def test_other_zips_stay_zips(name: str, content: bytes) -> None:
    found = attachments.decode(base64_of(content), name)
    assert (found.content, found.zipped) == (content, False)


def test_a_zip_bomb_is_not_opened() -> None:
    bomb = zipped(bomb=bytes(50_000_000))
    assert attachments.decode(base64_of(bomb), "a.pdf") == attachments.Decoded(content=bomb, overfull=True)


def test_a_zip_that_lies_about_its_size_or_is_cut_stays_as_it_is() -> None:
    good = zipped(a=PDF * 100)
    broken = good.replace((len(PDF) * 100).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    for content in (good[: len(good) // 2], broken, b"PK\x03\x04"):
        assert attachments.decode(base64_of(content), "a.pdf").content == content


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2_000))
def test_what_is_encoded_is_decoded(content: bytes) -> None:
    found = attachments.decode(attachments.encode(content, "0d9f.pdf"), "412.pdf")
    assert (found.content, found.zipped) == (content, True)


def test_the_same_octets_are_encoded_the_same() -> None:
    assert attachments.encode(PDF, "a.pdf") == attachments.encode(PDF, "a.pdf")
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(attachments.encode(PDF, "a.pdf")))) as archive:
        assert [(entry.filename, entry.date_time[:3]) for entry in archive.infolist()] == [("a.pdf", (1980, 1, 1))]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Báo cáo 412.pdf", "Báo cáo 412.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\van-ban.pdf", "van-ban.pdf"),
        ("..", "tep"),
        ("", "tep"),
        ("Ba\u0301o ca\u0301o.pdf", "Báo cáo.pdf"),
        ("hoa\u202efdp.exe", "hoafdp.exe"),
        ("dòng\r\nmới\x00.pdf", "dòngmới.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("con.pdf", "_con.pdf"),
        (" .pdf. ", "pdf"),
        ("a" * 200 + ".pdf", "a" * 76 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_to_save_under(name: str, safe: str) -> None:
    assert attachments.safe_name(name) == safe


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_a_safe_name_is_safe_and_stays_as_it_is(name: str) -> None:
    safe = attachments.safe_name(name)
    assert safe and len(safe) <= attachments.MAX_NAME and not set('/\\:*?"<>|\r\n\x00') & set(safe)
    assert safe not in {".", ".."} and attachments.safe_name(safe) == safe
