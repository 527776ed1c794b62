"""Golden documents are what they say: every element filled, whole, and each with a key of its own."""

from collections.abc import Iterator

from gateway.core import edxml as shapes
from gateway.core.shape import Shape
from gateway.sdk import BusinessType, Priority, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checks_whole import business_of
from gateway.sdk.conformance.comparing import difference, fields, octets, same


def leaves(shape: Shape, above: str = "") -> Iterator[str]:
    """Name each element of edXML that holds a text."""
    for child in shape.children:
        path = f"{above}{child.name}"
        if child.value is not None:
            yield path
        else:
            yield from leaves(child, f"{path}/")


def test_a_golden_document_has_every_element_filled() -> None:
    envelope, body = shapes.DOCUMENT.children[0].children
    assert body.name == "edXMLBody"
    filled = set(fields(edxml.write(golden.document())))
    for kind in (BusinessType.UPDATE, BusinessType.REPLACE):
        filled |= set(fields(edxml.write(golden.document(business=business_of(kind)))))
    assert set(leaves(envelope)) - filled == set()


def test_a_golden_document_is_read_as_it_was_written() -> None:
    assert edxml.read(edxml.write(golden.document())) == golden.document()


async def test_a_consignment_says_what_its_envelope_says() -> None:
    consignment = golden.consignment()
    said = fields(await octets(consignment.open))
    assert said["MessageHeader/Subject"] == consignment.subject
    assert said["MessageHeader/OtherInfo/Priority"] == str(int(consignment.priority))
    assert len(await octets(consignment.open)) == consignment.size


async def test_the_manifest_of_a_consignment_names_each_part() -> None:
    package, files = await edxml.unpack(golden.consignment(None, golden.part("a"), golden.part("b", b"2")))
    assert [each.content_id for each in package.attachments] == ["a", "b"]
    assert [await octets(each.open) for each in files] == [golden.CONTENT, b"2"]


def test_each_document_has_a_key_of_its_own_and_the_same_one_each_time() -> None:
    keys = [golden.consignment(golden.document(number)).key for number in ("1", "2", "1")]
    assert keys[0] == keys[2] != keys[1]


def test_each_news_has_a_key_of_its_own() -> None:
    consignment = golden.consignment()
    news = [golden.notice(), golden.notice(sequence=8), golden.notice(code=None), golden.recall(consignment)]
    news += [golden.update(consignment), golden.replacement(consignment)]
    assert len({each.key for each in news}) == 6
    assert (news[3].delivery, news[3].number) == (consignment.key, consignment.number)


def test_a_document_without_other_info_has_the_usual_priority() -> None:
    assert golden.consignment(golden.document(other_info=None)).priority is Priority.NORMAL


def test_composed_and_decomposed_letters_read_the_same() -> None:
    assert same("đường \u1ea5p", "đường a\u0302\u0301p ")
    assert not same("đường", "duong")


def test_an_empty_field_is_dropped() -> None:
    found = difference({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": " ", "c": "4", "d": "5"})
    assert (found.kept, found.dropped, found.changed, found.invented) == ({"a"}, {"b"}, {"c"}, {"d"})
