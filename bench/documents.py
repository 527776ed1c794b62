"""The documents that the bench sends: signed, distinct, of a given size."""

import base64
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.core import signing, writing
from gateway.core.envelope import (
    Attachment,
    Code,
    DocumentPackage,
    DocumentType,
    MessageHeader,
    Organisation,
    SignerInfo,
    TraceHeader,
    TraceHeaderList,
)
from gateway.core.model import VIETNAM

SENDER = "000.00.00.H56"
RECEIVERS = ("000.00.15.H56", "H56.40.02")
SMALLEST = 3 * 1024
"""Below this size a document has no attachment: its header alone is about 2 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who signs: the sender's key, certificate, token and SDK secret of a working folder."""

    key: signing.SigningKey
    certificate: x509.Certificate
    token: str
    vxp_secret: str

    @classmethod
    def read(cls, folder: Path) -> "Identity":
        """Read it from a folder made by `lienthong init`."""
        own = folder / "agencies" / SENDER
        key = load_pem_private_key((own / "key.pem").read_bytes(), None)
        return cls(
            key=key,  # type: ignore[arg-type]  # init writes RSA keys
            certificate=x509.load_pem_x509_certificate((own / "cert.pem").read_bytes()),
            token=(own / "token").read_text().strip(),
            vxp_secret=(own / "vxp-secret").read_text().strip(),
        )


def documents(identity: Identity, size: int) -> Iterator[bytes]:
    """Make signed documents for ever; each has its own number and, where it is large enough, its own random attachment."""
    for number in itertools.count(1):
        yield signing.sign(writing.emit(packaged(number, size)), certificate=identity.certificate, key=identity.key)


def packaged(number: int, size: int = 0) -> DocumentPackage:
    """Make the package of a document."""
    today = date.today()  # noqa: DTZ011  the bench runs on the machine's own calendar
    code = Code(number=str(number), notation=f"BENCH-{size}")
    return DocumentPackage(
        header=MessageHeader(
            sender=Organisation(organ_id=SENDER, organ_name="UBND tỉnh (mẫu)"),
            receivers=tuple(Organisation(organ_id=organ, organ_name="Cơ quan nhận (mẫu)") for organ in RECEIVERS),
            document_id=f"{SENDER},{today:%Y/%m/%d},{code}",
            code=code,
            place="Thanh Hóa",
            promulgation_date=today,
            document_type=DocumentType(type=1, type_name="Công văn"),
            subject=f"V/v đo tốc độ tiếp nhận văn bản số {number}",
            signer_info=SignerInfo(full_name="Nguyễn Văn Mẫu"),
        ),
        trace=TraceHeaderList(hops=(TraceHeader(organ_id=SENDER, timestamp=datetime.now(VIETNAM).replace(microsecond=0)),)),
        attachments=(_attachment(size),) if size > SMALLEST else (),
    )


def _attachment(size: int) -> Attachment:
    octets = _pdf(os.urandom((size - SMALLEST) * 3 // 4))
    return Attachment(content_id="1", name="bench.pdf", content_type="application/pdf", encoded=base64.b64encode(octets).decode())


def _pdf(filling: bytes) -> bytes:
    """Make a PDF of one page that says a word, with a stream of incompressible octets beside it, as a scan has."""
    word = b"BT /F1 12 Tf 72 720 Td (Lien thong van ban) Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(word), word),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(filling), filling),
    )
    body, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return body + head + table + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
