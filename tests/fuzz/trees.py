"""Mutations of an XML tree that keep it well-formed, and signatures of many shapes over the result."""

import copy
import re
from collections.abc import Callable
from random import Random
from typing import Any

from lxml import etree

from tests.pki import Member
from tests.signer import DS, ENC, ENVELOPED, EXCLUSIVE, INCLUSIVE, MORE, MORE_2007, QCVN, SLOT, sign

NAMESPACES = (QCVN, "http://www.go.vn/eDoc", "http://www.e-doc.vn/Schema/", "", DS, "urn:x", "http://www.w3.org/2001/XInclude")
NAMES = (
    *("edXML", "edXMLEnvelope", "edXMLHeader", "edXMLBody", "MessageHeader", "From", "To", "OrganId", "Code", "CodeNumber"),
    *("CodeNotation", "DocumentId", "Subject", "DueDate", "PromulgationDate", "OtherInfo", "Priority", "PageAmount", "Paper"),
    *("Appendixes", "ResponseFor", "TraceHeaderList", "TraceHeader", "Timestamp", "Bussiness", "BussinessDocType", "StaffInfo"),
    *(
        "StatusCode",
        "edXMLManifest",
        "Reference",
        "ContentId",
        "ContentType",
        "AttachmentEncoded",
        "Attachment",
        "AttachmentName",
    ),
    *("ContentTransferEncoded", "Signature", "SignedInfo", "KeyInfo", "DigitalSignature", "DoMat", "x", "á", "_", "a" * 600),
)
TEXTS = (
    *(
        "",
        " ",
        "\n\t",
        "null",
        "N/A",
        "0",
        "-1",
        "1",
        "3",
        "4",
        "99",
        "1e3",
        "TRUE",
        "false",
        "²",
        "١",
        "9" * 25,
        "0" * 700,
        "x" * 5000,
    ),
    *("2026/02/30", "9999/99/99 99:99:99", "2026-11-23", "23/11/2026", "0001/01/01", "2026/11/23", "2026/11/23 08:00:00"),
    *(
        "000.00.00.H56",
        "000.00.15.H56",
        "H56.40.02",
        "H56",
        "null.null",
        "cid:",
        "cid:a1",
        "cid:á",
        "a1",
        "UEsDBA==",
        "====",
        "A",
    ),
    *(
        "../../etc/passwd",
        "C:\\x.exe",
        "a.pdf\u202efdp.exe",
        "e\u0302\u0301",
        "\u0111\u0300",
        "😀",
        "\ufeff",
        "\u200b",
        "\x85",
        "\u2028",
    ),
    *("<script>alert(1)</script>", "' OR 1=1 --", "%s%n", "{0.__class__}", "Mật", "ĐỘ MẬT: Tối mật", "đơn tố cáo", "]]>", "&lt;"),
)
ATTRIBUTES = (
    "id",
    "Id",
    "ID",
    f"{{{'http://www.w3.org/XML/1998/namespace'}}}id",
    "version",
    "a",
    "{urn:x}b",
    "URI",
    "Algorithm",
    "href",
)

_CHOICES: dict[str, tuple[Any, ...]] = {
    "prefix": ("ds", "x-1", "edXML"),
    "method": (
        *(f"{MORE}rsa-sha{n}" for n in (256, 384, 512)),
        f"{MORE_2007}sha256-rsa-MGF1",
        f"{DS}rsa-sha1",
        f"{MORE}ecdsa-sha256",
    ),
    "digest": (f"{ENC}sha512", f"{MORE}sha384", f"{DS}sha1"),
    "c14n": (INCLUSIVE,),
    "transforms": (
        (),
        ((ENVELOPED, ""),),
        ((ENVELOPED, ""), (INCLUSIVE, "")),
        ((EXCLUSIVE, ""), (ENVELOPED, "")),
        ((f"{DS}base64", ""),),
    ),
    "references": ("", "{whole}{whole}", "{whole}" * 300, '{whole}<Reference URI="http://127.0.0.1:9/x"/>'),
    "key_info": ("", "<KeyName>x</KeyName>", "<X509Data/>", "<X509Data><X509Certificate>AAAA</X509Certificate></X509Data>"),
    "beside": ("<Object/>", f'<Object><Signature xmlns="{DS}"/></Object>'),
    "attributes": (' Id="a"', ' a="1"'),
    "gap": ("\n", " ", "chữ"),
    "value": (" ", "AAAA", "AAA*"),
}


