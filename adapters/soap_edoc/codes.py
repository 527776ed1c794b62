"""The hub's reasons in the style of the older hubs: a letter (N missing, R out of range, M mismatch, T type) and a path."""

import re
from typing import Final

from gateway.sdk import Rejected
from gateway.sdk.words import Problem, reasons

from .wire import Fields

FAILED: Final = "9999"
MOST: Final = 50
"""Errors that one answer names."""
_STYLED: Final = re.compile(r"[A-Z]\.\S+")
_NAMED: Final = {
    "duplicate-document": "ExistDoc",
    "not-found": "R.docId",
    "not-a-document": "M.SendDocument",
    "not-a-status": "M.UpdateStatusDoc",
    "status-unmatched": "M.UpdateStatusDoc",
    "status-conflict": "M.UpdateStatusDoc",
    "status-reason-required": "N.MessageHeader.Description",
    "malformed-request": "T.after",
    "too-large": "R.document",
    "malformed-xml": "T.document",
    "forbidden-construct": "T.document",
    "encoding-unsupported": "T.document",
    "xml-too-complex": "R.document",
}
_LETTERS: Final = {"attachment-missing": "N", "attachment-encoding": "T", "attachment-unexpected": "M"}
_FAMILIES: Final = {
    "signature": "CheckSignature",
    "certificate": "CheckSignature",
    "sender": "CheckPermission",
    "receiver": "R.MessageHeader.To.OrganId",
}


def refused(fault: Rejected) -> Fields:
    """Write a refusal as `status`, `code` and `errors`."""
    return failed(*((styled(each), f"{each.vi} [{each.code}]") for each in reasons(fault)[:MOST]))


def failed(*errors: tuple[str, str]) -> Fields:
    """Write a failure with errors: a code and words each."""
    return [
        ("status", "Fail"),
        ("code", FAILED),
        *(("errors", [("code", code), ("desc", words)]) for code, words in errors),
    ]


def styled(problem: Problem) -> str:
    """Give the code of the older hubs that comes nearest to a reason."""
    if _STYLED.fullmatch(problem.code):
        return problem.code
    if problem.code in _NAMED:
        return _NAMED[problem.code]
    family = _FAMILIES.get(problem.code.partition("-")[0])
    if family is not None:
        return family
    path = problem.path.replace("/", ".").strip(".") or "SendDocument"
    return f"{_LETTERS.get(problem.code, 'R')}.{path}"
