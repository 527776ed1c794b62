"""The catalogue of findings: what the hub tolerated or noticed, in words for both sides. None of them stops a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.core.model import Document, Finding, Severity, Trust
from gateway.core.policy.catalogue import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCode:
    """What a code means to a person. `article` is of QĐ 4764/2017/QĐ-UBND."""

    severity: Severity
    vi: str
    article: str | None = None


def _info(vi: str, article: str | None = None) -> FindingCode:
    return FindingCode(severity=Severity.INFO, vi=vi, article=article)


def _warning(vi: str, article: str | None = None) -> FindingCode:
    return FindingCode(severity=Severity.WARNING, vi=vi, article=article)


FINDINGS: dict[str, FindingCode] = {
    # the form of the XML
    "namespace-old": _info("Không gian tên của thế hệ cũ; hãy dùng http://www.mic.gov.vn/TBT/QCVN_102_2016."),
    "order-changed": _info("Thứ tự phần tử khác QCVN 102:2016."),
    "unknown-element": _info("Phần tử không có trong QCVN 102:2016 nên không được đọc."),
    "unknown-attribute": _info("Thuộc tính không có trong QCVN 102:2016 nên không được đọc."),
    "stray-text": _warning("Có chữ nằm ngoài các phần tử con nên không được đọc."),
    "empty-element": _info("Phần tử rỗng được coi là không có."),
    "whitespace-trimmed": _info("Khoảng trắng thừa ở đầu hoặc cuối giá trị."),
    "findings-omitted": _info("Còn những điểm khác không được liệt kê."),
    # the content of the envelope
    "business-missing": _info("Thiếu Bussiness nên coi là văn bản mới (0)."),
    "trace-missing": _info("Thiếu TraceHeader của nơi gửi."),
    "organ-null": _info("Mã cơ quan trong TraceHeader thiếu hoặc là «null»."),
    "paper-misplaced": _info("Paper phải nằm trong Bussiness."),
    "code-number-long": _warning("Số văn bản dài quá 11 ký tự (NĐ 30/2020 Phụ lục VI)."),
    "cid-missing": _info("ContentId thiếu tiền tố «cid:»."),
    "content-type-differs": _info("Kiểu nội dung ở Manifest khác với ở tệp đính kèm."),
    # the signature and the receivers
    "unsigned-envelope": _warning("Gói không có chữ ký XML, chỉ được xác thực bằng kênh truyền.", "6.1, 14"),
    "pdf-signed": _info("Tệp PDF có chữ ký số hợp lệ của cơ quan gửi.", "6.1, 14"),
    "signature-ignored": _warning(
        "Gói có chữ ký XML nhưng không được kiểm tra, vì cơ quan được tin theo kênh truyền.", "6.1, 14"
    ),
    "legacy-signature": _warning("Chữ ký dùng SHA-1, chỉ được chấp nhận tới một thời hạn.", "6.1"),
    "receiver-duplicate": _warning("Một nơi nhận được ghi bằng nhiều mã; chỉ giao một lần."),
    # the rules of the policy, where they do not stop a document
    **{code: FindingCode(severity=rule.severity, vi=rule.vi, article=rule.article) for code, rule in RULES.items()},
}


_TRUSTED_BY: Final[Mapping[str, Trust]] = {"unsigned-envelope": Trust.CHANNEL, "legacy-signature": Trust.LEGACY}
"""The findings that tell of an exception: each is written whenever it was made use of."""


def trusted_as(document: Document) -> Trust:
    """Tell by what the hub knew the sender when it accepted a document."""
    found = (_TRUSTED_BY.get(each.code) for each in document.findings)
    return next((each for each in found if each is not None), Trust.SIGNED)


def finding(code: str, path: str, detail: str = "") -> Finding:
    """Make a finding of the catalogue at a path; `detail` says what exactly was seen."""
    entry = FINDINGS[code]
    message = f"{entry.vi.removesuffix('.')} ({detail})." if detail else entry.vi
    return Finding(code=code, path=path, message=message, severity=entry.severity, article=entry.article)
