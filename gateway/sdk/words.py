"""What a fault says to people: each of its reasons in words, where its code alone stands for them too."""

from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault
from gateway.core.model import Problem

__all__ = ["Problem", "reasons"]


def reasons(fault: Fault) -> tuple[Problem, ...]:
    """Give all reasons of a fault, in Vietnamese and English, never without words."""
    return tuple(_worded(each, fault.code) for each in fault.problems)


def _worded(problem: Problem, of: str) -> Problem:
    entry = FAULTS.get(problem.code) or FAULTS[of]
    vi, en = (problem.vi, problem.en) if problem.code not in FAULTS and problem.vi else (entry.vi, entry.en)
    if problem.code in FAULTS:
        vi, en = f"{vi} {problem.vi}".strip(), f"{en} {problem.en}".strip()
    return Problem(code=problem.code, path=problem.path, vi=vi, en=en, line=problem.line)
