"""What the calls for operators have in common."""

from typing import Any

from aiohttp import web

from gateway.core.faults import Rejected
from gateway.core.roles import Right, may
from gateway.entry.api.hub import hub, operator
from gateway.entry.api.rendering import dumps
from gateway.flows.oversee import Decision


def decision(request: web.Request, reason: str) -> Decision:
    """Give who decides now, and why. Raises `malformed-request` without a reason."""
    return Decision(by=operator(request).id, reason=reason, now=hub(request).ports.clock.now())


def demand(request: web.Request, right: Right) -> None:
    """Hold that the operator's role has a right beyond that of deciding. Raises `role-insufficient`."""
    if not may(operator(request).role, right):
        raise Rejected("role-insufficient", path=request.path)


def answer(data: dict[str, Any]) -> web.Response:
    """Answer 200."""
    return web.json_response(data, dumps=dumps)
