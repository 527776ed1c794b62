"""What a command says: JSON for machines, or Vietnamese then English for people; faults with their code, words and cure."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault
from gateway.core.model import Problem

Row = Mapping[str, object]
LINE = 1000
"""Columns where nobody looks: programs that read tables want each row on one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of a command: `data` for machines, `vi` and `en` for people, `rows` as a table above them (headings are the keys).

    `failed` makes the exit code 1.
    """

    data: object
    vi: str = ""
    en: str = ""
    rows: Sequence[Row] = ()
    failed: bool = False


def finish(outcome: Outcome, *, as_json: bool) -> None:
    """Print the outcome: results on stdout, words of failure on stderr. A failure ends the process with 1."""
    if as_json:
        sys.stdout.write(f"{json.dumps(outcome.data, ensure_ascii=False, indent=2, default=str)}\n")
    elif outcome.rows:
        console().print(table(outcome.rows))
    if outcome.failed or not as_json:
        (sys.stderr if outcome.failed else sys.stdout).writelines(f"{words}\n" for words in (outcome.vi, outcome.en) if words)
    if outcome.failed:
        raise SystemExit(1)


def report(fault: Fault) -> None:
    """Say on stderr what went wrong, why, and what to do."""
    entry = FAULTS[fault.code]
    vi = (f"✗ {fault.code}: {entry.vi}", *_reasons(fault, lambda problem: problem.vi), f"  → {entry.cure_vi}")
    en = (f"  {entry.en}", *_reasons(fault, lambda problem: problem.en), f"  → {entry.cure_en}")
    sys.stderr.write("\n".join((*vi, *en, "")))


def console() -> Console:
    """Give a console; what is not a terminal gets long lines, never cut ones."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else LINE)


def table(rows: Sequence[Row]) -> Table:
    """Make a table; the headings are the keys of the first row."""
    made = Table(*rows[0], header_style="bold", box=None, pad_edge=False)
    for row in rows:
        made.add_row(*(escape(_text(value)) for value in row.values()))
    return made


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _reasons(fault: Fault, words: Callable[[Problem], str]) -> Iterator[str]:
    for problem in fault.problems:
        if words(problem):
            place = f"{problem.path}:{problem.line}: " if problem.line else ""
            yield f"  {place}{words(problem)}"
