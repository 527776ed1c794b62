"""The calls for operators, as a table."""

from typing import Any

from gateway.entry.api import shapes_followed
from gateway.entry.api.admin import (
    agencies,
    agency_requests,
    dead_letters,
    deadlines,
    held,
    inputs,
    queues,
    shapes,
    shapes_statuses,
    statuses,
)
from gateway.entry.api.inputs import DeadlinesQuery, Paging
from gateway.entry.api.route import BASE, JSON_REFUSALS, Handler, Route

_ADMIN = f"{BASE}/admin"


def _look(path: str, handler: Handler, vi: str, en: str, shape: Any, **more: Any) -> Route:
    """Make a call that changes nothing."""
    return Route(
        method="GET",
        path=f"{_ADMIN}/{path}",
        handler=handler,
        vi=vi,
        en=en,
        answers={200: shape},
        refusals=(400, 404),
        operators=True,
        **more,
    )


def _decide(path: str, handler: Handler, vi: str, en: str, shape: Any, **more: Any) -> Route:
    """Make a call that takes JSON."""
    return Route(
        method="POST",
        path=f"{_ADMIN}/{path}",
        handler=handler,
        vi=vi,
        en=en,
        answers={200: shape},
        refusals=(*JSON_REFUSALS, 403, 422),
        operators=True,
        **more,
    )


ADMIN_ROUTES: tuple[Route, ...] = (
    _look(
        "dead-letters",
        dead_letters.listing,
        "Văn bản không gửi được",
        "Dead letters",
        shapes.DeadLettersPage,
        query=inputs.DeadLettersQuery,
    ),
    _look(
        "dead-letters/groups",
        dead_letters.groups,
        "Văn bản không gửi được, theo nguyên nhân và nơi nhận",
        "Dead letters by cause and receiver",
        shapes.GroupsShape,
        query=inputs.GroupsQuery,
    ),
    _decide(
        "dead-letters/preview",
        dead_letters.preview,
        "Đếm trước khi xử lý",
        "Count before deciding",
        shapes.PreviewShape,
        takes=inputs.PreviewRequest,
    ),
    _decide(
        "dead-letters/requeue",
        dead_letters.requeue,
        "Chuyển lại",
        "Let go on",
        shapes.BulkShape,
        takes=inputs.DecisionRequest,
    ),
    _decide(
        "dead-letters/park",
        dead_letters.park,
        "Để riêng",
        "Put aside",
        shapes.BulkShape,
        takes=inputs.DecisionRequest,
    ),
    _decide(
        "dead-letters/return",
        dead_letters.turn_back,
        "Trả lại nơi gửi",
        "Give back to the sender",
        shapes.BulkShape,
        takes=inputs.DecisionRequest,
    ),
    _decide(
        "dead-letters/redirect",
        dead_letters.redirect,
        "Chuyển tới nơi nhận khác",
        "Send to another receiver",
        shapes.BulkShape,
        takes=inputs.RedirectRequest,
    ),
    _look("queues", queues.listing, "Hàng đợi của các hệ thống", "The systems' queues", shapes.QueuesShape),
    _decide(
        "systems/{id}/pause",
        queues.pause,
        "Tạm dừng chuyển tới một hệ thống",
        "Push nothing to a system for a while",
        shapes.CircuitShape,
        takes=inputs.PauseRequest,
    ),
    _decide(
        "systems/{id}/resume",
        queues.resume,
        "Chuyển tiếp tới một hệ thống",
        "Push to a system again",
        shapes.CircuitShape,
        takes=inputs.ReasonRequest,
    ),
    _decide(
        "systems/{id}/replay",
        queues.replay,
        "Báo lại các tin từ một thời điểm cho một hệ thống",
        "Tell a system again all news since a moment",
        shapes.ReplayShape,
        takes=inputs.ReplayRequest,
    ),
    _look(
        "deadlines",
        deadlines.listing,
        "Thời hạn của mọi cơ quan",
        "The deadlines of all agencies",
        shapes_followed.DeadlinesPage,
        query=DeadlinesQuery,
    ),
    _decide(
        "deadlines/{id}/extend",
        deadlines.extend,
        "Gia hạn",
        "Give a deadline another due time",
        shapes_followed.OwedShape,
        takes=inputs.ExtendRequest,
    ),
    _decide(
        "deadlines/{id}/pause",
        deadlines.pause,
        "Tạm dừng thời hạn",
        "Let none of its time pass",
        shapes_followed.OwedShape,
        takes=inputs.ReasonRequest,
    ),
    _decide(
        "deadlines/{id}/resume",
        deadlines.resume,
        "Cho thời hạn tính tiếp",
        "Let its time pass again",
        shapes_followed.OwedShape,
        takes=inputs.ReasonRequest,
    ),
    _decide(
        "deadlines/{id}/waive",
        deadlines.waive,
        "Miễn thời hạn",
        "Ask for it no more",
        shapes_followed.OwedShape,
        takes=inputs.ReasonRequest,
    ),
    _look("held", held.listing, "Văn bản bị giữ theo chính sách", "What the policy holds", shapes.HeldShape),
    _decide(
        "held/{document}/release",
        held.release,
        "Cho văn bản bị giữ đi tiếp",
        "Let what is held go on",
        shapes.DecidedShape,
        takes=inputs.ReasonRequest,
    ),
    _decide(
        "held/{document}/return",
        held.turn_back,
        "Trả văn bản bị giữ về nơi gửi",
        "Give back what is held",
        shapes.DecidedShape,
        takes=inputs.ReasonRequest,
    ),
    _look(
        "statuses",
        statuses.listing,
        "Trạng thái đang chờ văn bản hoặc chờ người vận hành",
        "Statuses that wait for their document, or for an operator",
        shapes_statuses.HeldStatusesPage,
        query=Paging,
    ),
    _decide(
        "statuses/{id}/resolve",
        statuses.resolve,
        "Ghi trạng thái vào lượt chuyển đúng, hoặc bỏ",
        "Say which delivery a status means, or give it up",
        shapes_statuses.ResolvedShape,
        takes=inputs.ResolveRequest,
    ),
    _look(
        "agencies/silent",
        agencies.silent,
        "Cơ quan chưa vào lấy văn bản",
        "Agencies that have not looked for their documents",
        agencies.SilentPage,
    ),
    _look(
        "requests",
        agency_requests.listing,
        "Cơ quan mà hệ thống xin đăng ký, xóa",
        "Agencies that systems ask to have registered or ended",
        agency_requests.AgencyRequestsPage,
    ),
    _decide(
        "requests/{id}/approve",
        agency_requests.approve,
        "Duyệt, ghi vào danh bạ",
        "Approve, and change the directory",
        agency_requests.AgencyDecisionShape,
        takes=inputs.ReasonRequest,
    ),
    _decide(
        "requests/{id}/refuse",
        agency_requests.refuse,
        "Từ chối yêu cầu",
        "Refuse what was asked",
        agency_requests.AgencyDecisionShape,
        takes=inputs.ReasonRequest,
    ),
    _look(
        "audit",
        held.audit,
        "Nhật ký quyết định của người vận hành",
        "What operators decided",
        shapes.AuditPage,
        query=Paging,
    ),
)
