"""What is known of a PDF: pages, text, and who signed it. A PDF signature informs; what follows from it is for policy to say."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PdfProblem(StrEnum):
    """Why a PDF could not be looked into."""

    UNREADABLE = "unreadable"
    LOCKED = "locked"
    """It opens only with a password."""
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    """It took longer, or more memory, than any honest document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSignature:
    """One signature in a PDF, as mathematics: whether its certificate is trusted is not said here.

    `intact`: digest and signature match. `whole`: nothing was added after it but what a signature allows (ETSI EN 319 142-1).
    `signed_at` is what the signer claims.
    """

    certificate_sha256: str
    signer: str
    signed_at: datetime | None
    intact: bool
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFacts:
    """What a PDF shows. `pages` and `has_text` are None where `problem` says why; `signatures` is None where nobody asked."""

    pages: int | None = None
    has_text: bool | None = None
    signatures: tuple[PdfSignature, ...] | None = None
    problem: PdfProblem | None = None
