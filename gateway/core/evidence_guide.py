"""What a stranger to the hub is told of a package of evidence: what each file is, and how it is proved with common tools.

Nothing that a sender wrote stands in it: who reads it copies its commands into a shell.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from cryptography import x509

from gateway.core import evidence
from gateway.core.evidence import HUB, SENDER, Matter, Signers, moment
from gateway.core.findings import trusted_as
from gateway.core.model import Trust
from gateway.core.signature_profile import PART

COMMAND: Final = "    "
"""How a line begins that is a command for a shell (bash, GNU coreutils) in the unpacked folder."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9._@+-]+")
_CHAIN: Final = (
    f"p={evidence.NO_EVENT}; while IFS= read -r l; do "
    """case "$l" in *'"previous":"'"$p"'"'*) ;; *) echo "SAI · WRONG: $l" ;; esac; """
    f"p=$(printf '%s\\n' \"$l\" | sha256sum | cut -d ' ' -f 1); done < {evidence.EVENTS}; "
    f'grep -q "\\"last_sha256\\": \\"$p\\"" {evidence.RECORD} && echo "ĐÚNG · OK" || echo "SAI · WRONG: $p"'
)
_FILES: Final = "".join(
    f"- {name}: {vi} · {en}\n"
    for name, vi, en in (
        (evidence.GUIDE, "tệp này", "this file"),
        (evidence.SUMS, "mã SHA-256 của mọi tệp khác", "the SHA-256 of every other file"),
        (evidence.SEAL, "chữ ký của trục trên danh mục ấy", "the hub's signature of that list"),
        (evidence.RECORD, "điều trục ghi lúc nhận; cuối chuỗi sự kiện", "what the hub took down; the end of the chain of events"),
        (
            evidence.EVENTS,
            "các sự kiện, mỗi dòng mang SHA-256 của dòng trước",
            "the events, each with the SHA-256 of the one before",
        ),
        (evidence.ENVELOPE, "gói edXML nguyên gốc, đúng từng byte", "the original edXML, byte for byte"),
        (f"{evidence.ATTACHMENTS}/", "tệp gửi ngoài gói, tên là SHA-256 của nó", "files sent beside it, named by their SHA-256"),
        (f"{evidence.RECEIPTS}/", "biên nhận do trục ký, theo thứ tự", "the hub's signed receipts, in their order"),
        (f"{evidence.CERTIFICATES}/", "chứng thư của bên gửi, trục, các CA; danh sách thu hồi", "certificates; revocation lists"),
    )
)
_MEANS: Final = """\
CHỨNG MINH: ai ký văn bản; nội dung đúng từng byte; trục nhận lúc nào; trục bàn giao cho ai; họ báo lại gì.
KHÔNG CHỨNG MINH: đồng hồ của trục đúng (không có dấu thời gian của bên thứ ba); bên nhận đã đọc hay đồng ý.
Chuỗi sự kiện được nối và ký khi lập gói: từ đó không ai sửa được gói; việc trước đó thì dựa vào biên nhận, do trục ký
khi sự việc xảy ra (riêng «available» ký khi có người hỏi lần đầu), mỗi bên có thể giữ một bản từ lúc ấy.
Gói không tự bảo đảm cho mình: lấy chứng thư gốc (root) từ chính CA, đối chiếu chứng thư của trục với đơn vị vận hành.

PROVES: who signed the document; its content to the byte; when the hub accepted it; whom it was handed over to; what
they reported. DOES NOT PROVE: that the hub's clock was right (there is no third party's time stamp); that anybody read
it or agreed. The chain of events is made and signed with this package: nobody can change it since; for what was before,
rely on the receipts, which the hub signs when each fact becomes true («available» when somebody first asks), and which
each party can have kept since. No package vouches for itself: take the root certificate from the CA, and compare the
hub's certificate with its operator.
"""


def guide(matter: Matter, signers: Signers, certificates: Mapping[str, bytes]) -> bytes:
    """Write it. `certificates` are the files beside it."""
    document = matter.document
    head = (
        f"BẰNG CHỨNG ĐIỆN TỬ CỦA VĂN BẢN · EVIDENCE OF A DOCUMENT\n\nTrục · Hub: {' '.join(matter.hub.split())}\n"
        f"Mã văn bản trên trục · Id at the hub: {document.id}\nBên gửi · Sender: {document.sender}\n"
        f"Trục nhận lúc · Accepted: {moment(document.accepted_at)}\nTheo góc nhìn của · As seen by: {', '.join(matter.seen_by)}\n"
    )
    steps = "\n".join(
        f"{number}. {vi}\n   {en}\n" + "".join(f"\n{COMMAND}{each}\n" for each in commands)
        for number, (vi, en, *commands) in enumerate(_steps(matter, signers, certificates), 1)
    )
    kept = "Giải nén vào một thư mục trống rồi chạy ở đó. · Unpack into an empty folder and run the commands there."
    return f"{head}\n{_FILES}\n{_MEANS}\n{kept}\n\n{steps}".encode()