def mutated(text: str, chance: Random) -> str:
    """Give a well-formed document again, changed in one to eight places."""
    root = etree.fromstring(text.encode())
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        elements = [element for element in root.iter() if isinstance(element.tag, str)]
        chance.choice(_CHANGES)(chance.choice(elements), chance.choice(elements), chance)
    return etree.tostring(root, encoding="unicode")


def styled(text: str, chance: Random) -> str:
    """Write the same document in another way that XML allows, or nearly does."""
    match chance.randrange(12):
        case 0:
            return "\ufeff" + text
        case 1:
            return text.replace("\n", "\r\n")
        case 2:
            return text.replace("><", ">\r\n\t <")
        case 3:
            return f"<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n{text}\n\n"
        case 4:
            return f"<!-- trước -->{text}<!-- sau -->"
        case _:
            return text


def signed(member: Member, text: str, chance: Random) -> bytes:
    """Sign, usually well; a document that cannot be signed stays as it is."""
    where = text.rfind("</", 0, text.rfind("edXMLHeader>"))
    if where < 0 or SLOT in text:
        return text.encode("utf-8", "replace")
    choices = {name: chance.choice(_CHOICES[name]) for name in _CHOICES if chance.random() < 0.02}
    try:
        return sign(member, document=text[:where] + SLOT + text[where:], **choices)
    except (etree.LxmlError, ValueError, AttributeError, StopIteration):
        return text.encode("utf-8", "replace")


def numbered(text: str, number: str) -> str:
    """Give a document its own number, so that it is no duplicate."""
    return re.sub(r"(CodeNumber>)[^<]*", rf"\g<1>{number}", text, count=1)


Change = Callable[[Any, Any, Random], None]


def _remove(element: Any, _other: Any, _chance: Random) -> None:
    if (parent := element.getparent()) is not None:
        parent.remove(element)


def _duplicate(element: Any, _other: Any, chance: Random) -> None:
    if (parent := element.getparent()) is not None:
        for _ in range(chance.choice((1, 1, 1, 2, 50))):
            parent.insert(chance.randrange(len(parent) + 1), copy.deepcopy(element))


def _move(element: Any, other: Any, chance: Random) -> None:
    if element.getparent() is not None and element is not other and element not in other.iterancestors():
        other.insert(chance.randrange(len(other) + 1), element)


def _rename(element: Any, other: Any, chance: Random) -> None:
    element.tag = chance.choice((other.tag, f"{{{QCVN}}}{chance.choice(NAMES)}", chance.choice(NAMES)))


def _change_namespace(element: Any, _other: Any, chance: Random) -> None:
    namespace, name = chance.choice(NAMESPACES), etree.QName(element).localname
    for each in chance.choice(([element], list(element.iter("*")))):
        own = etree.QName(each).localname if each is not element else name
        each.tag = f"{{{namespace}}}{own}" if namespace else own


def _change_text(element: Any, other: Any, chance: Random) -> None:
    text = chance.choice((chance.choice(TEXTS), other.text, chance.choice(TEXTS) * chance.randrange(1, 40)))
    if chance.random() < 0.85:
        leaves = [each for each in element.iter("*") if not len(each)]
        chance.choice(leaves or [element]).text = text
    else:
        element.tail = text


def _change_attribute(element: Any, _other: Any, chance: Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 20))):
        element.set(chance.choice(ATTRIBUTES) + chance.choice(("", "", "1", "2", "3")), chance.choice(TEXTS))


def _insert(element: Any, _other: Any, chance: Random) -> None:
    for _ in range(chance.choice((1, 1, 1, 3, 300))):
        made = etree.Element(f"{{{chance.choice((QCVN, QCVN, 'urn:x', DS))}}}{chance.choice(NAMES)}")
        made.text = chance.choice(TEXTS)
        element.insert(chance.randrange(len(element) + 1), made)


def _nest(element: Any, _other: Any, chance: Random) -> None:
    for _ in range(chance.choice((1, 2, 10, 40))):
        element = etree.SubElement(element, f"{{{QCVN}}}{chance.choice(NAMES)}")


def _shuffle(element: Any, _other: Any, chance: Random) -> None:
    children = list(element)
    chance.shuffle(children)
    element[:] = children


_CHANGES: tuple[Change, ...] = (
    *(_remove, _duplicate, _move, _rename, _change_namespace, _change_text, _change_text, _change_text),
    *(_change_attribute, _insert, _nest, _shuffle),
)
