"""The table of calls: the router and the OpenAPI reference are both made from it, so they cannot disagree."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from pydantic import BaseModel

from gateway.entry.api import (
    agencies,
    documents,
    events,
    findings,
    health,
    inbox,
    inputs,
    papers,
    shapes,
    shapes_followed,
    statuses,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BASE = "/api/v1"
XML = "application/xml"
OCTETS = "application/octet-stream"
TEXT = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One call. `answers` maps a status to a JSON shape or a media type; `refusals` lists further problem statuses."""

    method: str
    path: str
    handler: Handler
    vi: str
    en: str
    answers: dict[int, type[BaseModel] | str]
    refusals: tuple[int, ...] = ()
    query: type[BaseModel] | None = None
    takes: type[BaseModel] | None = None
    takes_xml: bool = False
    takes_multipart: bool = False
    public: bool = False
    headers: dict[str, str] = field(default_factory=dict)


_UPLOAD_REFUSALS = (400, 408, 409, 413, 415, 422, 503)
_JSON_REFUSALS = (400, 404, 409, 413, 415)
_IDEMPOTENCY = {"Idempotency-Key": "Khóa chống gửi trùng của hệ thống gọi · the caller's key against doubles"}

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path=f"{BASE}/documents",
        handler=documents.post,
        vi="Gửi văn bản edXML đã ký",
        en="Send a signed edXML document",
        takes_xml=True,
        takes_multipart=True,
        headers=_IDEMPOTENCY,
        answers={202: shapes.AcceptedShape, 200: shapes.AcceptedShape},
        refusals=_UPLOAD_REFUSALS,
    ),
    Route(
        method="POST",
        path=f"{BASE}/validations",
        handler=documents.validate,
        vi="Kiểm tra thử, không lưu",
        en="Dry run, nothing is stored",
        takes_xml=True,
        takes_multipart=True,
        answers={200: shapes.ValidationShape},
        refusals=_UPLOAD_REFUSALS,
    ),
    Route(
        method="GET",
        path=f"{BASE}/documents",
        handler=documents.listing,
        vi="Danh sách văn bản đã gửi, đã nhận",
        en="List documents sent and received",
        query=inputs.DocumentsQuery,
        answers={200: shapes.DocumentsPage},
        refusals=(400,),
    ),
    Route(
        method="GET",
        path=f"{BASE}/documents/{{id}}",
        handler=documents.show,
        vi="Toàn bộ trạng thái của văn bản",
        en="The whole state of a document",
        answers={200: shapes.DocumentShape},
        refusals=(404,),
    ),
    Route(
        method="GET",
        path=f"{BASE}/documents/{{id}}/envelope",
        handler=documents.envelope,
        vi="Gói edXML nguyên gốc",
        en="The original edXML bytes",
        answers={200: XML, 206: XML, 304: TEXT, 416: TEXT},
        refusals=(404,),
    ),
    Route(
        method="GET",
        path=f"{BASE}/documents/{{id}}/attachments/{{n:[0-9]{{1,4}}}}",
        handler=documents.attachment,
        vi="Tệp đính kèm thứ n, đã giải mã",
        en="Attachment n, decoded",
        answers={200: OCTETS, 206: OCTETS, 304: TEXT, 416: TEXT},
        refusals=(404,),
    ),
    Route(
        method="GET",
        path=f"{BASE}/documents/{{id}}/receipt",
        handler=documents.receipt,
        vi="Biên nhận đã ký của trục",
        en="The hub's signed acceptance receipt",
        answers={200: XML},
        refusals=(404,),
    ),
    Route(
        method="GET",
        path=f"{BASE}/documents/{{id}}/receipts",
        handler=documents.receipts,
        vi="Mọi biên nhận của văn bản",
        en="All receipts of a document",
        answers={200: shapes.ReceiptsShape},
        refusals=(404,),
    ),
    Route(
        method="GET",
        path=f"{BASE}/documents/{{id}}/receipts/{{receipt}}",
        handler=documents.one_receipt,
        vi="Một biên nhận đã ký",
        en="One signed receipt",
        answers={200: XML},
        refusals=(404,),
    ),
    Route(
        method="GET",
        path=f"{BASE}/inbox",
        handler=inbox.peek,
        vi="Xem văn bản đang chờ",
        en="Peek at what waits",
        query=inputs.Paging,
        answers={200: shapes.InboxPage},
        refusals=(400,),
    ),
    Route(
        method="POST",
        path=f"{BASE}/inbox/leases",
        handler=inbox.lease,
        vi="Nhận lượt lấy văn bản, khẩn trước",
        en="Claim deliveries, urgent first",
        takes=inputs.LeaseRequest,
        answers={201: shapes.LeaseShape},
        refusals=_JSON_REFUSALS,
    ),
    Route(
        method="POST",
        path=f"{BASE}/inbox/leases/{{token}}/ack",
        handler=inbox.ack,
        vi="Xác nhận đã lấy",
        en="Acknowledge",
        takes=inputs.AckRequest,
        answers={200: shapes.AckedShape},
        refusals=_JSON_REFUSALS,
    ),
    Route(
        method="POST",
        path=f"{BASE}/inbox/leases/{{token}}/nack",
        handler=inbox.nack,
        vi="Trả lại",
        en="Give back",
        takes=inputs.NackRequest,
        answers={200: shapes.NackedShape},
        refusals=_JSON_REFUSALS,
    ),
    Route(
        method="POST",
        path=f"{BASE}/inbox/leases/{{token}}/renew",
        handler=inbox.renew,
        vi="Gia hạn lượt lấy",
        en="Prolong",
        takes=inputs.RenewRequest,
        answers={200: shapes.LeaseShape},
        refusals=_JSON_REFUSALS,
    ),
    Route(
        method="POST",
        path=f"{BASE}/statuses",
        handler=statuses.post,
        vi="Báo trạng thái xử lý (01–06, 13, 15, 16)",
        en="Report a status",
        takes=inputs.StatusRequest,
        takes_xml=True,
        answers={202: shapes.StatusShape, 200: shapes.StatusShape},
        refusals=(*_UPLOAD_REFUSALS, 404),
    ),
    Route(
        method="POST",
        path=f"{BASE}/papers",
        handler=papers.post,
        vi="Ghi nhận bản giấy đã đến",
        en="Record that a paper copy arrived",
        takes=inputs.PaperRequest,
        answers={202: shapes_followed.PaperShape, 200: shapes_followed.PaperShape},
        refusals=(*_JSON_REFUSALS, 422),
    ),
    Route(
        method="GET",
        path=f"{BASE}/papers",
        handler=papers.listing,
        vi="Bản giấy chưa đến",
        en="Paper copies that are awaited",
        query=inputs.Paging,
        answers={200: shapes_followed.PapersPage},
        refusals=(400,),
    ),
    Route(
        method="GET",
        path=f"{BASE}/findings",
        handler=findings.counts,
        vi="Thống kê ghi nhận của cơ quan",
        en="Findings counted",
        query=inputs.FindingsQuery,
        answers={200: shapes_followed.FindingCountsShape},
        refusals=(400,),
    ),
    Route(
        method="GET",
        path=f"{BASE}/events",
        handler=events.listing,
        vi="Mọi việc đã xảy ra, theo thứ tự",
        en="Everything that happened, in order",
        query=inputs.EventsQuery,
        answers={200: shapes.EventsShape},
        refusals=(400,),
    ),
    Route(
        method="GET",
        path=f"{BASE}/agencies",
        handler=agencies.listing,
        vi="Danh bạ cơ quan",
        en="The directory",
        query=inputs.AgenciesQuery,
        answers={200: shapes.AgenciesPage, 304: TEXT},
        refusals=(400,),
    ),
    Route(
        method="GET",
        path="/healthz",
        handler=health.alive,
        vi="Tiến trình còn sống",
        en="The process lives",
        answers={200: "application/json"},
        public=True,
    ),
    Route(
        method="GET",
        path="/readyz",
        handler=health.ready,
        vi="Sẵn sàng phục vụ",
        en="Ready to serve",
        answers={200: "application/json"},
        refusals=(503,),
        public=True,
    ),
    Route(
        method="GET",
        path="/metrics",
        handler=health.metrics,
        vi="Số đo Prometheus",
        en="Prometheus metrics",
        answers={200: TEXT},
        public=True,
    ),
)
