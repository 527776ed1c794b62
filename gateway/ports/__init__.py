"""What the flows ask of the outside: the ports, and the bundle of those that do things."""

from dataclasses import dataclass

from gateway.ports.ledger import (
    Acceptance,
    Correlation,
    DocumentView,
    Entry,
    FindingCount,
    Lease,
    Ledger,
    Page,
    PaperOutcome,
    Refusal,
    Seal,
    StatusOutcome,
    Tally,
)
from gateway.ports.payloads import PdfReader, Scanner, Staged, Vault
from gateway.ports.running import Clock, Compute, Run, Signer, Telemetry, Waiting, Watch

__all__ = [
    "Acceptance",
    "Clock",
    "Compute",
    "Correlation",
    "DocumentView",
    "Entry",
    "FindingCount",
    "Lease",
    "Ledger",
    "Page",
    "PaperOutcome",
    "PdfReader",
    "Ports",
    "Refusal",
    "Run",
    "Scanner",
    "Seal",
    "Signer",
    "Staged",
    "StatusOutcome",
    "Tally",
    "Telemetry",
    "Vault",
    "Waiting",
    "Watch",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The things that do. `Rules` are the things that know. Without a scanner nothing is scanned."""

    ledger: Ledger
    vault: Vault
    pdfs: PdfReader
    scanner: Scanner | None
    signer: Signer
    clock: Clock
    compute: Compute
    telemetry: Telemetry
    waiting: Waiting
