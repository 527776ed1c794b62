"""The door: every request gets a trace id and a caller, every fault becomes a problem document, never a stack trace."""

import base64
import hashlib
import hmac
import re
import secrets
import ssl
from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import hdrs, web

from gateway.core.directory import Operator, System
from gateway.core.faults import Fault, Misconfigured, Rejected, Transient
from gateway.core.roles import Right, may
from gateway.core.rules import Rules
from gateway.entry.api.hub import CALLER, OPERATOR, SOURCE, TRACE_ID, hub
from gateway.entry.api.problems import prefers_english, problem
from gateway.entry.api.proxy import Proxy
from gateway.entry.places import place
from gateway.flows.refuse import refuse

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PUBLIC = frozenset({"/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"})
"""Paths that need no caller; the reference page under `DOCS` too."""
DOCS = "/api/v1/docs"
ADMIN = "/api/v1/admin/"
"""Below it an operator's token is one, and nowhere else."""
FACES = "/faces/"
"""Below it vendors' systems call in protocols of their own: they know user names and passwords, not bearer tokens."""
CONSOLE = "/console"
BASIC = 'Basic realm="lienthong", charset="UTF-8"'

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


@web.middleware
async def answer_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a handler raises into an answer."""
    request[TRACE_ID] = trace_id = _trace_id(request.headers.get("traceparent", ""))
    try:
        request[SOURCE] = hub(request).proxy.source(request)
        response = await handler(request)
    except Fault as fault:
        response = _refused(request, fault)
    except web.HTTPNotFound:
        response = _refused(request, Rejected("not-found", path=request.path))
    except web.HTTPMethodNotAllowed as error:
        response = _refused(request, Rejected("method-not-allowed", path=request.path))
        response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
    except (aiohttp.ClientError, aiohttp.http.HttpProcessingError) as error:  # a body that is not HTTP
        response = _refused(request, Rejected("malformed-request", detail=type(error).__name__))
    except (web.HTTPException, ConnectionError):
        raise
    except Exception as error:  # noqa: BLE001  the last wall: the caller gets a trace id, the log gets the cause
        hub(request).ports.telemetry.record("request.failed", path=request.path, trace_id=trace_id, error=place(error))
        response = _refused(request, Misconfigured("internal"))
    if not response.prepared:
        response.headers.setdefault("X-Trace-Id", trace_id)
    return response


@web.middleware
async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the calling system or operator, or refuse."""
    if request.path in PUBLIC or request.path.startswith((DOCS, CONSOLE, f"{hub(request).settings.vxp.prefix}/")):
        return await handler(request)  # the console and the national SDK's face prove their callers by themselves
    rules = hub(request).rules()
    found = identify_operator(request, rules) if request.path.startswith(ADMIN) else None
    if found is not None:
        request[OPERATOR] = found
        return await handler(request)
    try:
        request[CALLER] = identify(request, rules, hub(request).proxy)
    except Rejected:
        hub(request).quotas.failed(request[SOURCE])
        raise
    return await handler(request)


def for_operators(handler: Handler) -> Handler:
    """Let operators through to a call, to change something those whose role may; for a system there is no such call."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if OPERATOR not in request:
            raise Rejected("not-found", path=request.path)
        if not may(request[OPERATOR].role, Right.SEE if request.method == hdrs.METH_GET else Right.ACT):
            raise Rejected("role-insufficient", path=request.path)
        return await handler(request)

    return guarded


@web.middleware
async def within_quota(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Admit the caller's request, or ask it to come later."""
    system = request.get(CALLER)
    if system is None:
        return await handler(request)
    quotas, announced = hub(request).quotas, request.content_length
    try:
        with quotas.admitted(system, announced, upload=request.method == hdrs.METH_POST and request.can_read_body):
            response = await handler(request)
    except Transient as fault:
        if fault.code == "quota-exceeded" and quotas.is_news(system):
            await refuse(
                hub(request).ports,
                fault,
                source=request[SOURCE],
                caller=system,
                sha256="",
                size=announced or 0,
                trace_id=request[TRACE_ID],
            )
        raise
    finally:
        if announced is None:
            quotas.count(system, request.content.total_bytes)
    return response


def identify(request: web.Request, rules: Rules, proxy: Proxy) -> System:
    """Find the system by its bearer token (stored hashed), else by its client certificate. Raises `unauthenticated`.

    At a face, user name and password (RFC 7617) are the system's id and token.
    """
    token = _token_sha256(request)
    named = _named(request) if token is None and request.path.startswith(FACES) else None
    if token is not None:
        found = rules.systems.by_token(token)
    elif named is not None:
        found = _by_name(rules, *named)
    else:
        digest = proxy.certificate_sha256(request) or _certificate_sha256(request)
        found = rules.systems.by_certificate(digest) if digest else None
    if found is None:
        raise Rejected("unauthenticated")
    return found


def identify_operator(request: web.Request, rules: Rules) -> Operator | None:
    """Find the operator by the bearer token (stored hashed)."""
    token = _token_sha256(request)
    return rules.operators.by_token(token) if token is not None else None


def _token_sha256(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    return hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).hexdigest()


def _named(request: web.Request) -> tuple[bytes, bytes] | None:
    """Give user name and password; empty ones where they cannot be read, None where none are given."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(given.strip(), validate=True).partition(b":")
    except ValueError:
        return b"", b""
    return user, password


def _by_name(rules: Rules, user: bytes, password: bytes) -> System | None:
    """Find the system by its token, which is looked up by its hash; the name must be its own."""
    found = rules.systems.by_token(hashlib.sha256(password.strip()).hexdigest())
    return found if found is not None and hmac.compare_digest(found.id.encode(), user) else None


def _certificate_sha256(request: web.Request) -> str | None:
    """Give the digest of the certificate of our own TLS."""
    channel: ssl.SSLObject | None = request.transport.get_extra_info("ssl_object") if request.transport else None
    certificate = channel.getpeercert(binary_form=True) if channel else None
    return hashlib.sha256(certificate).hexdigest() if certificate else None


def _refused(request: web.Request, fault: Fault) -> web.Response:
    response = problem(fault, trace_id=request[TRACE_ID], english=prefers_english(request.headers))
    if hdrs.WWW_AUTHENTICATE in response.headers and request.path.startswith(FACES):
        response.headers[hdrs.WWW_AUTHENTICATE] = BASIC
    return response


def new_trace_id() -> str:
    """Make a trace id (W3C Trace Context)."""
    return secrets.token_hex(16)


def _trace_id(traceparent: str) -> str:
    """Take the trace id of W3C Trace Context where the caller sends one."""
    given = _TRACEPARENT.fullmatch(traceparent)
    return given.group(1) if given else new_trace_id()
