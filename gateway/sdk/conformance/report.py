"""The report of a certification: one value, which a table, JSON and a page are made of."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.sdk.manifest import Manifest

OWN: Final = "own"
GROUPS: Final = {
    "checks_whole": ("Văn bản mẫu", "Golden documents"),
    "checks_repeats": ("Gửi lặp, gửi đồng thời", "Repeats"),
    "checks_interruption": ("Đứt quãng", "Interruptions"),
    "checks_size": ("Kích thước", "Size"),
    "checks_outage": ("Sự cố của bên kia", "Failures of the other side"),
    "checks_statuses": ("Trạng thái", "Statuses"),
    "checks_collect": ("Nhận về", "Collecting"),
    "checks_health": ("Kiểm tra sức khỏe", "Health"),
    "checks_settings": ("Thiết lập", "Settings"),
    "checks_discretion": ("Kín đáo", "Discretion"),
    "checks_loss": ("Mất mát", "Loss"),
    OWN: ("Kiểm thử riêng của bộ nối", "The adapter's own tests"),
}
"""The parts of the suite, by module, in the order in which they are shown."""
PROOFS: Final = {"push": "checks_whole", "collect": "checks_collect"}
"""The part of the suite that proves a claim."""
CLAIMS: Final = ("push", "collect", "statuses", "recall", "separate")


class Verdict(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A check that was run. `case` is what it was repeated for; `words` say what is wrong, or why it was skipped."""

    group: str
    vi: str
    en: str
    case: str
    verdict: Verdict
    seconds: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Fields of edXML by path: what becomes of them on the other side. `declared` are those that its format has no room for."""

    kept: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()
    declared: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a certification found. `target` is the folder or address that was tried.

    `losses` are by the kind of the other side, "" where it has only one.
    """

    manifest: Manifest
    target: str
    at: datetime
    seconds: float
    checks: tuple[Checked, ...]
    losses: Mapping[str, Loss]

    @property
    def passed(self) -> bool:
        """Tell whether the adapter keeps the contract."""
        return bool(self.count(Verdict.PASSED)) and not self.count(Verdict.FAILED)

    @property
    def partial(self) -> bool:
        """Tell whether what the adapter is for could not be looked at: the other side was not under control."""
        proofs = [group for claim, group in PROOFS.items() if getattr(self.manifest, claim)]
        seen = {each.group for each in self.of(Verdict.PASSED)}
        return bool(proofs) and not seen & set(proofs)

    def count(self, verdict: Verdict) -> int:
        """Count the checks that came to a verdict."""
        return sum(each.verdict is verdict for each in self.checks)

    def of(self, verdict: Verdict) -> tuple[Checked, ...]:
        """Give the checks that came to a verdict."""
        return tuple(each for each in self.checks if each.verdict is verdict)

    def groups(self) -> Iterable[tuple[str, tuple[Checked, ...]]]:
        """Give the parts of the suite that were run, each with its checks."""
        for group in GROUPS:
            checks = tuple(each for each in self.checks if each.group == group)
            if checks:
                yield group, checks

    def to_json(self) -> str:
        """Write it as JSON."""
        written = {
            "adapter": self.manifest.model_dump(),
            "target": self.target,
            "at": self.at.isoformat(),
            "seconds": round(self.seconds, 3),
            "passed": self.passed,
            "partial": self.partial,
            "counts": {verdict: self.count(verdict) for verdict in Verdict},
            "checks": [{**asdict(each), "seconds": round(each.seconds, 3)} for each in self.checks],
            "losses": {kind: {**asdict(each), "declared": dict(each.declared)} for kind, each in self.losses.items()},
        }
        return json.dumps(written, ensure_ascii=False, indent=2) + "\n"
