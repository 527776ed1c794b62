"""XML that is there to hurt its reader: encodings, DTDs, entities, depth, width, length, and what signatures do not cover."""

import pytest

from tests.enemy.conftest import Besieged
from tests.pki import pki
from tests.signature_cases import changed
from tests.signer import DOCUMENT, SLOT, sign

PLAIN = DOCUMENT.replace(SLOT, "")
Attack = tuple[str, str, bytes]


def _encodings() -> list[Attack]:
    labelled, bare = PLAIN.replace("UTF-8", "{}"), PLAIN.partition("\n")[2]
    return [
        ("UTF-16 with a mark", "encoding-unsupported", labelled.format("UTF-16").encode("utf-16")),
        ("UTF-16 little-endian without a mark", "encoding-unsupported", labelled.format("UTF-16").encode("utf-16-le")),
        ("UTF-16 big-endian without a mark", "encoding-unsupported", labelled.format("UTF-16").encode("utf-16-be")),
        ("UTF-16 that says UTF-8", "encoding-unsupported", PLAIN.encode("utf-16")),
        ("UTF-32", "encoding-unsupported", labelled.format("UTF-32").encode("utf-32")),
        ("UTF-32 big-endian without a mark", "encoding-unsupported", bare.encode("utf-32-be")),
        ("a label UTF-32 on UTF-8", "encoding-unsupported", labelled.format("UTF-32").encode()),
        ("UTF-7", "encoding-unsupported", labelled.format("UTF-7").encode("utf-7")),
        ("a label UTF-7 on ASCII", "encoding-unsupported", labelled.format("UTF-7").encode()),
        ("UTF-7 with a mark", "encoding-unsupported", b"+/v8-" + PLAIN.encode("utf-7")),
        ("UTF-7 that begins at once", "malformed-xml", b"+ADw-" + bare.encode("utf-7")),
        ("EBCDIC", "encoding-unsupported", bare.encode("cp037", "replace").replace(b"\x4c", b"\x4c\x6f\xa7\x94", 1)),
        ("windows-1258", "encoding-unsupported", labelled.format("windows-1258").encode("cp1258", "replace")),
        ("Latin-1 that says UTF-8", "encoding-unsupported", PLAIN.replace("kết nối", "k\xe9t").encode("latin-1", "replace")),
        ("a label of US-ASCII", "encoding-unsupported", labelled.format("us-ascii").encode()),
        ("bytes that are no UTF-8", "encoding-unsupported", PLAIN.encode().replace(b"V/v", b"V/v\xff")),
        ("an overlong slash", "encoding-unsupported", PLAIN.encode().replace(b"V/v", b"V\xc0\xafv")),
        ("a surrogate", "encoding-unsupported", PLAIN.encode().replace(b"V/v", b"V\xed\xa0\x80v")),
        ("XML 1.1", "malformed-xml", PLAIN.replace('version="1.0"', 'version="1.1"').encode()),
        ("a NUL", "malformed-xml", PLAIN.encode().replace(b"V/v", b"V\x00v")),
        ("a control character by reference", "malformed-xml", PLAIN.encode().replace(b"V/v", b"V&#1;v")),
        ("a surrogate by reference", "malformed-xml", PLAIN.encode().replace(b"V/v", b"V&#xD800;v")),
        ("nothing", "malformed-xml", b""),
        ("white space", "malformed-xml", b" \n"),
        ("two roots", "malformed-xml", (PLAIN + PLAIN.partition("\n")[2]).encode()),
        ("half a document", "malformed-xml", PLAIN.encode()[:900]),
        ("an attribute twice", "malformed-xml", PLAIN.replace('id="trace"', 'id="a" id="b"').encode()),
        ("an undeclared prefix", "malformed-xml", PLAIN.replace("<edXML:edXMLBody/>", "<x:edXMLBody/>").encode()),
        ("JSON", "malformed-xml", b'{"edXML": {}}'),
        ("a PDF", "malformed-xml", b"%PDF-1.7\n"),
    ]


