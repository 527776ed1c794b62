from collections.abc import Iterator

import pytest
from lxml import etree

from gateway.core import canonical, edxml, reading, schema, xmlsafe
from gateway.core.directory import TOLERANT_GRAMMAR
from gateway.core.faults import Rejected
from gateway.core.model import Kind
from gateway.core.shape import Shape
from tests.edxml import NAMES, SCHEMAS, TODAY, changed, codes, found, line_of, problems, sample, without
from tests.edxml import schema as compiled

XS = "{http://www.w3.org/2001/XMLSchema}"
LEAVES = {"maxLength", "minLength", "pattern", "enumeration"}
FILES = {Kind.DOCUMENT: "document.xsd", Kind.STATUS: "status.xsd"}
SHAPES = {Kind.DOCUMENT: edxml.DOCUMENT, Kind.STATUS: edxml.STATUS_PACKAGE}


def xsd(kind: Kind) -> etree._Element:
    return etree.parse(SCHEMAS / FILES[kind]).getroot()


def rows_of_schema(root: etree._Element, type_name: str, path: str) -> Iterator[tuple[str, bool]]:
    """Walk a schema from a complex type: each element's path and whether it repeats, in order."""
    for element in root.iterfind(f"{XS}complexType[@name='{type_name}']//{XS}element"):
        inside = f"{path}/{element.get('name')}"
        yield inside, element.get("maxOccurs") == "unbounded"
        yield from rows_of_schema(root, element.get("type", ""), inside)


def rows_of_table(shape: Shape, path: str) -> Iterator[tuple[str, bool]]:
    for child in shape.children:
        inside = f"{path}/{child.name}"
        yield inside, child.many
        yield from rows_of_table(child, inside)


@pytest.mark.parametrize("kind", Kind)
def test_the_table_and_the_schema_have_the_same_elements_in_the_same_order(kind: Kind) -> None:
    rows = list(rows_of_table(SHAPES[kind], ""))
    assert rows == list(rows_of_schema(xsd(kind), "Package", ""))
    assert len(rows) > 20


def test_what_the_two_schemas_share_is_the_same_in_both() -> None:
    def types(kind: Kind) -> dict[str, bytes]:
        return {each.get("name", ""): etree.tostring(each, method="c14n") for each in xsd(kind).iterfind(f"{XS}simpleType")}

    document, status = types(Kind.DOCUMENT), types(Kind.STATUS)
    shared = document.keys() & status.keys()
    assert {"OrganId", "Day", "Moment", "Text200"} <= shared
    assert {name: document[name] for name in shared} == {name: status[name] for name in shared}


@pytest.mark.parametrize("kind", Kind)
def test_organ_ids_follow_the_grammar_of_the_directory(kind: Kind) -> None:
    assert TOLERANT_GRAMMAR.pattern in {each.get("value") for each in xsd(kind).iter(f"{XS}pattern")}


@pytest.mark.parametrize("kind", Kind)
def test_patterns_know_only_ascii_digits(kind: Kind) -> None:
    patterns = [each.get("value") or "" for each in xsd(kind).iter(f"{XS}pattern")]
    assert patterns
    assert [pattern for pattern in patterns if "\\" in pattern] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_we_write_is_valid_as_it_stands(name: str) -> None:
    root = xmlsafe.parse(sample(name))
    assert compiled().check(canonical.kind(root), root)


def test_every_missing_element_is_named_at_once() -> None:
    data = sample()
    for element in ("From", "Code", "SignerInfo", "Subject"):
        start, end = data.index(f"<edXML:{element}>".encode()), data.index(f"</edXML:{element}>".encode())
        data = data[:start] + data[end + len(f"</edXML:{element}>") :]
    expected = {f"N.MessageHeader.{element}" for element in ("From", "Code", "SignerInfo", "Subject")}
    assert codes(data) == expected


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (without("OrganId"), "N.MessageHeader.From.OrganId"),
        (changed(">412<", "> <"), "N.MessageHeader.Code.CodeNumber"),
        (changed("412/UBND-NN</edXML:DocumentId", "4" * 250 + "</edXML:DocumentId"), "R.MessageHeader.DocumentId"),
        (changed("<edXML:Priority>2", "<edXML:Priority>7"), "R.MessageHeader.OtherInfo.Priority"),
        (changed("000.00.00.H99", "000-00"), "T.MessageHeader.From.OrganId"),
        (changed("<edXML:PageAmount>2", "<edXML:PageAmount>hai"), "T.MessageHeader.OtherInfo.PageAmount"),
        (changed("2026/03/31", "31/03/2026"), "T.MessageHeader.DueDate"),
        (changed("2026/03/31", "2026/02/30"), "T.MessageHeader.DueDate"),
        (changed("<edXML:BussinessDocType>0", "<edXML:BussinessDocType>4"), "R.TraceHeaderList.Bussiness.BussinessDocType"),
        (changed("</edXML:Content>", "</edXML:Content><edXML:Content>hai</edXML:Content>"), "M.MessageHeader.Content"),
        (changed(">03<", ">07<", "status_03"), "R.MessageHeader.StatusCode"),
        (without("ResponseFor", "status_03"), "N.MessageHeader.ResponseFor"),
        (without("edXMLHeader"), "N.edXMLHeader"),
        (without("edXMLEnvelope", "status_03"), "N.edXMLEnvelope"),
    ],
)
def test_a_mistake_is_named_by_its_letter_and_path(data: bytes, code: str) -> None:
    assert codes(data) == {code}


