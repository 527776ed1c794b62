"""What `lienthong verify` says."""

from collections.abc import Mapping
from pathlib import Path

from gateway.entry.cli.output import Outcome
from gateway.entry.cli.verify import verify_file
from gateway.entry.proving import Line, Validity

MARKS = {True: "✓", False: "✗", None: "·"}


def told(file: Path, ca: Path | None, parts: Mapping[str, Path]) -> Outcome:
    """Verify a file; anything but a valid signature is a failure."""
    verdict = verify_file(file, ca, parts=parts)
    return Outcome(
        data={
            "validity": verdict.validity,
            "subject": verdict.subject,
            "code": verdict.code,
            "signer": verdict.signer,
            "sha256": verdict.sha256,
            "at": verdict.at.isoformat() if verdict.at else None,
            "trusted": verdict.trusted,
            "chain": verdict.chain,
            "covers": verdict.covers,
            "findings": [{"good": line.good, "vi": line.vi, "en": line.en} for line in verdict.lines],
        },
        vi="\n".join(_line(line, line.vi) for line in verdict.lines),
        en="\n".join(_line(line, line.en) for line in verdict.lines),
        failed=verdict.validity is not Validity.VALID,
    )


def _line(line: Line, words: str) -> str:
    return f"{MARKS[line.good]} {words}"
