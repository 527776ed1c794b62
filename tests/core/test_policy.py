"""Every rule of the policy: what breaks it, what the hub says, by which article, and what it does by default."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from gateway.core import writing
from gateway.core.envelope import Code, DocumentPackage, DocumentType, OtherInfo, ResponseFor, SignerInfo
from gateway.core.faults import Rejected
from gateway.core.intake import Intake
from gateway.core.model import VIETNAM, BusinessType, State
from gateway.core.pdf import PdfFacts, PdfProblem, PdfSignature
from gateway.core.policy.case import Observation
from gateway.core.policy.catalogue import RULES, Action
from gateway.core.policy.enclosures import PATH
from tests.documents import COMMUNE, DAY, DEPARTMENT, PDF, PROVINCE, attachment, document
from tests.judging import archive, business, judge

TCVN3 = "C«ng v¨n b¶o ®¶m an toµn th«ng tin m¹ng"
BROKEN = PdfSignature(certificate_sha256="0" * 64, signer="Sở A (mẫu)", signed_at=None, intact=False, whole=True)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def of_type(name: str, **more: Any) -> DocumentPackage:
    return document(document_type=DocumentType(type=1, type_name=name), **more)


def enclosing(content: bytes, name: str = "van-ban.pdf") -> DocumentPackage:
    return document(attachments=(attachment(content, name=name),))


def with_pdf(facts: PdfFacts, **other: Any) -> Callable[[], Intake]:
    package = document(attachments=(attachment(),), other_info=OtherInfo(**other))
    return lambda: judge(package, pdfs={"a1": facts})


def flagged(element: str) -> bytes:
    """A document with an element of a vendor's own in its header."""
    return writing.emit(document()).replace(b"<edXML:Subject>", f"{element}<edXML:Subject>".encode())


def replying(**fields: Any) -> tuple[ResponseFor, ...]:
    return (ResponseFor(organ_id=DEPARTMENT, code="12/SNN", promulgation_date=DAY, **fields),)


def noticed(code: str) -> Callable[[], Intake]:
    return lambda: judge(document(), noticed=[Observation(code=code, path=PATH)])