def _steps(matter: Matter, signers: Signers, certificates: Mapping[str, bytes]) -> Iterator[tuple[str, ...]]:
    """Give each step: Vietnamese, English, then its commands."""
    hub = signers.hubs[0][0]
    yield (
        "Bằng chương trình của trục, không cần mạng: lienthong evidence verify GOI.zip --ca THU-MUC-CA",
        "With the hub's program, offline: lienthong evidence verify PACKAGE.zip --ca CA-FOLDER",
    )
    yield (
        "Mọi tệp đúng như trong danh mục; tệp nào không có tên trong đó thì không thuộc gói:",
        "Every file is as the list says; what is not on the list does not belong to the package:",
        f"sha256sum --check {evidence.SUMS}",
    )
    yield (
        "Danh mục do trục ký:",
        "The hub signed the list:",
        f"openssl x509 -in {HUB} -noout -pubkey | openssl dgst -sha256 -verify /dev/stdin "
        f"-signature {evidence.SEAL} {evidence.SUMS}",
    )
    yield (
        "Chứng thư của ai, nối tới gốc nào; đối chiếu dấu vân tay của trục với đơn vị vận hành:",
        "Whose certificates, and their chains; compare the hub's fingerprint with its operator:",
        f"openssl x509 -in {HUB} -noout -subject -issuer -dates -fingerprint -sha256",
        _chain(HUB, _within(hub, _last(matter)), certificates),
        *([_chain(SENDER, matter.document.accepted_at, certificates)] if signers.sender else []),
    )
    yield (
        "Danh sách thu hồi: do CA ký; có số hiệu nào ở trên không (thu hồi sau lúc trục nhận thì chữ ký vẫn đúng):",
        "Revocation lists: signed by the CA; do they name a certificate (after acceptance: the signature stands):",
        *_revocations(certificates),
    )
    yield _envelope(matter, signers, certificates)
    yield (
        "Từng biên nhận do trục ký, tại giờ ghi trong đó:",
        "Each receipt is signed by the hub, at the time that it gives:",
        f"for f in {evidence.RECEIPTS}/*.xml; do t=$(date -u -d \"$(grep -o '</hub><at>[^<]*' \"$f\" | cut -c 11-)\" '+%F %T'); "
        f'xmlsec1 --verify --verification-gmt-time "$t" --enabled-key-data x509 --enabled-reference-uris empty,same-doc '
        f'{_trusted(certificates)} "$f" || echo "SAI · WRONG: $f"; done',
    )
    yield ("Chuỗi sự kiện không thiếu, không đảo dòng nào:", "No event is missing or out of its place:", _CHAIN)


def _envelope(matter: Matter, signers: Signers, certificates: Mapping[str, bytes]) -> tuple[str, ...]:
    document = matter.document
    apart = [each for each in document.attachments if each.apart]
    if not signers.sender:
        return (
            "Gói edXML không có chữ ký được kiểm tra: trục tin kênh truyền của bên gửi (xem trust ở document.json).",
            "No signature of the edXML was checked: the hub trusted the sender's channel (see trust in document.json).",
        )
    if trusted_as(document) is Trust.LEGACY or not all(_PLAIN.fullmatch(each.content_id) for each in apart):
        return (
            "Chữ ký của bên gửi: dùng chương trình của trục (SHA-1 kiểu cũ, hoặc tên tệp đặc biệt).",
            "The sender's signature: with the hub's program (old SHA-1, or unusual names of files).",
        )
    uris = "empty,same-doc" + (",remote,local" if apart else "")
    maps = (f"{shlex.quote(f'--url-map:{PART}{each.content_id}')} {evidence.attachment_file(each.sha256)} " for each in apart)
    return (
        "Bên gửi ký văn bản, chứng thư có hiệu lực lúc trục nhận:",
        "The sender signed the document, with a certificate that was valid when the hub accepted it:",
        f'xmlsec1 --verify --verification-gmt-time "{_utc(document.accepted_at)}" --enabled-key-data x509 '
        f"--enabled-reference-uris {uris} {''.join(maps)}{_trusted(certificates)} {evidence.ENVELOPE}",
    )


def _chain(file: str, at: datetime, certificates: Mapping[str, bytes]) -> str:
    roots = "".join(f"-trusted {name} " for name in _named("root", certificates))
    others = "".join(f"-untrusted {name} " for name in _named("ca", certificates))
    return f"openssl verify -attime {int(at.timestamp())} {roots}{others}{file}"


def _revocations(certificates: Mapping[str, bytes]) -> Iterator[str]:
    shown = (x509.load_pem_x509_certificate(octets) for name, octets in certificates.items() if name.endswith(".pem"))
    serials = "|".join(sorted(map(_serial, shown)))
    for name in certificates:
        if name.endswith(".crl"):
            yield f"openssl crl -in {name} -noout -issuer -lastupdate -nextupdate -CAfile {name.removesuffix('.crl')}.pem"
            yield (f"openssl crl -in {name} -noout -text | grep -E -A 1 '({serials})$' || echo 'không bị thu hồi · not revoked'")


def _trusted(certificates: Mapping[str, bytes]) -> str:
    roots = [f"--trusted-pem {name}" for name in _named("root", certificates)]
    return " ".join([*roots, *(f"--untrusted-pem {name}" for name in _named("ca", certificates))])


def _named(kind: str, certificates: Mapping[str, bytes]) -> list[str]:
    return [name for name in certificates if name.startswith(f"{evidence.CERTIFICATES}/{kind}-") and name.endswith(".pem")]


def _last(matter: Matter) -> datetime:
    return max([matter.document.accepted_at, *(each.at for each in matter.receipts)])


def _within(certificate: x509.Certificate, at: datetime) -> datetime:
    return min(max(at, certificate.not_valid_before_utc), certificate.not_valid_after_utc)


def _serial(certificate: x509.Certificate) -> str:
    digits = f"{certificate.serial_number:X}"
    return digits.zfill(len(digits) + len(digits) % 2)


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
