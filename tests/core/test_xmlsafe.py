import time
import tracemalloc

import pytest

from gateway.core import xmlsafe
from gateway.core.faults import Rejected
from tests.edxml import NAMES, line_of, sample

XML = "<a><b>chữ</b></a>"


def refusal(data: bytes) -> Rejected:
    with pytest.raises(Rejected) as caught:
        xmlsafe.parse(data)
    return caught.value


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_passes(name: str) -> None:
    assert xmlsafe.parse(sample(name)).tag.endswith("}edXML")


@pytest.mark.parametrize(
    "data",
    [
        XML.encode("utf-8-sig"),
        b'<?xml version="1.0" encoding="utf-8"?>' + XML.encode(),
        b'<?xml version="1.0" encoding="UTF8" standalone="yes"?>' + XML.encode(),
        b"<?xml version='1.0'?>\n<!-- before -->" + XML.encode() + b"<!-- after -->\n",
        XML.replace("chữ", "<![CDATA[chữ]]>").encode(),
        XML.replace("ữ", "&#7919;").encode(),
    ],
)
def test_every_way_to_write_utf8_is_read_alike(data: bytes) -> None:
    assert xmlsafe.parse(data).findtext("b") == "chữ"


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>',
        b"<a>&unknown;</a>",
        b"<?go now?><a/>",
        b"<a><?go now?></a>",
        b"<a/><?go now?>",
        b"<a><!-- inside --></a>",
        b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></a>',
    ],
)
def test_a_forbidden_construct_is_refused(data: bytes) -> None:
    assert refusal(data).code == "forbidden-construct"


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1258", "latin-1"]
)
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-8"?>'])
def test_any_other_encoding_is_refused_though_none_or_utf8_is_declared(encoding: str, declaration: str) -> None:
    assert refusal(f"{declaration}<a>\xe1</a>".encode(encoding)).code == "encoding-unsupported"


def test_utf7_is_never_decoded() -> None:
    assert xmlsafe.parse(b"<a>+AOE-</a>").text == "+AOE-"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-7", "iso-8859-1", "windows-1258"])
def test_a_declared_encoding_other_than_utf8_is_named_as_the_reason(encoding: str) -> None:
    assert refusal(f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()).code == "encoding-unsupported"


def test_bytes_that_are_not_utf8_are_named_as_the_reason() -> None:
    fault = refusal(b"<a>\n<b>\xe1</b></a>")
    assert (fault.code, fault.line) == ("encoding-unsupported", 2)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"1212<?xml version='1.0'?><a/>",
        b"\n<?xml version='1.0'?><a/>",
        b"<a xlink:href='x'/>",
        b"<x:a/>",
        b"<a b='1' b='2'/>",
        b"<a>\0</a>",
        b"<a>&#0;</a>",
        b"<a>&#x1F;</a>",
        b"<?xml version='1.1'?><a/>",
    ],
)
def test_what_is_not_well_formed_is_refused(data: bytes) -> None:
    assert refusal(data).code == "malformed-xml"


def test_a_refusal_names_the_line_and_says_it_in_two_languages() -> None:
    data = sample().replace(b"</edXML:Subject>", b"</edXML:Subjekt>")
    fault = refusal(data)
    assert fault.line == line_of(data, "</edXML:Subjekt>")
    assert fault.detail
    assert fault.detail_en != fault.detail


BOMBS = {
    "attributes of one element": b"<a " + b" ".join(b'a%d=""' % number for number in range(100_000)) + b"/>",
    "attributes of 50 MB in one tag": b"<a " + b'attribute="" ' * 4_000_000 + b"/>",
    "attributes in all": b"<a>" + b'<b c="1" d="2" e="3" f="4"/>' * 2_000 + b"</a>",
    "namespaces of one element": b"<a " + b" ".join(b'xmlns:a%d="u:%d"' % (number, number) for number in range(2_000)) + b"/>",
    "namespaces in all": b"<a>" + b'<b xmlns:c="u:c"/>' * 1_000 + b"</a>",
    "depth": b"<a>" * 10_000 + b"</a>" * 10_000,
    "elements": b"<a>" + b"<b/>" * 100_000 + b"</a>",
    "a long name": b"<" + b"a" * 10_000 + b"/>",
    "a long attribute": b'<a b="' + b"c" * 10_000_000 + b'"/>',
    "a long comment": b"<!--" + b"c" * 10_000_000 + b"--><a/>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once_and_in_little_memory(name: str) -> None:
    tracemalloc.start()
    try:
        began = time.perf_counter()
        fault = refusal(BOMBS[name])
        took, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert fault.code == "xml-too-complex"
    assert fault.line
    assert took < 1
    assert peak < 50_000_000


def test_a_document_to_800_agencies_with_100_attachments_passes() -> None:
    receiver = "<To>" + "<OrganId>H99.1</OrganId>" * 8 + "</To>"
    attachment = '<Attachment><ContentId>1</ContentId><x:Content xmlns:x="u:x">QQ==</x:Content></Attachment>'
    assert len(xmlsafe.parse(f"<edXML>{receiver * 800}{attachment * 100}</edXML>".encode())) == 900


def test_ten_million_characters_of_one_text_pass() -> None:
    assert len(xmlsafe.parse(b"<a>" + b"QUJD" * 4_000_000 + b"</a>").text or "") == 16_000_000


def test_names_without_end_are_refused_before_libxml2_keeps_them_for_good() -> None:
    many = "".join(f"<n{number:0>400}/>" for number in range(200))
    assert refusal(f"<a>{many}</a>".encode()).code == "xml-too-complex"


def test_few_names_however_often_are_no_burden() -> None:
    often = "<b c='d'/>" * 4_000
    xmlsafe.guard(f"<a>{often}</a>".encode())