CASES: dict[str, list[DocumentPackage | bytes | Callable[[], Intake]]] = {
    "state-secret": [
        document(subject="Tối mật: Kế hoạch phòng thủ"),
        document(subject="TUYỆT MẬT"),
        document(subject="V/v Mật: kế hoạch phòng thủ"),
        document(subject="MẬT Kế hoạch bảo vệ mục tiêu"),
        document(subject="(Mật) Báo cáo tình hình"),
        document(subject="Báo cáo tình hình [TỐI MẬT]"),
        document(subject="Báo cáo tình hình, độ mật: Mật"),
        document(subject=unicodedata.normalize("NFD", "Mật - Báo cáo")),
        document(subject="M\u200bật: Báo cáo"),
        document(subject="Tèi mËt: kÕ ho¹ch b¶o vÖ"),
        of_type("Mật"),
        document(other_info=OtherInfo(sphere_of_promulgation="Tuyệt mật")),
        flagged("<edXML:DoMat>1</edXML:DoMat>"),
        flagged("<edXML:Vendor><edXML:SecretLevel>Mật</edXML:SecretLevel></edXML:Vendor>"),
        flagged("<edXML:LoaiVanBan>Tuyệt mật</edXML:LoaiVanBan>"),
        writing.emit(document()).replace(b"<edXML:MessageHeader>", b'<edXML:MessageHeader DoMat="2">'),
    ],
    "complaint-paper": [
        document(subject="Đơn khiếu nại của ông Nguyễn Văn Mẫu"),
        document(subject="V/v chuyển đơn tố cáo của công dân"),
        of_type("Đơn tranh chấp đất đai"),
    ],
    "text-decomposed": [
        document(subject=unicodedata.normalize("NFD", "V/v kết nối")),
        document(signer_info=SignerInfo(full_name=unicodedata.normalize("NFD", "Nguyễn Văn Mẫu"))),
    ],
    "text-legacy-encoding": [document(subject=TCVN3), document(content="Veà vieäc taêng cöôøng coâng taùc baûo ñaûm an toaøn")],
    "value-sentinel": [
        document(subject="N/A"),
        document(signer_info=SignerInfo(full_name="null")),
        document(place="Không xác định"),
        document("0"),
    ],
    "document-id-differs": [
        document(document_id=f"{PROVINCE},2026/11/22,1/UBND-VP"),
        document(document_id=f"{PROVINCE},2026/11/23,2/UBND-VP"),
        document(document_id=f"{DEPARTMENT},2026/11/23,1/UBND-VP"),
    ],
    "document-id-impossible": [document(document_id=f"{PROVINCE},2014/02/30,1/UBND-VP")],
    "issued-late": [lambda: judge(document(), now=datetime(2026, 11, 24, 11, 31, tzinfo=VIETNAM))],
    "sender-among-receivers": [document(to=(DEPARTMENT, PROVINCE))],
    "business-reason-missing": [business(document(business_type=BusinessType.RECALL), reason=None)],
    "paper-required": [
        document(code=Code(number="4764", notation="2026/QĐ-UBND"), document_id="u"),
        of_type("Tờ trình", sender=COMMUNE, to=(PROVINCE,)),
    ],
    "paper-needless": [business(of_type("Giấy mời"), paper=True), business(of_type("Báo cáo"), paper=True)],
    "response-due-missing": [
        document(subject="V/v đề nghị báo cáo tình hình kết nối"),
        document(content="Sở A xin ý kiến các đơn vị về dự thảo"),
        document(steering_type=2),
    ],
    "due-before-issue": [document(due_date=date(2026, 11, 20))],
    "due-at-once": [document(due_date=DAY)],
    "reply-unlinked": [document(subject="V/v trả lời Công văn số 12/SNN")],
    "reply-unknown": [noticed("reply-unknown")],
    **{code: [noticed(code)] for code in ("recall-target-unknown", "update-target-unknown", "replacement-target-unknown")},
    "pdf-signature-missing": [document(), enclosing(PDF)],
    "pdf-signature-broken": [with_pdf(PdfFacts(pages=1, has_text=True, signatures=(BROKEN,)))],
    "page-amount-differs": [with_pdf(PdfFacts(pages=3, has_text=True), page_amount=4)],
    "attachment-type-differs": [enclosing(b"\x89PNG\r\n\x1a\n....")],
    "attachment-name-unsafe": [
        enclosing(PDF, "../../etc/passwd.pdf"),
        enclosing(PDF, "hoa\u202efdp.pdf"),
        enclosing(PDF, "a" * 90 + ".pdf"),
        enclosing(PDF, unicodedata.normalize("NFD", "Báo cáo.pdf")),
    ],
    "attachment-corrupted": [enclosing(b"%PDF-1.7\n%" + b"\xef\xbf\xbd" * 40 + b"\n%%EOF\n")],
    "attachment-bomb": [
        enclosing(archive(bomb=bytes(60_000_000))),
        enclosing(archive(**{f"{number}": bytes(40_000_000) for number in range(4)}), "a.zip"),
    ],
    "attachment-executable": [
        enclosing(b"MZ\x90\x00" + bytes(100)),
        enclosing(b"echo", "chay.bat"),
        enclosing(archive(**{"ho-so/cai-dat.exe": b"", "b": b""}), "ho-so.zip"),
    ],
    "attachment-macro": [
        enclosing(archive(**{"[Content_Types].xml": b"", "word/vbaProject.bin": b""}), "a.docm"),
        enclosing(OLE + "_VBA_PROJECT".encode("utf-16-le"), "a.xls"),
    ],
    "attachment-locked": [
        enclosing(OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx"),
        with_pdf(PdfFacts(problem=PdfProblem.LOCKED)),
    ],
    "attachment-infected": [noticed("attachment-infected")],
    "attachment-unscanned": [noticed("attachment-unscanned")],
    "pdf-unreadable": [with_pdf(PdfFacts(problem=PdfProblem.UNREADABLE))],
    "pdf-unexamined": [
        with_pdf(PdfFacts(problem=PdfProblem.TOO_LARGE)),
        with_pdf(PdfFacts(problem=PdfProblem.TOO_SLOW)),
    ],
    "pdf-without-text": [with_pdf(PdfFacts(pages=1, has_text=False))],
}
"""For each rule, documents that break it."""

BREAKING = [pytest.param(code, case, id=f"{code}-{number}") for code, cases in CASES.items() for number, case in enumerate(cases)]

CLEAN: dict[str, DocumentPackage | bytes] = {
    "density is no secrecy": document(subject="Mật độ dân số các xã, phường"),
    "density in capitals": document(subject="MẬT ĐỘ DÂN SỐ CÁC XÃ, PHƯỜNG"),
    "about protecting secrets": document(subject="Tăng cường bảo vệ bí mật nhà nước (bí mật nhà nước, an ninh mạng)"),
    "information security": document(subject="Bảo mật thông tin trên mạng"),
    "a harmless flag": flagged("<edXML:DoMat>Thường</edXML:DoMat>"),
    "another vendor's element": flagged("<edXML:LoaiSo>Mật mã</edXML:LoaiSo>"),
    "about complaints": document(subject="Báo cáo công tác giải quyết khiếu nại, tố cáo"),
    "another form of document id": document(document_id="0d9f6f0e-7a52-4c62-9a50-000000000001"),
    "urgent, due today": document(due_date=DAY, other_info=OtherInfo(priority=3)),  # type: ignore[arg-type]
    "a reply with its link": document(subject="V/v trả lời Công văn số 12/SNN", response_for=replying()),
    "asked with a due date": document(subject="V/v đề nghị báo cáo", due_date=date(2026, 12, 1)),
    "a submission with paper": business(of_type("Tờ trình", sender=COMMUNE, to=(PROVINCE,)), paper=True),
    "a submission among others": of_type("Tờ trình", to=(DEPARTMENT,)),
    "an invitation": of_type("Giấy mời"),
    "an office file": enclosing(archive(**{"[Content_Types].xml": b"", "word/document.xml": b""}), "Báo cáo.docx"),
    "an archive": enclosing(archive(a=b"a", b=b"b"), "ho-so.zip"),
    "one replacement character": enclosing(PDF + b"\xef\xbf\xbd", "a.pdf"),
}
"""What is legal though it looks like one of the former."""


def outcome(case: DocumentPackage | bytes | Callable[[], Intake]) -> Intake:
    return case() if callable(case) else judge(case)


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize(("code", "case"), BREAKING)
def test_what_breaks_a_rule_has_the_consequence_of_the_catalogue_in_vietnamese_with_its_article(
    code: str, case: DocumentPackage | bytes | Callable[[], Intake]
) -> None:
    rule = RULES[code]
    if rule.action is Action.REFUSE:
        with pytest.raises(Rejected) as caught:
            outcome(case)
        problem = next(each for each in caught.value.problems if each.code == code)
        assert caught.value.code == code and problem.vi.startswith(rule.vi[:-1])
        assert rule.article is None or f"Điều {rule.article}." in problem.vi
        return
    taken = outcome(case)
    finding = next(each for each in taken.document.findings if each.code == code)
    assert (finding.article, finding.severity) == (rule.article, rule.severity) and finding.message.startswith(rule.vi[:-1])
    held = State.SUSPENDED if rule.action is Action.HOLD else State.AVAILABLE
    assert {each.state for each in taken.deliveries} == {held}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CLEAN.items()])
