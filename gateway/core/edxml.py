"""The shape of edXML as one table, in the order that the national SDK writes: reading and writing follow it."""

from gateway.core import envelope
from gateway.core.shape import (
    BASE64,
    BOOLEAN,
    BUSINESS,
    CONTENT_ID,
    DAY,
    FLAG,
    MOMENT,
    PRIORITY,
    STATUS,
    WHOLE,
    Shape,
    flat,
    leaf,
)

_ORGANISATION = {
    shape.name: shape
    for shape in (
        leaf("OrganId", "organ_id"),
        leaf("OrganizationInCharge", "organization_in_charge"),
        leaf("OrganName", "organ_name"),
        leaf("OrganAdd", "organ_add"),
        leaf("Email", "email"),
        leaf("Telephone", "telephone"),
        leaf("Fax", "fax"),
        leaf("Website", "website"),
    )
}
_STAFF = {
    shape.name: shape
    for shape in (
        leaf("Department", "department"),
        leaf("Staff", "staff"),
        leaf("Email", "email"),
        leaf("Mobile", "mobile"),
        leaf("DepartmentId", "department_id"),
        leaf("StaffId", "staff_id"),
    )
}


def _organisation(name: str, field: str, *, first: tuple[str, ...] = (), many: bool = False) -> Shape:
    """Shape From or To; the status form puts the name before the superior."""
    ordered = dict.fromkeys((*first, *_ORGANISATION))
    return Shape(
        name=name, field=field, make=envelope.Organisation, children=tuple(_ORGANISATION[each] for each in ordered), many=many
    )


def _staff(field: str, *, first: tuple[str, ...] = ()) -> Shape:
    """Shape StaffInfo; the status form puts Mobile before Email."""
    ordered = dict.fromkeys((*first, *_STAFF))
    return Shape(name="StaffInfo", field=field, make=envelope.StaffInfo, children=tuple(_STAFF[each] for each in ordered))


def _response_for(field: str, *, many: bool) -> Shape:
    return Shape(
        name="ResponseFor",
        field=field,
        make=envelope.ResponseFor,
        many=many,
        children=(
            leaf("OrganId", "organ_id"),
            leaf("Code", "code"),
            leaf("PromulgationDate", "promulgation_date", DAY),
            leaf("DocumentId", "document_id"),
        ),
    )


_MESSAGE_HEADER = Shape(
    name="MessageHeader",
    field="header",
    make=envelope.MessageHeader,
    children=(
        _organisation("From", "sender"),
        _organisation("To", "receivers", many=True),
        leaf("DocumentId", "document_id"),
        Shape(
            name="Code",
            field="code",
            make=envelope.Code,
            children=(leaf("CodeNumber", "number"), leaf("CodeNotation", "notation")),
        ),
        flat("PromulgationInfo", leaf("Place", "place"), leaf("PromulgationDate", "promulgation_date", DAY)),
        Shape(
            name="DocumentType",
            field="document_type",
            make=envelope.DocumentType,
            children=(
                leaf("Type", "type", WHOLE),
                leaf("TypeDetail", "type_detail", WHOLE),
                leaf("TypeName", "type_name"),
            ),
        ),
        leaf("Subject", "subject"),
        leaf("Content", "content"),
        Shape(
            name="SignerInfo",
            field="signer_info",
            make=envelope.SignerInfo,
            children=(leaf("Competence", "competence"), leaf("Position", "position"), leaf("FullName", "full_name")),
        ),
        leaf("DueDate", "due_date", DAY),
        Shape(
            name="OtherInfo",
            field="other_info",
            make=envelope.OtherInfo,
            children=(
                leaf("Priority", "priority", PRIORITY),
                leaf("SphereOfPromulgation", "sphere_of_promulgation"),
                leaf("TyperNotation", "typer_notation"),
                leaf("PromulgationAmount", "promulgation_amount", WHOLE),
                leaf("PageAmount", "page_amount", WHOLE),
                leaf("Direction", "direction", BOOLEAN),
                flat("Appendixes", leaf("Appendix", "appendixes", many=True)),
            ),
        ),
        _response_for("response_for", many=True),
        leaf("SteeringType", "steering_type", WHOLE),
        flat("ToPlaces", leaf("Place", "to_places", many=True)),
        flat("ResponseForTask", leaf("TaskCode", "task_codes", many=True)),
        leaf("ApplicationType", "application_type"),
    ),
)

