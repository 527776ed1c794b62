"""Records of the other side, and what they are in edXML. Here a vendor's own names go in; README.md says what is lost.

ĐỔI · CHANGE: tên trường của các lớp dưới đây là tên trong JSON của phần mềm · the fields' names are those of the vendor's JSON.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from gateway.sdk import (
    Accepted,
    BusinessType,
    Collected,
    CollectedEnvelope,
    CollectedStatus,
    Consignment,
    Notice,
    Opener,
    Outcome,
    Priority,
    StatusCode,
)
from gateway.sdk.edxml import (
    Attachment,
    Business,
    Code,
    DocumentPackage,
    DocumentType,
    File,
    MessageHeader,
    Organisation,
    OtherInfo,
    SignerInfo,
    TraceHeader,
    TraceHeaderList,
    safe_name,
    stream,
    write,
)

OFFICIAL_LETTER = "Công văn"
"""The kind of a document whose record names none."""


class Record(BaseModel):
    """What all records have in common: further fields of the other side are no mistake."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Agency(Record):
    """Cơ quan."""

    ma: str
    ten: str | None = None


class StoredFile(Record):
    """Tệp đính kèm; the octets travel by themselves, in this order."""

    ten: str
    loai: str | None = None
    mo_ta: str | None = None


class Document(Record):
    """Văn bản."""

    so: str
    ky_hieu: str
    ngay_ban_hanh: date
    noi_ban_hanh: str | None = None
    loai_van_ban: str = OFFICIAL_LETTER
    trich_yeu: str
    tom_tat: str | None = None
    do_khan: Priority = Priority.NORMAL
    han_xu_ly: date | None = None
    so_trang: int | None = None
    nguoi_ky: str
    chuc_vu: str | None = None
    noi_gui: Agency
    noi_nhan: tuple[Agency, ...]
    ma_van_ban: str | None = None
    nghiep_vu: BusinessType = BusinessType.NEW
    ly_do: str | None = None
    ve_van_ban: str | None = None
    tep: tuple[StoredFile, ...] = ()


class Status(Record):
    """Trạng thái mà phần mềm báo về một văn bản đã nhận; `khoa` is the key that the document came with."""

    khoa: str
    ma_trang_thai: StatusCode
    noi_dung: str = ""
    can_bo: str | None = None
    luc: datetime | None = None


class News(Record):
    """Tin báo về một văn bản; a lower `thu_tu` that comes later is old news."""

    thu_tu: int
    so: str
    ky_hieu: str
    ngay_ban_hanh: date
    noi_gui: str
    noi_nhan: str
    ma_trang_thai: StatusCode | None
    buoc: str
    noi_dung: str
    can_bo: Mapping[str, str]
    luc: datetime
    nghiep_vu: BusinessType | None
    boi_van_ban: str | None
    """What another document does to this one (1 recalls, 2 updates, 3 replaces it), and that document's printed code."""


def to_record(package: DocumentPackage, files: Iterable[File], consignment: Consignment) -> Document:
    """Make a record of a document; who sends and who receives it is what the hub says, since organ ids have several spellings."""
    header, other, business = package.header, package.header.other_info or OtherInfo(), package.trace.business
    names = unique(safe_name(each.name) for each in files)
    receiver = next((each for each in header.receivers if each.organ_id == consignment.receiver), None)
    return Document(
        so=header.code.number,
        ky_hieu=header.code.notation,
        ngay_ban_hanh=header.promulgation_date,
        noi_ban_hanh=header.place,
        loai_van_ban=header.document_type.type_name,
        trich_yeu=header.subject,
        tom_tat=header.content,
        do_khan=consignment.priority,
        han_xu_ly=header.due_date,
        so_trang=other.page_amount,
        nguoi_ky=header.signer_info.full_name,
        chuc_vu=header.signer_info.position,
        noi_gui=Agency(ma=consignment.sender, ten=header.sender.organ_name),
        noi_nhan=(Agency(ma=consignment.receiver, ten=receiver.organ_name if receiver else None),),
        ma_van_ban=header.document_id,
        nghiep_vu=business.type,
        ly_do=business.reason,
        ve_van_ban=business.document_id,
        tep=tuple(
            StoredFile(ten=name, loai=each.content_type, mo_ta=each.description)
            for name, each in zip(names, package.attachments, strict=True)
        ),
    )