def test_what_is_legal_is_not_taken_for_broken(case: DocumentPackage | bytes) -> None:
    told = {each.code for each in judge(case).document.findings if each.code in RULES}
    assert told == {"pdf-signature-missing"}


def test_a_document_issued_by_the_next_working_morning_is_in_time() -> None:
    found = judge(document(), now=datetime(2026, 11, 24, 11, 30, tzinfo=VIETNAM)).document.findings
    assert "issued-late" not in {each.code for each in found}


def test_a_friday_s_document_may_be_issued_on_monday_morning() -> None:
    friday = document(promulgation_date=date(2026, 11, 20), document_id="u")
    found = judge(friday, now=datetime(2026, 11, 23, 11, 0, tzinfo=VIETNAM)).document.findings
    assert "issued-late" not in {each.code for each in found}


def test_every_reason_of_a_refusal_is_told_at_once() -> None:
    with pytest.raises(Rejected) as caught:
        judge(document(subject="Tối mật: đơn", document_type=DocumentType(type=1, type_name="Đơn khiếu nại")))
    assert {each.code for each in caught.value.problems} == {"state-secret", "complaint-paper"}


def test_a_state_secret_is_refused_before_its_attachments_are_looked_at() -> None:
    secret = document(subject="Mật: kế hoạch", attachments=(replace(attachment(), encoded="không phải base64"),))
    with pytest.raises(Rejected) as caught:
        judge(secret)
    assert caught.value.code == "state-secret"


@pytest.mark.parametrize("announced", [2, 5])
def test_pages_may_be_counted_of_the_principal_document_or_of_all(announced: int) -> None:
    both = (attachment(), attachment(content_id="a2", name="phu-luc.pdf"))
    package = document(attachments=both, other_info=OtherInfo(page_amount=announced))
    facts = {"a1": PdfFacts(pages=2, has_text=True), "a2": PdfFacts(pages=3, has_text=True)}
    assert "page-amount-differs" not in {each.code for each in judge(package, pdfs=facts).document.findings}


@pytest.mark.parametrize(
    ("package", "needed"),
    [
        (document(subject="Thông báo nghỉ lễ"), False),
        (document(subject="Thông báo nghỉ lễ", due_date=date(2026, 12, 1)), True),
        (document(subject="Thông báo", steering_type=2), True),
        (document(subject="V/v lấy ý kiến dự thảo"), True),
    ],
)
def test_a_document_is_classified_by_whether_it_needs_a_response(package: DocumentPackage, *, needed: bool) -> None:
    assert judge(package).document.response_needed is needed
