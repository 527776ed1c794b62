"""Signatures in PDFs as mathematics, by pyHanko. Only the worker process imports this: it costs a second, and 45 MB."""

from hashlib import sha256
from io import BytesIO
from typing import Final

from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.status import SignatureCoverageLevel

from gateway.core.pdf import PdfSignature

UNREAD: Final = PdfSignature(certificate_sha256="", signer="", signed_at=None, intact=False, whole=False)
BROKEN_DIGESTS: Final = frozenset({"md2", "md4", "md5"})
"""Whoever drafts a paper can make two with the same MD5, and have the harmless one signed."""
WHITE: Final = b"\0\t\n\f\r "
"""White space of PDF (ISO 32000-2, 7.2.3): mail and editors add some behind the end."""
TIMESTAMP: Final = "/DocTimeStamp"
"""Says when, not who."""


def read_signatures(octets: bytes) -> tuple[PdfSignature, ...]:
    """Give every signature of a PDF that shows one; what pyHanko cannot read is a broken one.

    Nothing is fetched and nobody is trusted: without a validation context pyHanko does neither. It reads leniently, since
    Microsoft Word lays out its cross references in a way that it takes for an error otherwise.
    """
    try:
        reader = PdfFileReader(BytesIO(octets), strict=False)
        if reader.encrypted:
            reader.decrypt("")
        fields = list(enumerate_sig_fields(reader, filled_status=True))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a hostile file makes a parser raise anything
        return (UNREAD,)
    return tuple(_read(octets, reader, *field) for field in fields if not _is_timestamp(field[1]))


def _is_timestamp(value: object) -> bool:
    return isinstance(value, DictionaryObject) and value.get("/Type") == TIMESTAMP


def _read(octets: bytes, reader: PdfFileReader, name: str, _: object, field: DictionaryObject) -> PdfSignature:
    try:
        signature = EmbeddedPdfSignature(reader, field, name)
        certificate = signature.signer_cert
        signed_at = signature.self_reported_timestamp
        return PdfSignature(
            certificate_sha256=sha256(certificate.dump()).hexdigest(),
            signer=str(certificate.subject.native.get("common_name", "")),
            signed_at=signed_at if signed_at is not None and signed_at.tzinfo is not None else None,
            intact=_is_intact(signature),
            whole=_is_whole(signature, octets),
        )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - likewise; it is there, and shows nothing
        return UNREAD


def _is_intact(signature: EmbeddedPdfSignature) -> bool:
    if signature.md_algorithm in BROKEN_DIGESTS:
        return False
    digest = signature.compute_digest()
    return all(validate_sig_integrity(signature.signer_info, signature.signer_cert, "data", digest))


def _is_whole(signature: EmbeddedPdfSignature, octets: bytes) -> bool:
    """Demand that all is signed but the signature itself, and that what follows is an update that a signature allows.

    pyHanko alone is content with anything behind the end, as long as no cross reference leads there.
    """
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]  # pyHanko leaves it so
    start, before, resumed, after = signature.byte_range
    if start != 0 or resumed - before != len(b"<>") + 2 * len(signature.pkcs7_content) or resumed + after > len(octets):
        return False
    if signature.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return False
    if signature.signed_revision + 1 == signature.reader.xrefs.total_revisions:
        return not octets[resumed + after :].strip(WHITE)
    return bool(signature.summarise_integrity_info()["docmdp_ok"]) and octets.rstrip(WHITE).endswith(b"%%EOF")