def to_package(record: Document, now: datetime) -> DocumentPackage:
    """Make a document of a record; its attachments travel beside it, under the content ids of `content_id`."""
    sender = record.noi_gui.ma
    printed = f"{record.so}/{record.ky_hieu}"
    return DocumentPackage(
        header=MessageHeader(
            sender=Organisation(organ_id=sender, organ_name=record.noi_gui.ten),
            receivers=tuple(Organisation(organ_id=each.ma, organ_name=each.ten) for each in record.noi_nhan),
            document_id=record.ma_van_ban or f"{sender},{record.ngay_ban_hanh:%Y/%m/%d},{printed}",
            code=Code(number=record.so, notation=record.ky_hieu),
            place=record.noi_ban_hanh,
            promulgation_date=record.ngay_ban_hanh,
            document_type=DocumentType(type=1, type_name=record.loai_van_ban),
            subject=record.trich_yeu,
            content=record.tom_tat,
            signer_info=SignerInfo(full_name=record.nguoi_ky, position=record.chuc_vu),
            due_date=record.han_xu_ly,
            other_info=OtherInfo(priority=record.do_khan, page_amount=record.so_trang),
        ),
        trace=TraceHeaderList(
            hops=(TraceHeader(organ_id=sender, timestamp=now),),
            business=Business(type=record.nghiep_vu, reason=record.ly_do, document_id=record.ve_van_ban),
        ),
        attachments=tuple(
            Attachment(content_id=content_id(number), name=each.ten, content_type=each.loai, description=each.mo_ta)
            for number, each in enumerate(record.tep)
        ),
    )


def to_news(notice: Notice) -> News:
    """Make a record of news."""
    return News(
        thu_tu=notice.sequence,
        so=notice.number,
        ky_hieu=notice.notation,
        ngay_ban_hanh=notice.promulgated_on,
        noi_gui=notice.sender,
        noi_nhan=notice.receiver,
        ma_trang_thai=notice.code,
        buoc=notice.state,
        noi_dung=notice.description,
        can_bo=notice.staff,
        luc=notice.at,
        nghiep_vu=notice.business_type,
        boi_van_ban=notice.by_code,
    )


def to_collected(reference: str, waiting: Mapping[str, Any], now: datetime, file: Callable[[int], Opener]) -> Collected:
    """Make what the hub takes of a record that waits; `file` opens its n-th file. Raises ValueError or Rejected."""
    if waiting.get("loai") == "trang-thai":
        status = Status.model_validate(waiting.get("noi_dung"))
        return CollectedStatus(
            reference=reference,
            key=status.khoa,
            code=status.ma_trang_thai,
            description=status.noi_dung,
            staff={"staff": status.can_bo} if status.can_bo else {},
            at=status.luc,
        )
    record = Document.model_validate(waiting.get("noi_dung"))
    envelope = write(to_package(record, now))
    parts = {content_id(number): file(number) for number in range(len(record.tep))}
    return CollectedEnvelope(reference=reference, open=stream(envelope), parts=parts)


def to_answer(outcome: Outcome) -> dict[str, Any]:
    """Make a record of what became of something that waited."""
    if isinstance(outcome, Accepted):
        return {"ket_qua": "da-nhan", "ma_truc": outcome.document}
    return {"ket_qua": "tu-choi", "ma_loi": outcome.code, "ly_do": str(outcome)}


def text(record: object, name: str) -> str | None:
    """Give a text of a JSON object, None where it has none."""
    value = record.get(name) if isinstance(record, dict) else None
    return value if isinstance(value, str) and value else None


def content_id(number: int) -> str:
    """Name the n-th attachment of a record, counted from 0."""
    return f"tep-{number + 1}"


def unique(names: Iterable[str]) -> Iterator[str]:
    """Give each name once, by a number behind what occurs again: in the other side's folder one file must not replace another."""
    seen: set[str] = set()
    for name in names:
        stem, dot, ending = name.rpartition(".")
        given, count = name, 1
        while given.lower() in seen:
            count += 1
            given = f"{stem or ending} ({count}){dot if stem else ''}{ending if stem else ''}"
        seen.add(given.lower())
        yield given