def test_a_problem_has_the_path_the_line_and_two_languages() -> None:
    data = changed("<edXML:Priority>2", "<edXML:Priority>7")
    (problem,) = problems(data)
    assert problem.path == "MessageHeader/OtherInfo/Priority"
    assert problem.line == line_of(data, "<edXML:Priority>")
    assert problem.vi
    assert problem.en != problem.vi


def test_mistakes_of_the_schema_the_calendar_and_the_whole_are_told_together() -> None:
    data = (
        changed("<edXML:Priority>2", "<edXML:Priority>7")
        .replace(b"2026/03/31", b"2026/02/30")
        .replace(b"H99.31.07", b"000.00.21.H99")
    )
    assert codes(data) == {"R.MessageHeader.OtherInfo.Priority", "T.MessageHeader.DueDate", "M.MessageHeader.To.OrganId"}


def test_a_long_text_is_not_repeated_in_the_problem() -> None:
    (problem,) = problems(changed("<edXML:PageAmount>2", "<edXML:PageAmount>" + "bí mật " * 100))
    assert len(problem.vi) < schema.SHOWN + 50
    assert len(problem.en) < schema.SHOWN + 50


def test_the_line_is_that_of_the_original_though_the_order_was_changed() -> None:
    moved = "<edXML:Priority>7</edXML:Priority>"
    data = without("Priority").replace(b"</edXML:OtherInfo>", f"\n\n{moved}</edXML:OtherInfo>".encode())
    assert [problem.line for problem in problems(data)] == [line_of(data, moved)]


def test_no_line_is_given_rather_than_a_wrong_one_far_below() -> None:
    data = (
        sample()
        .replace(b"UEsDB", b"\n" * 70_000 + b"UEsDB", 1)
        .replace(b"</AttachmentEncoded>", b"<Attachment/>\n</AttachmentEncoded>")
    )
    data = data.replace(b"<Attachment/>", b"<Attachment><ContentId>cid:2</ContentId></Attachment>")
    assert {problem.line for problem in problems(data) if problem.path.startswith("AttachmentEncoded")} == {None}


@pytest.mark.parametrize("receivers", [800, 8_000])
def test_a_package_full_of_mistakes_is_explained_in_bounded_length(receivers: int) -> None:
    receiver = "<edXML:To><edXML:OrganId>!</edXML:OrganId></edXML:To>\n"
    listed = problems(changed("<edXML:To>", receiver * receivers + "<edXML:To>"))
    assert 0 < len(listed) <= schema.MAX_PROBLEMS
    assert {problem.path for problem in listed} == {"MessageHeader/To/OrganId"}


@pytest.mark.parametrize("data", [b"<a/>", b'<edXML xmlns="urn:other"/>', sample("status_03").replace(b"edXML", b"edXml")])
def test_what_is_no_edxml_at_all_is_refused_by_the_schema(data: bytes) -> None:
    assert len(problems(data)) == 1


def test_a_schema_location_in_a_package_is_not_followed() -> None:
    hint = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"'
    assert found(changed("<edXML ", f"<edXML {hint} ")) == set()


def test_a_schema_that_is_none_is_refused_when_it_is_compiled() -> None:
    with pytest.raises(etree.XMLSchemaParseError):
        schema.EdxmlSchema.of(b"<a/>", b"<a/>")


def test_the_same_refusal_comes_from_a_schema_compiled_again() -> None:
    again = schema.EdxmlSchema.of((SCHEMAS / "document.xsd").read_bytes(), (SCHEMAS / "status.xsd").read_bytes())
    with pytest.raises(Rejected) as caught:
        reading.read(xmlsafe.parse(without("Subject")), again, today=TODAY)
    assert [problem.code for problem in caught.value.problems] == ["N.MessageHeader.Subject"]
