"""The shapes of JSON on the wire, as `schemas/adapter/openapi.yaml` has them; what comes back is a stranger's."""

from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gateway.sdk import Accepted, Collected, CollectedEnvelope, Consignment, Notice, Outcome, StatusCode, Transient
from gateway.sdk.http_answers import words
from gateway.sdk.manifest import mistakes

T = TypeVar("T", bound=BaseModel)


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("not printable")
    return text


Reference = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Wire(BaseModel):
    """What a service says. Members that this version does not know are left aside."""

    model_config = ConfigDict(frozen=True, strict=True)


class Contracted(Wire):
    """The member of a manifest that says how to read the others."""

    contract: int


class ServiceManifest(Contracted):
    """`GET /manifest`: what the service can do, in the words of `gateway.sdk.manifest`."""

    name: str = Field(min_length=1, max_length=40)
    version: str = Field(min_length=1, max_length=40)
    push: bool
    collect: bool
    statuses: bool
    recall: bool
    separate: bool
    max_size: int | None = Field(default=None, gt=0)


class TakenAnswer(Wire):
    """What `POST /deliver` answers."""

    reference: Reference | None


class ItemPart(Wire):
    """An attachment beside an envelope that waits."""

    content_id: str = Field(min_length=1, max_length=300)
    size: int = Field(ge=0)
    sha256: Sha256


def _each_once(parts: tuple[ItemPart, ...]) -> tuple[ItemPart, ...]:
    if len({each.content_id for each in parts}) < len(parts):
        raise ValueError("a content_id twice")
    return parts


class EnvelopeItem(Wire):
    """A line of `GET /collect`: an envelope that waits."""

    kind: Literal["envelope"]
    reference: Reference
    size: int = Field(ge=1)
    sha256: Sha256
    parts: Annotated[tuple[ItemPart, ...], AfterValidator(_each_once)] = ()


class StatusItem(Wire):
    """A line of `GET /collect`: a status that waits."""

    kind: Literal["status"]
    reference: Reference
    key: str = Field(min_length=1, max_length=200)
    code: StatusCode
    description: str = ""
    staff: dict[str, str] = Field(default_factory=dict)
    at: AwareDatetime | None = None


Item = EnvelopeItem | StatusItem
_ITEM: Final[TypeAdapter[Item]] = TypeAdapter(Annotated[Item, Field(discriminator="kind")])


def read(model: type[T], content: bytes) -> T:
    """Read JSON that came back. Raises `Transient` where the contract says otherwise: it may be somebody else's answer."""
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise _garbage(error) from None


def item(line: bytes) -> Item:
    """Read a line of `/collect`. Raises `Transient`."""
    try:
        return _ITEM.validate_json(line)
    except ValidationError as error:
        raise _garbage(error) from None


def _garbage(error: ValidationError) -> Transient:
    return Transient("receiver-failed", detail=words(f"JSON: {mistakes(error)}".encode()))


def facts_of(consignment: Consignment) -> dict[str, Any]:
    """Give `consignment`, the first part of a letter."""
    due = consignment.due_on
    return {
        "key": consignment.key,
        "document": consignment.document,
        "document_id": consignment.document_id,
        "sender": consignment.sender,
        "receiver": consignment.receiver,
        "number": consignment.number,
        "notation": consignment.notation,
        "subject": consignment.subject,
        "priority": int(consignment.priority),
        "business_type": int(consignment.business_type),
        "promulgated_on": consignment.promulgated_on.isoformat(),
        "due_on": due.isoformat() if due else None,
        "accepted_at": consignment.accepted_at.isoformat(),
        "sha256": consignment.sha256,
        "size": consignment.size,
        "parts": [
            {
                "content_id": each.content_id,
                "name": each.name,
                "media_type": each.media_type,
                "size": each.size,
                "sha256": each.sha256,
            }
            for each in consignment.parts
        ],
        "attempt": consignment.attempt,
    }


def notice_of(notice: Notice) -> dict[str, Any]:
    """Give the body of `POST /report`."""
    return {
        "key": notice.key,
        "sequence": notice.sequence,
        "delivery": notice.delivery,
        "document": notice.document,
        "document_id": notice.document_id,
        "number": notice.number,
        "notation": notice.notation,
        "promulgated_on": notice.promulgated_on.isoformat(),
        "sender": notice.sender,
        "receiver": notice.receiver,
        "code": notice.code,
        "state": notice.state,
        "description": notice.description,
        "staff": dict(notice.staff),
        "at": notice.at.isoformat(),
        "business_type": None if notice.business_type is None else int(notice.business_type),
        "by_document": notice.by_document,
        "by_code": notice.by_code,
    }


def acknowledgement_of(collected: Collected, outcome: Outcome) -> dict[str, Any]:
    """Give the body of `POST /acknowledge`."""
    said: dict[str, Any] = dict.fromkeys(("document", "code", "vi", "en"))
    if isinstance(outcome, Accepted):
        said |= {"outcome": "accepted", "document": outcome.document}
    else:
        said |= {"outcome": "refused", "code": outcome.code, "vi": outcome.vi, "en": outcome.en}
    kind = "envelope" if isinstance(collected, CollectedEnvelope) else "status"
    return {"kind": kind, "reference": collected.reference, **said}