_UPDATE = Shape(
    name="BussinessDocumentInfo",
    field="update",
    make=envelope.UpdateInfo,
    children=(
        leaf("DocumentInfo", "document_info", FLAG),
        leaf("DocumentReceiver", "document_receiver", FLAG),
        flat(
            "ReceiverList",
            Shape(
                name="Receiver",
                field="receivers",
                make=envelope.ReceiverChange,
                many=True,
                children=(leaf("OrganId", "organ_id"), leaf("ReceiverType", "added", FLAG)),
            ),
        ),
    ),
)

_REPLACEMENTS = flat(
    "ReplacementInfoList",
    Shape(
        name="ReplacementInfo",
        field="replacements",
        make=envelope.Replacement,
        many=True,
        children=(leaf("DocumentId", "document_id"), flat("OrganIdList", leaf("OrganId", "organ_ids", many=True))),
    ),
)

BUSINESS_SHAPE = Shape(
    name="Bussiness",
    field="business",
    make=envelope.Business,
    children=(
        leaf("BussinessDocType", "type", BUSINESS),
        leaf("BussinessDocReason", "reason"),
        _UPDATE,
        leaf("DocumentId", "document_id"),
        leaf("Paper", "paper", FLAG),
        _staff("staff"),
        _REPLACEMENTS,
    ),
)

TRACE_HEADER_LIST = Shape(
    name="TraceHeaderList",
    field="trace",
    make=envelope.TraceHeaderList,
    attributes=(("id", "id"), ("version", "version"), ("mustUnderstand", "must_understand"), ("actor", "actor")),
    children=(
        Shape(
            name="TraceHeader",
            field="hops",
            make=envelope.TraceHeader,
            many=True,
            children=(leaf("OrganId", "organ_id"), leaf("Timestamp", "timestamp", MOMENT)),
        ),
        BUSINESS_SHAPE,
    ),
)

REFERENCE = Shape(
    name="Reference",
    field="references",
    make=dict,
    many=True,
    children=(
        leaf("ContentId", "content_id", CONTENT_ID),
        leaf("ContentType", "content_type"),
        leaf("Description", "description"),
        leaf("AttachmentName", "name"),
    ),
)

ATTACHMENT = Shape(
    name="Attachment",
    field="attachments",
    make=dict,
    many=True,
    children=(
        leaf("ContentId", "content_id", CONTENT_ID),
        leaf("AttachmentName", "name"),
        leaf("Description", "description"),
        leaf("ContentType", "content_type"),
        leaf("ContentTransferEncoded", "encoded", BASE64),
    ),
)

DOCUMENT = Shape(
    name="edXML",
    make=dict,
    children=(
        flat(
            "edXMLEnvelope",
            flat("edXMLHeader", _MESSAGE_HEADER, TRACE_HEADER_LIST),
            flat(
                "edXMLBody",
                Shape(name="edXMLManifest", attributes=(("version", "manifest_version"),), children=(REFERENCE,)),
            ),
        ),
        flat("AttachmentEncoded", ATTACHMENT),
    ),
)

_NAME_FIRST = ("OrganId", "OrganName")
_MOBILE_FIRST = ("Department", "Staff", "Mobile")

STATUS_PACKAGE = Shape(
    name="edXML",
    make=dict,
    children=(
        flat(
            "edXMLEnvelope",
            flat(
                "edXMLHeader",
                Shape(
                    name="MessageHeader",
                    field="header",
                    make=envelope.StatusPackage,
                    children=(
                        _organisation("From", "sender", first=_NAME_FIRST),
                        _response_for("response_for", many=False),
                        _staff("staff", first=_MOBILE_FIRST),
                        leaf("StatusCode", "status_code", STATUS),
                        leaf("Description", "description"),
                        leaf("Timestamp", "timestamp", MOMENT),
                    ),
                ),
            ),
        ),
    ),
)
