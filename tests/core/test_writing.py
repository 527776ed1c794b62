from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.core import canonical, writing, xmlsafe
from gateway.core.envelope import DocumentPackage, Package
from gateway.core.faults import Rejected
from tests.edxml import NAMES, changed, read, sample, schema
from tests.packages import DOCUMENTS, STATUSES


def document() -> DocumentPackage:
    package = read(sample()).package
    assert isinstance(package, DocumentPackage)
    return package


@pytest.mark.parametrize("name", NAMES)
def test_what_was_read_is_written_with_the_very_same_bytes(name: str) -> None:
    assert writing.emit(read(sample(name)).package) == sample(name)


@settings(max_examples=60, deadline=None)
@given(st.one_of(DOCUMENTS, STATUSES))
def test_what_is_written_is_valid_and_reads_back(package: Package) -> None:
    root = xmlsafe.parse(writing.emit(package))
    assert schema().check(canonical.kind(root), root)
    assert read(writing.emit(package)).package == package


@pytest.mark.parametrize("text", ["a & b < c > d", "&amp;", "]]>", "a\r\nb\rc\td", "<b>đậm</b>", "đ\U0001f4dc"])
def test_any_text_survives(text: str) -> None:
    package = document()
    written = writing.emit(replace(package, header=replace(package.header, subject=text)))
    assert read(written).package == replace(package, header=replace(package.header, subject=text))


def test_text_is_escaped_as_the_samples_do() -> None:
    package = document()
    written = writing.emit(replace(package, header=replace(package.header, subject='a & b < c > d "e"\r')))
    assert b'<edXML:Subject>a &amp; b &lt; c &gt; d "e"&#13;</edXML:Subject>' in written


def test_content_cannot_break_out_of_its_element() -> None:
    injected = changed(">UEsDB", ">&lt;/edXML:ContentTransferEncoded&gt;&lt;x/&gt;&amp;&#13;UEsDB")
    assert writing.emit(read(injected).package) == injected


def test_an_attribute_survives_quotes_and_line_ends() -> None:
    package = document()
    package = replace(package, trace=replace(package.trace, actor='"a"\t<b>\r\n&c'))
    assert read(writing.emit(package)).package == package


@pytest.mark.parametrize("text", ["\0", "a\x0bb", "\ufffe", "\ud800"])
def test_a_character_that_xml_cannot_hold_is_refused(text: str) -> None:
    package = document()
    with pytest.raises(Rejected, match="malformed-xml"):
        writing.emit(replace(package, header=replace(package.header, subject=text)))


def test_mime_parts_are_only_in_the_manifest() -> None:
    package = document()
    written = writing.emit(replace(package, attachments=tuple(replace(each, encoded=None) for each in package.attachments)))
    assert b"AttachmentEncoded" not in written
    assert b"<edXML:ContentId>cid:0d9f" in written


def test_an_empty_text_is_not_written() -> None:
    package = document()
    assert b"<edXML:Content>" not in writing.emit(replace(package, header=replace(package.header, content="")))


def test_prefixes_are_where_the_strictest_receivers_want_them() -> None:
    root = etree.fromstring(writing.emit(document()))
    prefixes = {etree.QName(element).localname: element.prefix for element in root.iter()}
    unprefixed = {name for name, prefix in prefixes.items() if prefix is None}
    assert {"edXML", "AttachmentEncoded", "Attachment"} <= unprefixed
    assert prefixes["ContentTransferEncoded"] == prefixes["edXMLEnvelope"] == prefixes["MessageHeader"] == "edXML"
