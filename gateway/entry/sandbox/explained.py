"""What was wrong with a call, in words for the one who wrote it: the code, where, by which article, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway.core.fault_codes import FAULTS
from gateway.core.findings import FINDINGS
from gateway.core.policy.catalogue import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One point about a call. `said` is what the hub said of this very case; `article` is of QĐ 4764/2017/QĐ-UBND."""

    code: str
    vi: str
    en: str = ""
    cure_vi: str = ""
    cure_en: str = ""
    said: str = ""
    path: str = ""
    line: int | None = None
    article: str | None = None
    severity: str = ""


def problems(document: Mapping[str, Any], status: int) -> tuple[Explained, ...]:
    """Explain a problem document (RFC 9457): each reason by the catalogue of faults; of another protocol's answer its status."""
    if "code" not in document:
        return (replace(_FOREIGN, said=f"HTTP {status}"),)
    reasons = document.get("errors") or [{"code": document.get("code", "")}]
    return tuple(_problem(each, document) for each in reasons)


def findings(answer: Mapping[str, Any]) -> tuple[Explained, ...]:
    """Explain what the hub tolerated in a document that it took."""
    return tuple(_finding(each) for each in answer.get("findings") or ())


_FOREIGN: Final = Explained(
    code="refused-by-face",
    vi="Bộ nối trả lời lỗi theo giao thức của nó (SOAP Fault chẳng hạn); lý do ở thân câu trả lời.",
    en="The adapter's face answered with a fault of its own protocol (a SOAP fault, say); the answer's body says why.",
    cure_vi="Đọc thân câu trả lời; tra mã trong đó ở danh mục lỗi.",
    cure_en="Read the answer's body; look its code up in the catalogue of faults.",
)


def _problem(reason: Mapping[str, Any], document: Mapping[str, Any]) -> Explained:
    code = str(reason.get("code") or document.get("code") or "")
    known = FAULTS.get(code) or FAULTS.get(str(document.get("code")))
    said = str(reason.get("message") or "")
    return Explained(
        code=code,
        vi=known.vi if known else str(document.get("title", "")),
        en=known.en if known else "",
        cure_vi=known.cure_vi if known else "",
        cure_en=known.cure_en if known else "",
        said="" if known and said in {known.vi, known.en} else said,
        path=str(reason.get("path") or ""),
        line=reason.get("line"),
        article=reason.get("article"),
    )


def _finding(found: Mapping[str, Any]) -> Explained:
    code = str(found["code"])
    rule, known, said = RULES.get(code), FINDINGS.get(code), str(found.get("message") or "")
    return Explained(
        code=code,
        vi=known.vi if known else said,
        en=rule.en if rule else "",
        cure_vi=rule.cure_vi if rule else "Sửa ở nơi tạo gói edXML; văn bản vẫn được chuyển.",
        cure_en=rule.cure_en if rule else "Mend it where the envelope is made; the document goes on.",
        said="" if known and said == known.vi else said,
        path=str(found.get("path") or ""),
        article=found.get("article"),
        severity=str(found.get("severity") or ""),
    )