def _declarations() -> list[Attack]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    subsets = {
        "an empty DTD": "<!DOCTYPE edXML>",
        "an internal subset": "<!DOCTYPE edXML [<!ELEMENT edXML ANY>]>",
        "an external DTD": '<!DOCTYPE edXML SYSTEM "http://127.0.0.1:9/x.dtd">',
        "a public DTD": '<!DOCTYPE edXML PUBLIC "-//x//y" "http://127.0.0.1:9/x.dtd">',
        "an entity": '<!DOCTYPE edXML [<!ENTITY e "x">]>',
        "an entity of a file": '<!DOCTYPE edXML [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        "an entity of an address": '<!DOCTYPE edXML [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>',
        "a parameter entity": '<!DOCTYPE edXML [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
        "a default attribute": '<!DOCTYPE edXML [<!ATTLIST edXML Id CDATA "x">]>',
        "a billion laughs": f"<!DOCTYPE edXML [{laughs}]>",
        "a quadratic entity": f'<!DOCTYPE edXML [<!ENTITY e "{"a" * 50_000}">]>',
    }
    used = {
        "an entity": "e",
        "an entity of a file": "e",
        "an entity of an address": "e",
        "a billion laughs": "l9",
        "a quadratic entity": "e",
    }
    bodies = {name: PLAIN.replace("kết nối", f"&{used[name]};" * 3) if name in used else PLAIN for name in subsets}
    declared = [
        (name, "forbidden-construct", bodies[name].replace("?>\n", f"?>\n{dtd}", 1).encode()) for name, dtd in subsets.items()
    ]
    xinclude = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    return [
        *declared,
        ("an undeclared entity", "forbidden-construct", PLAIN.replace("kết nối", "&nbsp;").encode()),
        ("XInclude", "forbidden-construct", PLAIN.replace("<edXML:edXMLBody/>", xinclude + "<edXML:edXMLBody/>").encode()),
        (
            "a stylesheet",
            "forbidden-construct",
            PLAIN.replace("?>\n", '?>\n<?xml-stylesheet href="http://127.0.0.1:9/"?>', 1).encode(),
        ),
        ("an instruction", "forbidden-construct", PLAIN.replace("kết nối", "kết <?php x?>nối").encode()),
    ]


def _sizes() -> list[Attack]:
    def body(inside: str) -> bytes:
        return PLAIN.replace("<edXML:edXMLBody/>", f"<edXML:edXMLBody>{inside}</edXML:edXMLBody>").encode()

    attributes = " ".join(f'a{number}="1"' for number in range(100_000))
    return [
        ("depth", "xml-too-complex", body("<a>" * 100_000 + "</a>" * 100_000)),
        ("depth just over the limit", "xml-too-complex", body("<a>" * 40 + "</a>" * 40)),
        ("depth that never ends", "xml-too-complex", body("<a>" * 100_000)),
        ("a hundred thousand attributes", "xml-too-complex", body(f"<a {attributes}/>")),
        ("seventeen attributes", "xml-too-complex", body(f"<a {' '.join(attributes.split()[:17])}/>")),
        ("attributes all over", "xml-too-complex", body(f"<a {' '.join(attributes.split()[:10])}/>" * 1_000)),
        ("namespaces", "xml-too-complex", body("".join(f'<a xmlns="urn:{number}"/>' for number in range(2_000)))),
        ("elements", "xml-too-complex", body("<a/>" * 100_000)),
        ("a tag of ten megabytes", "xml-too-complex", body(f"<{'a' * 10_000_000}/>")),
        ("a name of a thousand letters", "xml-too-complex", body(f"<{'a' * 1_000}/>")),
        ("an attribute of ten megabytes", "xml-too-complex", body(f'<a b="{"c" * 10_000_000}"/>')),
        ("a namespace of ten megabytes", "xml-too-complex", body(f'<a xmlns="urn:{"c" * 10_000_000}"/>')),
        ("a comment of ten megabytes", "xml-too-complex", f"<!--{'c' * 10_000_000}-->{PLAIN.partition('?>')[2]}".encode()),
        ("white space in a tag without end", "xml-too-complex", body(f"<a{' ' * 10_000_000}/>")),
        ("a subject of ten megabytes", "schema-invalid", PLAIN.replace("kết nối", "x" * 10_000_000).encode()),
        ("a notation of a megabyte", "schema-invalid", PLAIN.replace("UBND-VP<", "x" * 1_000_000 + "<").encode()),
        ("unsigned", "signature-missing", PLAIN.encode()),
    ]


ATTACKS = {name: (code, data) for name, code, data in (*_encodings(), *_declarations(), *_sizes())}


@pytest.mark.parametrize("name", ATTACKS)
async def test_it_is_refused_and_does_no_harm(hub: Besieged, name: str) -> None:
    code, data = ATTACKS[name]
    await hub.refuse(data, code)


@pytest.mark.parametrize("construct", ["<!-- a -->", "<?a b?>"])
@pytest.mark.parametrize("place", ["H56.40.02", "kết nối", "<SignedInfo>", "<DigestValue>", "<edXML:edXMLBody/>"])
async def test_what_canonicalisation_drops_is_refused_wherever_it_stands(hub: Besieged, construct: str, place: str) -> None:
    """A comment in a receiver's id leaves the signature whole, and parts the text for a careless reader."""
    text = sign(pki()["province"]).decode()
    assert place in text
    await hub.refuse(
        text.replace(place, place[:3] + construct + place[3:] if place[0] not in "<" else construct + place).encode(),
        "forbidden-construct",
    )


@pytest.mark.parametrize("name", ["Id", "ID", "id", "xml:id"])
async def test_an_id_that_is_there_twice_is_refused(hub: Besieged, name: str) -> None:
    document = changed("<edXML:edXMLBody/>", f'<edXML:edXMLBody {name}="trace"/>')
    await hub.refuse(sign(pki()["province"], document=document), "signature-wrapped")
