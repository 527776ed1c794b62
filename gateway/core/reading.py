"""Reading a package: tolerant of its shape, strict about its content, and telling every mistake at once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import Any, Final, Generic, TypeVar, cast

from lxml import etree

from gateway.core import edxml
from gateway.core.canonical import Canonical, as_it_is, canonicalise
from gateway.core.envelope import NAMESPACE, Attachment, DocumentPackage, Package, StatusPackage
from gateway.core.faults import Rejected
from gateway.core.model import Finding, Kind, Problem
from gateway.core.schema import MAX_PROBLEMS, SHOWN, EdxmlSchema, code_of, path_of
from gateway.core.shape import BASE64, Shape, Value

LONG_NUMBER: Final = 11
"""Characters of CodeNumber in NĐ 30/2020 Phụ lục VI; longer ones are real, and noted."""
_Q: Final = f"{{{NAMESPACE}}}"


P_co = TypeVar("P_co", bound=Package, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[P_co]):
    """A package as the hub understands it, what it tolerated to do so, and what vendors say beyond QCVN 102:2016."""

    kind: Kind
    package: P_co
    findings: tuple[Finding, ...]
    extras: dict[str, str]


def read_document(root: etree._Element, schema: EdxmlSchema, *, today: date) -> Reading[DocumentPackage]:
    """Read a document. Raises `not-a-document`, or `schema-invalid` with every problem."""
    found = read(root, schema, today=today)
    if not isinstance(found.package, DocumentPackage):
        raise Rejected("not-a-document", path="MessageHeader/StatusCode")
    return cast("Reading[DocumentPackage]", found)


def read_status(root: etree._Element, schema: EdxmlSchema, *, today: date) -> StatusPackage:
    """Read a status package. Raises `not-a-status`, or `schema-invalid` with every problem."""
    found = read(root, schema, today=today)
    if not isinstance(found.package, StatusPackage):
        raise Rejected("not-a-status", path="MessageHeader/StatusCode")
    return found.package


def read(root: etree._Element, schema: EdxmlSchema, *, today: date) -> Reading[Package]:
    """Read a package of either kind. `today` bounds the date of promulgation. Raises `schema-invalid` with every problem."""
    taken = as_it_is(root, schema.check)
    made = taken or canonicalise(root)
    shape = edxml.STATUS_PACKAGE if made.kind is Kind.STATUS else edxml.DOCUMENT
    if taken is None and not schema.check(made.kind, made.root):
        explained = schema.explain(made.kind, made.root)
        told = {(problem.path, problem.line) for problem in explained}
        others = (problem for problem in _bad_values(made.root, shape) if (problem.path, problem.line) not in told)
        raise _invalid(chain(explained, others, _contradictions(made, today)))
    try:
        fields = _fields(made.root, shape)
    except ValueError:
        raise _invalid(chain(_bad_values(made.root, shape), _contradictions(made, today))) from None
    package = fields["header"] if made.kind is Kind.STATUS else _document(made, fields)
    if isinstance(package, DocumentPackage) and not _is_consistent(package, fields, made.contents, today):
        raise _invalid(_contradictions(made, today))
    return Reading(kind=made.kind, package=package, findings=tuple(made.findings.values()), extras=made.extras)


def _invalid(problems: Iterable[Problem]) -> Rejected:
    """Refuse with the problems by line, each once."""
    unique = dict.fromkeys(islice(problems, MAX_PROBLEMS))
    return Rejected("schema-invalid", problems=sorted(unique, key=lambda problem: problem.line or 0))


def _fields(element: etree._Element, shape: Shape) -> dict[str, Any]:
    """Read the children of a valid element as fields by name. Raises ValueError on a value that is none (30 February)."""
    fields: dict[str, Any] = {field: element.get(name) for name, field in shape.attributes}
    many: dict[str, list[Any]] = {}
    for child in element:
        of = shape.by_name[child.tag.rpartition("}")[2]][1]
        if of.value is BASE64:
            continue
        if of.value is not None:
            value = of.value.read(child.text or "")
        else:
            value = _fields(child, of)
            if of.make is None:
                fields |= value
                continue
            value = of.make(**value)
        if of.many:
            many.setdefault(of.field, []).append(value)
        else:
            fields[of.field] = value
    return fields | {field: tuple(values) for field, values in many.items()}


def _document(made: Canonical, fields: dict[str, Any]) -> DocumentPackage:
    header = fields["header"]
    if len(header.code.number) > LONG_NUMBER:
        made.note("code-number-long", "MessageHeader/Code/CodeNumber", header.code.number)
    inline = {each["content_id"]: (each, text) for each, text in zip(fields.get("attachments", ()), made.contents, strict=True)}
    attachments = tuple(_attachment(made, each, inline) for each in fields.get("references", ()))
    return DocumentPackage(header=header, trace=fields["trace"], attachments=attachments)


def _attachment(made: Canonical, reference: dict[str, Any], inline: dict[str, tuple[dict[str, Any], str]]) -> Attachment:
    own, text = inline.get(reference["content_id"], ({}, None))
    content_type = own.get("content_type") or reference.get("content_type")
    if own and reference.get("content_type") not in {None, content_type}:
        made.note(
            "content-type-differs", "AttachmentEncoded/Attachment/ContentType", f"{reference['content_type']} ≠ {content_type}"
        )
    return Attachment(
        content_id=reference["content_id"],
        name=reference["name"],
        content_type=content_type,
        description=reference.get("description"),
        encoded=text,
    )


def _bad_values(element: etree._Element, shape: Shape) -> Iterator[Problem]:
    """Find the texts that have the right pattern and are no value, whatever else is wrong."""
    for child in element:
        namespace, _, name = child.tag.rpartition("}")
        if namespace != f"{{{NAMESPACE}" or name not in shape.by_name:
            continue  # the schema has refused it
        of = shape.by_name[name][1]
        if of.value is None:
            yield from _bad_values(child, of)
        elif of.value is not BASE64:
            yield from _bad_text(child, of.value)


def _bad_text(element: etree._Element, value: Value) -> Iterator[Problem]:
    text = element.text or ""
    try:
        value.read(text)
    except ValueError:
        shown = text[:SHOWN]
        yield _problem("T", element, f"Giá trị «{shown}» không tồn tại hoặc không đúng kiểu.", f"'{shown}' is no such value.")


def _is_consistent(package: DocumentPackage, fields: dict[str, Any], contents: list[str], today: date) -> bool:
    """Decide quickly what `_contradictions` explains."""
    receivers = [receiver.organ_id for receiver in package.header.receivers]
    listed = [attachment.content_id for attachment in package.attachments]
    inline = [attachment["content_id"] for attachment in fields.get("attachments", ())]
    return (
        len(set(receivers)) == len(receivers)
        and len(set(listed)) == len(listed)
        and len(set(inline)) == len(inline)
        and set(inline) <= set(listed)
        and not any(_is_blank(content) for content in contents)
        and package.header.promulgation_date <= today
    )


def _contradictions(made: Canonical, today: date) -> Iterator[Problem]:
    """Find what each element allows by itself but the package as a whole does not."""
    if made.kind is Kind.STATUS:
        return
    yield from _repeated(made.root, f"{_Q}edXMLEnvelope/{_Q}edXMLHeader/{_Q}MessageHeader/{_Q}To/{_Q}OrganId")
    yield from _repeated(made.root, f"{_Q}edXMLEnvelope/{_Q}edXMLBody/{_Q}edXMLManifest/{_Q}Reference/{_Q}ContentId")
    yield from _repeated(made.root, f"{_Q}AttachmentEncoded/{_Q}Attachment/{_Q}ContentId")
    yield from _unlisted(made.root)
    encoded = made.root.findall(f"{_Q}AttachmentEncoded/{_Q}Attachment/{_Q}ContentTransferEncoded")
    for element, content in zip(encoded, made.contents, strict=True):
        if _is_blank(content):
            yield _problem("N", element, "Tệp đính kèm không có nội dung.", "The attachment has no content.")
    issued = made.root.find(f"*//{_Q}PromulgationInfo/{_Q}PromulgationDate")
    if issued is not None and (issued.text or "") > today.strftime("%Y/%m/%d"):
        yield _problem(
            "R", issued, f"Ngày ban hành {(issued.text or '')[:10]} ở tương lai.", "The date of promulgation is in the future."
        )


def _is_blank(content: str) -> bool:
    return not content or content.isspace()


def _repeated(root: etree._Element, path: str) -> Iterator[Problem]:
    elements = root.findall(path)
    counts = Counter(each.text for each in elements)
    for each in elements:
        if counts[each.text] > 1:
            yield _problem("M", each, f"{(each.text or '')[:60]} bị lặp lại.", f"{(each.text or '')[:60]} is repeated.")


def _unlisted(root: etree._Element) -> Iterator[Problem]:
    """Hold that the manifest names every inline attachment; what it names besides comes as MIME parts."""
    listed = {
        each.text for each in root.findall(f"{_Q}edXMLEnvelope/{_Q}edXMLBody/{_Q}edXMLManifest/{_Q}Reference/{_Q}ContentId")
    }
    for each in root.findall(f"{_Q}AttachmentEncoded/{_Q}Attachment/{_Q}ContentId"):
        if each.text not in listed:
            name = (each.text or "")[:60]
            yield _problem("M", each, f"{name} không có trong Manifest.", f"{name} is not in the manifest.")


def _problem(kind: str, element: etree._Element, vi: str, en: str) -> Problem:
    path = path_of(element)
    return Problem(code=code_of(kind, path), path=path, line=cast("int | None", element.sourceline), vi=vi, en=en)
