"""Every tolerance in the shape of a package, each with its finding."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.core import canonical, reading, writing, xmlsafe
from gateway.core.envelope import NAMESPACE, DocumentPackage, Package
from gateway.core.model import BusinessType, Kind
from gateway.core.reading import Reading
from tests.edxml import TODAY, changed, codes, found, read, sample, schema, without
from tests.packages import DOCUMENTS, STATUSES

RULES = settings(max_examples=60, deadline=None)
DS = "http://www.w3.org/2000/09/xmldsig#"


def document(data: bytes) -> DocumentPackage:
    package = read(data).package
    assert isinstance(package, DocumentPackage)
    return package


def tolerated(data: bytes, code: str, path: str, name: str = "document") -> None:
    """Hold that a change is tolerated: the package reads as before, with that one finding."""
    result = read(data)
    assert result.package == read(sample(name)).package
    assert {(each.code, each.path) for each in result.findings} == {(code, path)}


def test_an_element_out_of_order_is_tolerated() -> None:
    moved = "<edXML:SteeringType>2</edXML:SteeringType>"
    tolerated(
        without("SteeringType").replace(b"<edXML:From>", moved.encode() + b"<edXML:From>", 1), "order-changed", "MessageHeader"
    )


@pytest.mark.parametrize("namespace", ["http://www.e-doc.vn/Schema/", "http://www.go.vn/eDoc"])
@pytest.mark.parametrize("name", ["document", "status_03"])
def test_the_namespaces_of_older_generations_are_tolerated(namespace: str, name: str) -> None:
    tolerated(sample(name).replace(NAMESPACE.encode(), namespace.encode()), "namespace-old", "edXML", name)


def test_a_package_without_namespace_is_tolerated() -> None:
    data = sample().replace(f' xmlns="{NAMESPACE}"'.encode(), b"").replace(f' xmlns:edXML="{NAMESPACE}"'.encode(), b"")
    tolerated(data.replace(b"edXML:", b""), "namespace-old", "edXML")


def test_any_prefix_or_none_is_the_same() -> None:
    assert read(sample().replace(b"edXML:", b"x:").replace(b"xmlns:edXML", b"xmlns:x")) == read(sample())


def test_white_space_around_a_value_is_tolerated() -> None:
    tolerated(changed(">Phạm Văn Mẫu<", ">\n  Phạm Văn Mẫu\t<"), "whitespace-trimmed", "MessageHeader/SignerInfo/FullName")


def test_an_empty_optional_element_is_absent() -> None:
    data = sample().replace(
        b"</edXML:OrganName>\n        </edXML:To>", b"</edXML:OrganName><edXML:Fax> </edXML:Fax></edXML:To>", 1
    )
    tolerated(data, "empty-element", "MessageHeader/To/Fax")


@pytest.mark.parametrize(
    "empty", ["<edXML:ResponseFor/>", "<edXML:ResponseFor><edXML:OrganId/><edXML:Code></edXML:Code></edXML:ResponseFor>"]
)
def test_an_empty_response_for_is_absent(empty: str) -> None:
    data = without("ResponseFor").replace(b"<edXML:SteeringType>", empty.encode() + b"<edXML:SteeringType>")
    assert document(data).header.response_for == ()
    assert ("empty-element", "MessageHeader/ResponseFor") in found(data)


def test_an_unknown_element_is_left_out() -> None:
    tolerated(
        changed("<edXML:Subject>", "<edXML:Colour>đỏ</edXML:Colour><edXML:Subject>"), "unknown-element", "MessageHeader/Colour"
    )


def test_an_unknown_attribute_is_left_out() -> None:
    tolerated(
        changed("<edXML:Reference>", '<edXML:Reference colour="red">'),
        "unknown-attribute",
        "edXMLBody/edXMLManifest/Reference/@colour",
    )


def test_stray_text_is_left_out() -> None:
    tolerated(changed("<edXML:Code>", "<edXML:Code>chữ lạc"), "stray-text", "MessageHeader/Code")


def test_xlink_attributes_of_a_reference_are_legal_decoration() -> None:
    xlink = 'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="cid:1" xlink:type="simple"'
    assert read(changed("<edXML:Reference>", f"<edXML:Reference {xlink}>")) == read(sample())


def test_a_missing_business_means_a_new_document() -> None:
    data = without("Bussiness")
    assert document(data).trace.business.type is BusinessType.NEW
    assert found(data) == {("business-missing", "TraceHeaderList/Bussiness")}


def test_a_missing_trace_is_tolerated() -> None:
    data = without("TraceHeaderList")
    assert document(data).trace.hops == ()
    assert {code for code, _ in found(data)} == {"trace-missing", "business-missing"}


@pytest.mark.parametrize("organ", ["<edXML:OrganId>null</edXML:OrganId>", "<edXML:OrganId/>", ""])
def test_a_hop_without_an_organ_is_tolerated(organ: str) -> None:
    written = "<edXML:TraceHeader>\n          <edXML:OrganId>000.00.00.H99</edXML:OrganId>"
    data = changed(written, f"<edXML:TraceHeader>{organ}")
    assert document(data).trace.hops[0].organ_id is None
    assert found(data) == {("organ-null", "TraceHeaderList/TraceHeader/OrganId")}


def test_content_ids_without_cid_are_tolerated() -> None:
    tolerated(sample().replace(b"<ContentId>cid:", b"<ContentId>"), "cid-missing", "AttachmentEncoded/Attachment/ContentId")


def test_paper_beside_bussiness_is_moved_into_it() -> None:
    data = without("Paper").replace(b"</edXML:TraceHeaderList>", b"<edXML:Paper>1</edXML:Paper></edXML:TraceHeaderList>")
    assert document(data).trace.business.paper is True
    assert found(data) == {("paper-misplaced", "TraceHeaderList/Paper")}


def test_a_long_number_is_noted() -> None:
    assert found(changed(">412<", ">20251016110432<")) == {("code-number-long", "MessageHeader/Code/CodeNumber")}


@pytest.mark.parametrize("namespace", [DS, NAMESPACE])
@pytest.mark.parametrize("name", ["Signature", "DigitalSignature"])
def test_signatures_are_no_content(namespace: str, name: str) -> None:
    signature = f'<{name} xmlns="{namespace}"><x/></{name}></edXML:edXMLHeader>'
    assert read(changed("</edXML:edXMLHeader>", signature)) == read(sample())


def test_the_same_tolerance_is_noted_once() -> None:
    spaced = sample().replace(b"</edXML:Place>", b" </edXML:Place>")
    assert len([code for code, path in found(spaced) if path == "MessageHeader/ToPlaces/Place"]) == 1


def test_findings_are_in_vietnamese_and_bounded() -> None:
    junk = "".join(f"<edXML:junk{number}/>" for number in range(5_000))
    findings = read(changed("<edXML:Subject>", f"{junk}<edXML:Subject>")).findings
    assert len(findings) <= 101
    assert findings[-1].code == "findings-omitted"
    assert all(each.message for each in findings)


@pytest.mark.parametrize(("name", "organ"), [("document", "000.00.00.H99"), ("status_03", "000.00.21.H99")])
def test_the_sender_is_found_before_anything_is_read(name: str, organ: str) -> None:
    data = sample(name).replace(f">{organ}<".encode(), f"> {organ}\n<".encode(), 1)
    assert canonical.sender(xmlsafe.parse(data)) == organ
    assert canonical.sender(xmlsafe.parse(data.replace(NAMESPACE.encode(), b"http://www.go.vn/eDoc"))) == organ


@pytest.mark.parametrize("data", [without("From"), b"<a/>", changed("000.00.00.H99", " ")])
def test_where_there_is_no_sender_none_is_found(data: bytes) -> None:
    assert canonical.sender(xmlsafe.parse(data)) is None


def test_whoever_is_found_as_sender_is_the_one_that_is_read() -> None:
    other = "<edXML:From><edXML:OrganId>000.00.21.H99</edXML:OrganId></edXML:From>"
    for data in (changed("<edXML:From>", f"{other}<edXML:From>"), changed("<edXML:To>", f"{other}<edXML:To>")):
        assert "M.MessageHeader.From" in codes(data)


def test_a_package_with_a_status_code_and_a_receiver_is_a_document() -> None:
    data = changed("<edXML:Subject>", "<edXML:StatusCode>01</edXML:StatusCode><edXML:Subject>")
    assert canonical.kind(xmlsafe.parse(data)) is Kind.DOCUMENT


def shuffle(element: etree._Element, random: Random) -> bool:
    """Shuffle all children everywhere, keeping the order of those of one name; tell whether any order changed."""
    children, tags = list(element), [child.tag for child in element]
    places = random.sample(tags, len(tags))
    waiting = {tag: [child for child in children if child.tag == tag] for tag in tags}
    element[:] = [waiting[tag].pop(0) for tag in places]
    return any([places != tags, *(shuffle(child, random) for child in children)])


def read_tree(root: etree._Element) -> Reading:
    return reading.read(root, schema(), today=TODAY)


@RULES
@given(package=st.one_of(DOCUMENTS, STATUSES), random=st.randoms(use_true_random=False))
def test_in_any_order_a_package_reads_the_same(package: Package, random: Random) -> None:
    root = xmlsafe.parse(writing.emit(package))
    before = read_tree(root)
    was_changed = shuffle(root, random)
    after = read_tree(root)
    assert after.package == package
    assert {each.code for each in after.findings} - {each.code for each in before.findings} == (
        {"order-changed"} if was_changed else set()
    )


@RULES
@given(package=st.one_of(DOCUMENTS, STATUSES))
def test_a_canonical_package_reads_the_same_by_the_tolerant_way(package: Package) -> None:
    root = xmlsafe.parse(writing.emit(package))
    straight = read_tree(root)
    root.set("colour", "red")
    assert read_tree(root).package == straight.package
