"""What every answer must be, whatever was sent."""

import json

from gateway.core.fault_codes import FAULTS
from gateway.entry.vxp.codes import CODES
from tests.fuzz.cases import Answer, Case

SLOWEST = 5.0
LEAKS = (b"Traceback", b'File "', b"site-packages", b"root:x:0", b"sqlalchemy", b"sqlite3.", b"lxml.etree", b"object at 0x")
NO_PROBLEM = frozenset({304, 416})
"""Answers about a range or a tag have no body (RFC 9110 §15.5.17)."""


def complaint(case: Case, answers: list[Answer]) -> str | None:
    """Say what is wrong with the answers to a case, in words that are the same for the same mistake; None where nothing is."""
    if case.http and len(answers) != case.answers:
        return f"{len(answers)} answers of {case.answers}"
    return next((said for answer in answers if (said := _judge(case, answer)) is not None), None)


def _judge(case: Case, answer: Answer) -> str | None:
    if answer.status == 0:
        return None if not case.http and b"Connection" not in answer.body else f"no answer: {answer.body.decode()}"
    if answer.seconds > SLOWEST:
        return "slow"
    if answer.status >= 500 and not (answer.status == 503 and answer.headers.get("Retry-After", "").isdigit()):
        return f"status {answer.status}"
    if "X-Injected" in answer.headers:
        return "a header was injected"
    if any(leak in answer.body for leak in LEAKS) and not _is_content(answer):
        return "the answer tells of the hub's inside"
    if "X-Lienthong-Code" in answer.headers:
        return _judge_sdk(answer)
    if answer.status >= 400 and answer.status not in NO_PROBLEM:
        return _judge_problem(answer)
    return None


def _judge_sdk(answer: Answer) -> str | None:
    """Judge a refusal in the national SDK's words."""
    code = answer.headers["X-Lienthong-Code"]
    if code in {"internal", "misconfigured"} or code not in CODES:
        return f"the SDK is told {code}"
    try:
        told = json.loads(answer.body)
    except ValueError:
        return "the refusal to the SDK is no JSON"
    return None if (told["status"], told["ErrorCode"]) == ("FAIL", CODES[code]) else f"{code} as {told['ErrorCode']}"


def _judge_problem(answer: Answer) -> str | None:
    if not answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return f"status {answer.status} without a problem document"
    try:
        problem = json.loads(answer.body)
    except ValueError:
        return "the problem document is no JSON"
    code = problem.get("code")
    if code not in FAULTS:
        return f"unknown code {code}"
    if not FAULTS[code].status == problem["status"] == answer.status:
        return f"{code} with status {answer.status}"
    return None


def _is_content(answer: Answer) -> bool:
    """Tell a document or attachment that is given back: it may say anything."""
    return answer.status in {200, 206} and "Etag" in answer.headers
