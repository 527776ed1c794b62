"""What is legal but odd is accepted: a false refusal is a failure too."""

import re
from collections.abc import Iterator

import pytest

from gateway.core import writing
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, attachment
from tests.enemy.conftest import Besieged, crowd, today
from tests.pki import pki
from tests.signer import SLOT, sign

XSI = "http://www.w3.org/2001/XMLSchema-instance"


def written(**more: object) -> str:
    """A document as our own writer makes it, with a place for the signature."""
    return re.sub("(</[^>]*edXMLHeader>)", rf"{SLOT}\1", writing.emit(today("1", **more)).decode())


def _odd() -> Iterator[tuple[str, str]]:
    text = written(attachments=(attachment(),))
    bare = text.partition("?>")[2].lstrip() if text.startswith("<?xml") else text
    root = re.compile("<edXML ")
    yield "as it is written", text
    yield "CDATA around a subject", text.replace("V/v báo cáo", "<![CDATA[V/v báo <cáo> & ]]>")
    yield "CDATA around base64", re.sub("(ContentTransferEncoded[^>]*>)([^<]+)(<)", r"\1<![CDATA[\2]]>\3", text, count=1)
    yield "character references, decimal and hexadecimal", text.replace("báo cáo", "b&#225;o c&#xE1;o")
    yield "the five named entities", text.replace("báo cáo", "&lt;&gt;&amp;&quot;&apos;")
    yield "white space inside tags", re.sub(r"<(/?edXML:[A-Za-z]+)>", "<\\1\n\t >", text)
    yield "white space inside the root's tags", bare.replace("</edXML>", "</edXML  \n>").replace("<edXML ", "<edXML\r\n\t ")
    yield "namespaces that nobody uses", root.sub('<edXML xmlns:a="urn:a" xmlns:b="urn:b" xmlns:c="urn:c" ', text)
    yield "a byte order mark", "\ufeff" + text
    yield "a byte order mark and no declaration", "\ufeff" + bare
    yield "another prefix", text.replace("edXML:", "vb:").replace("xmlns:edXML", "xmlns:vb")
    yield "CRLF line ends", text.replace("\n", "\r\n")
    yield "single quotes", text.replace('"', "'").replace(SLOT.replace('"', "'"), SLOT)
    yield "no declaration", bare
    yield "a declaration with standalone", f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{bare}'
    yield "a declaration without encoding", f'<?xml version="1.0"?>{bare}'
    yield "a declaration in small letters", f"<?xml version='1.0' encoding='utf-8'?>{bare}"
    yield "white space after the root", text + "\n\n \t\r\n"
    yield "white space before the root", f'<?xml version="1.0" encoding="UTF-8"?>\n\n\n{bare}'
    yield "a comment before the root", f"<!-- do phần mềm X tạo -->\n{bare}"
    yield "a comment after the root", f"{bare}\n<!-- hết -->"
    yield "a language", root.sub('<edXML xml:lang="vi" ', text)
    yield "space preserved", root.sub('<edXML xml:space="preserve" ', text)
    yield "a schema location", root.sub(f'<edXML xmlns:xsi="{XSI}" xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd" ', text)
    yield "an empty element closed at once", text.replace("<edXML:DocumentType>", "<edXML:ResponseFor/><edXML:DocumentType>")
    opened = "<edXML:ResponseFor></edXML:ResponseFor><edXML:DocumentType>"
    yield "an empty element opened and closed", text.replace("<edXML:DocumentType>", opened)
    yield "indented text in values", text.replace(f"<edXML:OrganId>{DEPARTMENT}<", f"<edXML:OrganId>\n    {DEPARTMENT}\n  <")
    yield "base64 in lines", re.sub("(ContentTransferEncoded[^>]*>)([^<]+)<", _in_lines, text, count=1)
    yield "letters beyond the basic plane", text.replace("báo cáo", "𝒃áo cáo 😀")
    yield "composed another way", text.replace("báo cáo", "ba\u0301o ca\u0301o")


def _in_lines(found: re.Match[str]) -> str:
    return found[1] + "\r\n" + "\r\n".join(re.findall(".{1,60}", found[2])) + "\r\n<"


ODD = dict(_odd())


def test_every_oddity_differs_from_what_is_usual() -> None:
    assert len(set(ODD.values())) == len(ODD)


@pytest.mark.parametrize("name", ODD)
async def test_it_is_accepted(hub: Besieged, name: str) -> None:
    await hub.accept(sign(pki()["province"], document=ODD[name]))


@pytest.mark.parametrize("name", ODD)
async def test_it_is_accepted_with_a_prefixed_signature_and_its_chain(hub: Besieged, name: str) -> None:
    chain = (pki()["commune"].certificate, pki().authority("intermediate"), pki().authority("root"))
    document = ODD[name].replace(PROVINCE, COMMUNE)
    await hub.accept(sign(pki()["commune"], document=document, prefix="ds", certificates=chain, gap="\n"), organ=COMMUNE)


async def test_a_text_of_nine_megabytes_is_accepted(hub: Besieged) -> None:
    octets = b"%PDF-1.7\n" + b"x" * (9_000_000 * 3 // 4)
    answer = await hub.accept(hub[PROVINCE].sign(today("1", attachments=(attachment(octets),))))
    assert (await hub[PROVINCE].call("GET", f"/documents/{answer['id']}/attachments/1"))[1] == octets


async def test_a_text_longer_than_libxml2_takes_unasked_is_accepted(hub: Besieged) -> None:
    octets = b"%PDF-1.7\n" + b"x" * 12_000_000
    await hub.accept(hub[PROVINCE].sign(today("1", attachments=(attachment(octets),))))


async def test_eight_hundred_receivers_are_accepted(hub: Besieged) -> None:
    answer = await hub.accept(hub[PROVINCE].sign(today("1", to=crowd())))
    assert [each["to"] for each in answer["deliveries"]] == crowd()
