"""What the SDK is answered: JSON whose status and codes are text; the HTTP status is 200 even for a refusal, as it expects."""

import json
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault, Transient
from gateway.core.model import VIETNAM, Delivery, State, StatusCode
from gateway.entry.vxp.codes import CODES
from gateway.ports import Mark, Transport

RETRY_AFTER_SECONDS: Final = 5
OK: Final = {"status": "OK", "ErrorCode": "0", "ErrorDesc": "Thành công"}
DESCRIPTIONS: Final = {
    Transport.INITIAL: "Chưa nhận",
    Transport.PROCESSING: "Đang xử lý",
    Transport.DONE: "Đã nhận",
    Transport.FAIL: "Không nhận được",
}
BUSINESS: Final = {
    StatusCode.ARRIVED: "Đã đến",
    StatusCode.REFUSED: "Từ chối tiếp nhận",
    StatusCode.REGISTERED: "Đã tiếp nhận",
    StatusCode.ASSIGNED: "Phân công",
    StatusCode.PROCESSING: "Đang xử lý",
    StatusCode.COMPLETED: "Hoàn thành",
    StatusCode.RECALL_REQUESTED: "Yêu cầu lấy lại",
    StatusCode.RECALL_AGREED: "Đồng ý lấy lại, cập nhật",
    StatusCode.RECALL_REFUSED: "Từ chối lấy lại, cập nhật",
}
_NOT_YET: Final = frozenset({State.ACCEPTED, State.QUEUED, State.AVAILABLE, State.SUSPENDED})
_OVER: Final = frozenset({State.REJECTED, State.RECALLED, State.REPLACED, State.RECALL_REQUESTED})


def said(**more: Any) -> web.Response:
    """Answer that it is done."""
    return _json(OK | more)


def failed(fault: Fault, trace_id: str, **more: Any) -> web.Response:
    """Answer a fault in the SDK's codes; the hub's own code and the trace stand in headers."""
    words = " ".join(
        filter(None, (FAULTS[fault.code].vi, fault.detail, *(each.vi for each in fault.problems if each.vi != fault.detail)))
    )
    body = {"status": "FAIL", "ErrorCode": CODES[fault.code], "ErrorDesc": words, **more}
    response = _json(body)
    response.headers["X-Lienthong-Code"], response.headers["X-Trace-Id"] = fault.code, trace_id
    if isinstance(fault, Transient):
        response.headers["Retry-After"] = str(fault.retry_after or RETRY_AFTER_SECONDS)
    return response


def moment(at: datetime) -> str:
    """Write a time as the SDK reads it: Vietnam's, without zone."""
    return f"{at.astimezone(VIETNAM):%Y/%m/%d %H:%M:%S}"


def transport(delivery: Delivery, mark: Mark | None = None) -> Transport:
    """Say how far a delivery is on its way. It is derived from where it stands, and is never a business status."""
    if delivery.state is State.FAILED:
        return Transport.FAIL
    if delivery.state is State.DELIVERING:
        return Transport.PROCESSING
    if delivery.state in _NOT_YET:
        return mark.transport if mark is not None and mark.transport is Transport.PROCESSING else Transport.INITIAL
    if delivery.state in _OVER and delivery.progress is None and delivery.status_code in {None, StatusCode.RECALL_REQUESTED}:
        return Transport.FAIL if delivery.state is not State.RECALL_REQUESTED else Transport.PROCESSING
    return Transport.DONE


def _json(body: dict[str, Any]) -> web.Response:
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return web.Response(body=text, content_type="application/json", charset="utf-8")
