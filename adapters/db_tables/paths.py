"""The fields of edXML by slash path below edXMLHeader: what a mapping calls them by, read from a package and made into one.

Elements that repeat are one text, their values joined by line ends; values of one group (ResponseFor) stand at the same place of
each of its fields. `MessageHeader/Code` is the printed form, number, slash, notation, parted on its first slash.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from lxml import etree

from gateway.sdk import edxml

NAMESPACE: Final = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
RECEIVER: Final = "MessageHeader/To"
CODE: Final = "MessageHeader/Code"
_NUMBER: Final = "MessageHeader/Code/CodeNumber"
_NOTATION: Final = "MessageHeader/Code/CodeNotation"
_UPDATE: Final = "TraceHeaderList/Bussiness/BussinessDocumentInfo"
_RECEIVER_CHANGE: Final = f"{_UPDATE}/ReceiverList/Receiver"
_REPLACEMENT: Final = "TraceHeaderList/Bussiness/ReplacementInfoList/ReplacementInfo"
_REPEATED: Final = (
    RECEIVER,
    "MessageHeader/ResponseFor",
    "MessageHeader/OtherInfo/Appendixes/Appendix",
    "MessageHeader/ToPlaces/Place",
    "MessageHeader/ResponseForTask/TaskCode",
    "TraceHeaderList/TraceHeader",
    _RECEIVER_CHANGE,
    _REPLACEMENT,
)
_INNER: Final = "OrganIdList/OrganId"
"""Repeats inside what repeats; its values are joined by commas."""

ORGANISATION: Final = ("OrganId", "OrganizationInCharge", "OrganName", "OrganAdd", "Email", "Telephone", "Fax", "Website")
STAFF: Final = ("Department", "Staff", "Mobile", "Email")
ANSWER: Final = ("OrganId", "Code", "PromulgationDate", "DocumentId")
DOCUMENT: Final = frozenset(
    (
        *(f"MessageHeader/From/{each}" for each in ORGANISATION),
        *(f"{RECEIVER}/{each}" for each in ORGANISATION),
        "MessageHeader/DocumentId",
        CODE,
        _NUMBER,
        _NOTATION,
        *(f"MessageHeader/PromulgationInfo/{each}" for each in ("Place", "PromulgationDate")),
        *(f"MessageHeader/DocumentType/{each}" for each in ("Type", "TypeDetail", "TypeName")),
        *(f"MessageHeader/{each}" for each in ("Subject", "Content", "DueDate", "SteeringType", "ApplicationType")),
        *(f"MessageHeader/SignerInfo/{each}" for each in ("Competence", "Position", "FullName")),
        *(f"MessageHeader/OtherInfo/{each}" for each in ("Priority", "SphereOfPromulgation", "TyperNotation")),
        *(f"MessageHeader/OtherInfo/{each}" for each in ("PromulgationAmount", "PageAmount", "Direction")),
        "MessageHeader/OtherInfo/Appendixes/Appendix",
        *(f"MessageHeader/ResponseFor/{each}" for each in ANSWER),
        "MessageHeader/ToPlaces/Place",
        "MessageHeader/ResponseForTask/TaskCode",
        *(f"TraceHeaderList/TraceHeader/{each}" for each in ("OrganId", "Timestamp")),
        *(f"TraceHeaderList/Bussiness/{each}" for each in ("BussinessDocType", "BussinessDocReason", "DocumentId", "Paper")),
        *(f"TraceHeaderList/Bussiness/StaffInfo/{each}" for each in (*STAFF, "DepartmentId", "StaffId")),
        *(f"{_UPDATE}/{each}" for each in ("DocumentInfo", "DocumentReceiver")),
        *(f"{_RECEIVER_CHANGE}/{each}" for each in ("OrganId", "ReceiverType")),
        *(f"{_REPLACEMENT}/{each}" for each in ("DocumentId", _INNER)),
    )
)
"""Every path of a document."""


def read(package: edxml.DocumentPackage) -> Mapping[str, str]:
    """Give the fields that a document has, by path."""
    header = _header_of(edxml.write(replace(package, attachments=())))
    return {path: text for path in sorted(DOCUMENT) if (text := _read(header, path))}


def build(
    fields: Mapping[str, str], receivers: Sequence[Mapping[str, str]], attachments: Iterable[edxml.Attachment]
) -> edxml.DocumentPackage:
    """Make a document of fields; those of each receiver are named as below To. Raises ValueError naming what is wrong."""
    root = etree.Element(_tag("edXML"))
    header = etree.SubElement(etree.SubElement(root, _tag("edXMLEnvelope")), _tag("edXMLHeader"))
    for path, text in _whole(fields).items():
        _write(header, path, text)
    for receiver in receivers:
        place = _place(header, "MessageHeader")
        own = etree.SubElement(place, _tag("To"))
        for name, text in receiver.items():
            etree.SubElement(own, _tag(name)).text = text
    package = edxml.read(etree.tostring(root))
    if not isinstance(package, edxml.DocumentPackage):
        raise ValueError("MessageHeader/StatusCode")
    return replace(package, attachments=tuple(attachments))


def _whole(fields: Mapping[str, str]) -> dict[str, str]:
    """Part a printed code on its first slash, and give a document without an id the one that its agency would."""
    whole = dict(fields)
    if CODE in whole:
        code = edxml.Code.of(whole.pop(CODE))
        whole |= {_NUMBER: code.number, _NOTATION: code.notation}
    parts = ("MessageHeader/From/OrganId", "MessageHeader/PromulgationInfo/PromulgationDate", _NUMBER, _NOTATION)
    if "MessageHeader/DocumentId" not in whole and all(each in whole for each in parts):
        organ, day, number, notation = (whole[each] for each in parts)
        whole["MessageHeader/DocumentId"] = f"{organ},{day},{number}/{notation}"
    return whole


def _read(header: etree._Element, path: str) -> str:
    if path == CODE:
        number, notation = _read(header, _NUMBER), _read(header, _NOTATION)
        return f"{number}/{notation}" if number or notation else ""
    group = _group(path)
    if group is None:
        return header.findtext(_path(path)) or ""
    rest = path[len(group) + 1 :]
    items = [_item(each, rest) for each in header.findall(_path(group))]
    return "\n".join(items) if any(items) else ""


def _item(element: etree._Element, rest: str) -> str:
    found = element.findall(_path(rest)) if rest else [element]
    return ",".join(" ".join((each.text or "").splitlines()) for each in found)


def _write(header: etree._Element, path: str, text: str) -> None:
    group = _group(path)
    if group is None:
        _place(header, path).text = text
        return
    above, _, name = group.rpartition("/")
    place, rest = _place(header, above), path[len(group) + 1 :]
    for position, item in enumerate(text.split("\n")):
        own = place.findall(_tag(name))
        element = own[position] if position < len(own) else etree.SubElement(place, _tag(name))
        _write_item(element, rest, item.strip())


def _write_item(element: etree._Element, rest: str, item: str) -> None:
    if rest == _INNER:
        for each in filter(None, item.split(",")):
            etree.SubElement(_place(element, "OrganIdList"), _tag("OrganId")).text = each
    elif item:
        _place(element, rest).text = item


def _place(element: etree._Element, path: str) -> etree._Element:
    """Give the element at a path, made where it is missing."""
    for name in filter(None, path.split("/")):
        found = element.find(_tag(name))
        element = etree.SubElement(element, _tag(name)) if found is None else found
    return element


def _header_of(data: bytes) -> etree._Element:
    header = etree.fromstring(data).find(_path("edXMLEnvelope/edXMLHeader"))
    if header is None:
        raise ValueError("edXMLHeader")
    return header


def _group(path: str) -> str | None:
    return next((each for each in _REPEATED if path == each or path.startswith(f"{each}/")), None)


def _path(path: str) -> str:
    return "/".join(map(_tag, path.split("/")))


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
