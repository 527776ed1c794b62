"""Faults as RFC 9457 problem documents, in Vietnamese, or in English by Accept-Language."""

import json
from collections.abc import Mapping

from aiohttp import web

from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault, Transient
from gateway.core.model import Problem
from gateway.core.policy.catalogue import RULES

RETRY_AFTER_SECONDS = 5
"""What a 503 advises where the fault itself names no time."""


def problem(fault: Fault, *, trace_id: str, english: bool) -> web.Response:
    """Answer a fault: its code decides the status, the catalogue gives the words where the fault has none."""
    entry = FAULTS[fault.code]
    body = {
        "type": f"urn:lienthong:fault:{fault.code}",
        "title": entry.en if english else entry.vi,
        "status": entry.status,
        "detail": _detail(fault, english=english),
        "code": fault.code,
        "owner": entry.owner,
        "cure": entry.cure_en if english else entry.cure_vi,
        "errors": [_error(item, english=english) for item in fault.problems],
        "trace_id": trace_id,
    }
    headers = {"Content-Language": "en" if english else "vi", "X-Trace-Id": trace_id}
    if isinstance(fault, Transient) or entry.status in {429, 503}:
        headers["Retry-After"] = str(fault.retry_after or RETRY_AFTER_SECONDS)
    if entry.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="lienthong"'
    return web.Response(
        status=entry.status,
        body=json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),  # a path or name may hold bytes that are no text
        content_type="application/problem+json",
        headers=headers,
    )


def prefers_english(headers: Mapping[str, str]) -> bool:
    """Read Accept-Language (RFC 9110 §12.5.4): English only where it is ranked above Vietnamese."""
    ranks = {"en": 0.0, "vi": 0.0}
    for item in headers.get("Accept-Language", "").lower().split(","):
        tag, _, quality = item.partition(";")
        language = tag.strip().partition("-")[0]
        if language in ranks:
            ranks[language] = max(ranks[language], _quality(quality))
    return ranks["en"] > ranks["vi"]


def _quality(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0


def _detail(fault: Fault, *, english: bool) -> str:
    entry = FAULTS[fault.code]
    words, cure = (entry.en, entry.cure_en) if english else (entry.vi, entry.cure_vi)
    said = fault.detail_en if english else fault.detail
    return " ".join(part for part in (words, said, cure) if part)


def _error(item: Problem, *, english: bool) -> dict[str, str | int | None]:
    entry = FAULTS.get(item.code)
    message = item.en if english else item.vi
    if not message and entry is not None:
        message = entry.en if english else entry.vi
    rule = RULES.get(item.code)
    return {
        "code": item.code,
        "path": item.path,
        "line": item.line,
        "article": rule.article if rule else None,
        "message": message,
    }
