"""Writing a package exactly in the shape of the national SDK: receivers exist that take no other."""

import re
from collections.abc import Iterator
from typing import Any, Final

from gateway.core import edxml
from gateway.core.envelope import NAMESPACE, DocumentPackage, Package
from gateway.core.faults import Rejected
from gateway.core.shape import Shape

_INDENT: Final = "  "
_TEXT: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATTRIBUTE: Final = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
_PREFIX: Final = f'xmlns:edXML="{NAMESPACE}"'
_UNPREFIXED: Final = frozenset({"edXML", "AttachmentEncoded", "Attachment"})
"""These elements, and the children of Attachment but its content, are in the default namespace, which is the same one."""
_CONTENT: Final = "ContentTransferEncoded"


def emit(package: Package) -> bytes:
    """Write a package: UTF-8, two spaces of indentation, the edXML prefix inside the envelope. `read` of it gives it back.

    Raises `malformed-xml` where a text holds a character that XML cannot.
    """
    if isinstance(package, DocumentPackage):
        fields = {
            "header": package.header,
            "trace": package.trace,
            "manifest_version": "1.0",
            "references": package.attachments,
            "attachments": tuple(each for each in package.attachments if each.encoded is not None),
        }
        shape = edxml.DOCUMENT
    else:
        fields, shape = {"header": package}, edxml.STATUS_PACKAGE
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<edXML xmlns="{NAMESPACE}">']
    for child in shape.children:
        lines += _element(child, fields, 1, prefixed=child.name not in _UNPREFIXED)
    return "\n".join((*lines, "</edXML>", "")).encode()


def _element(shape: Shape, of: Any, depth: int, *, prefixed: bool) -> Iterator[str]:
    """Write the element, or elements, that hold a field of `of`; a flat group holds fields of `of` itself."""
    if shape.value is None and shape.make is None:
        yield from _group(shape, of, depth, prefixed=prefixed)
        return
    value = _get(of, shape.field)
    for each in value if shape.many else (value,):
        if each is None or each == "":
            continue
        if shape.value is not None:
            yield f"{_INDENT * depth}{_leaf(shape, shape.value.write(each), prefixed=prefixed)}"
        else:
            yield from _group(shape, each, depth, prefixed=prefixed)


def _group(shape: Shape, value: Any, depth: int, *, prefixed: bool) -> Iterator[str]:
    inside = [line for child in shape.children for line in _element(child, value, depth + 1, prefixed=prefixed)]
    if not inside and shape.name not in {"edXMLBody", "edXMLManifest"}:
        return
    name = f"edXML:{shape.name}" if prefixed else shape.name
    attributes = f" {_PREFIX}" if shape.name == "edXMLEnvelope" else ""
    for xml_name, field in shape.attributes:
        given = _get(value, field)
        attributes += f' {xml_name}="{_legal(given, shape.name).translate(_ATTRIBUTE)}"' if given is not None else ""
    if inside:
        yield f"{_INDENT * depth}<{name}{attributes}>"
        yield from inside
        yield f"{_INDENT * depth}</{name}>"
    else:
        yield f"{_INDENT * depth}<{name}{attributes}/>"


def _leaf(shape: Shape, text: str, *, prefixed: bool) -> str:
    if shape.name == _CONTENT:
        return f"<edXML:{_CONTENT} {_PREFIX}>{_escaped(text)}</edXML:{_CONTENT}>"
    name = f"edXML:{shape.name}" if prefixed else shape.name
    return f"<{name}>{_escaped(_legal(text, shape.name))}</{name}>"


def _legal(text: str, path: str) -> str:
    if _NOT_XML.search(text):
        raise Rejected(
            "malformed-xml",
            path=path,
            detail="Giá trị có ký tự mà XML không chứa được.",
            detail_en="The value holds a character that XML cannot hold.",
        )
    return text


def _escaped(text: str) -> str:
    """Escape a text; megabytes of base64, where nothing is found, are not copied."""
    for character, reference in _TEXT:
        text = text.replace(character, reference)
    return text


def _get(of: Any, field: str) -> Any:
    return of[field] if isinstance(of, dict) else getattr(of, field)
