"""A mapping, read from its TOML file: which tables and columns the vendor has, and what stands in them."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from gateway.sdk import Misconfigured
from gateway.sdk.manifest import mistakes

from . import paths
from .columns import Column, Type

SHIPPED: Final = Path(__file__).parent / "mappings"
Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Columns = dict[Name, Column]
Condition = dict[Name, int | str | Annotated[list[int | str], Field(min_length=1)]]
"""Columns that have a value, or one of several."""

SENT: Final = paths.DOCUMENT - {f"{paths.RECEIVER}/{each}" for each in paths.ORGANISATION}
"""Fields of a document that its own row has; its receivers are rows, or a list."""
HUB: Final = frozenset(f"hub/{each}" for each in ("key", "document", "sender", "receiver", "accepted_at", "now", "sha256"))
OWN: Final = frozenset(f"To/{each}" for each in paths.ORGANISATION)
FILE: Final = frozenset(
    (
        *(f"Attachment/{each}" for each in ("ContentId", "AttachmentName", "ContentType", "Description")),
        "hub/size",
        "hub/position",
    )
)
NEWS: Final = frozenset(
    (
        "From/OrganId",
        *(f"ResponseFor/{each}" for each in paths.ANSWER),
        *("StatusCode", "Description", "Timestamp"),
        *(f"StaffInfo/{each}" for each in paths.STAFF),
        *(f"hub/{each}" for each in ("key", "sequence", "reference", "direction", "by_code", "now")),
    )
)
STATUS: Final = frozenset(("StatusCode", "Description", "Timestamp", *(f"StaffInfo/{each}" for each in paths.STAFF)))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rows(_Part):
    """Rows of one table: its key column, which the database gives (`sequence`: by that sequence), and its columns."""

    table: Name
    key: Name = "ID"
    key_type: Literal[Type.NUMBER, Type.TEXT] = Type.NUMBER
    sequence: Name | None = None
    columns: Columns = {}

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        order = getattr(self, "order", None)
        if order is not None and order not in {self.key, *self.columns}:
            raise ValueError(f"order: {order} ∉ columns")
        return self


class Kept(Rows):
    """Rows that belong to a document: `document` is the column with its key."""

    document: Name


class Files(Kept):
    """Attachments; `content` is the column with their octets."""

    content: Name


class State(_Part):
    """Where a row says what became of it.

    `reason` is told why not, `attempts` is counted up with each answer of the hub's; a row with more than `limit` is an error.
    """

    column: Name
    pending: int | str
    sent: int | str
    error: int | str
    reason: Name | None = None
    attempts: Name | None = None
    limit: int | None = Field(default=None, gt=0)

    @property
    def type(self) -> Type:
        return Type.NUMBER if isinstance(self.pending, int) else Type.TEXT


class Pending(_Part):
    """Which rows the hub takes: those that are pending, meet `where` and not `unless`, in the order of a column, else the key."""

    where: Condition = {}
    unless: Condition = {}
    order: Name | None = None


class Waiting(Rows, Pending):
    """Rows that wait to be taken."""


class WaitingDocuments(Waiting):
    """Documents that wait. `same`: their fields are in columns named as in the inbox, unless `columns` says another."""

    same: bool = False


class Receivers(Kept, Pending):
    """Rows of the receivers of documents that wait."""


class WaitingFiles(Files, Pending):
    """Attachments of documents that wait."""


class ReceiverList(_Part):
    """A column of the document with the ids of all receivers."""

    column: Name
    separator: str = Field(default=";", min_length=1, max_length=3)


class Inbox(_Part):
    """What the hub writes when it delivers."""

    document: Rows
    receiver: Kept | None = None
    files: Files


class Outbox(_Part):
    """What the vendor wants sent. The state is a column of the receivers' rows where there are such, else of the document's.

    `fixed` are fields of edXML that its tables do not have.
    """

    document: WaitingDocuments
    receivers: Receivers | None = None
    receiver_list: ReceiverList | None = None
    files: WaitingFiles
    state: State
    fixed: dict[str, str] = {}

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.receivers is None) == (self.receiver_list is None):
            raise ValueError("receivers | receiver_list")
        return self


class Statuses(Waiting):
    """What the vendor reports on documents that it was handed: `document` is the column with the key of the inbox's row."""

    document: Name
    state: State


class Mapping(_Part):
    """A whole mapping. `schema_name` is the database schema of its tables, `keys` the hub's own table among them."""

    name: str
    schema_name: Name | None = None
    keys: Name = "LIENTHONG_KEYS"
    inbox: Inbox
    outbox: Outbox
    statuses: Statuses
    news: Rows

    @property
    def sent(self) -> Columns:
        """Give the columns of a document that waits, with their fields."""
        own = self.outbox.document
        like = {name: each for name, each in self.inbox.document.columns.items() if each.source in SENT} if own.same else {}
        told = {each.source for each in own.columns.values()}
        return {name: each for name, each in like.items() if each.source not in told} | own.columns

    @model_validator(mode="after")
    def _known(self) -> Self:
        """See that each field of edXML that is named exists."""
        document, sent = paths.DOCUMENT, SENT
        _all_known("inbox.document", self.inbox.document, document | HUB)
        _all_known("inbox.receiver", self.inbox.receiver, OWN | HUB)
        _all_known("inbox.files", self.inbox.files, FILE | HUB)
        _all_known("outbox.document", self.outbox.document, sent)
        _all_known("outbox.receivers", self.outbox.receivers, OWN)
        _all_known("outbox.files", self.outbox.files, FILE)
        _all_known("statuses", self.statuses, STATUS)
        _all_known("news", self.news, NEWS)
        _named("outbox.fixed", self.outbox.fixed, sent)
        return self


def load(mapping: str, folder: Path) -> Mapping:
    """Read a shipped mapping by its name, or a province's own by the path of its file. Raises `Misconfigured`."""
    file = folder / mapping if mapping.endswith(".toml") else SHIPPED / f"{Path(mapping).name}.toml"
    try:
        return Mapping.model_validate(tomllib.loads(file.read_text("utf-8")))
    except FileNotFoundError as error:
        there = ", ".join(sorted(each.stem for each in SHIPPED.glob("*.toml")))
        raise _wrong(f"mapping: không có tệp ấy ({there}, ….toml)", f"mapping: no such file ({there}, ….toml)") from error
    except ValidationError as error:
        raise _wrong(f"mapping: {mistakes(error)}") from None
    except ValueError as error:
        raise _wrong(f"mapping: {error}") from error
    except OSError as error:
        raise _wrong(f"mapping: {type(error).__name__}") from error


def _all_known(section: str, rows: Rows | None, known: frozenset[str]) -> None:
    if rows is not None:
        _named(section, (each.source for each in rows.columns.values() if each.source is not None), known)


def _named(section: str, names: Iterable[str], known: frozenset[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{section}: {name}")


def _wrong(vi: str, en: str = "") -> Misconfigured:
    return Misconfigured("link-misconfigured", detail=vi, detail_en=en or vi)
