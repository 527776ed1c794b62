"""Checks that golden documents arrive whole."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from gateway.core.envelope import ReceiverChange, Replacement, UpdateInfo
from gateway.core.faults import Undeliverable
from gateway.sdk import BusinessType, Consignment, Priority, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import check, expect
from gateway.sdk.conformance.comparing import BUSINESS, expect_whole, fields_held, files_held
from gateway.sdk.conformance.trial import Trial

PLAN: Final = "Tờ trình phê duyệt quy hoạch đường Ngã Ba Bến Lức.pdf"
HARMFUL: Final = '../../etc/Phụ lục "1"; <b>\r\nX-Evil: 1\r\n.pdf'
REASON: Final = "Ban hành nhầm thẩm quyền"


def _lettered(form: str) -> Callable[[], Consignment]:
    def made() -> Consignment:
        spelled = unicodedata.normalize(form, PLAN)  # type: ignore[arg-type]  # NFC or NFD
        subject = unicodedata.normalize(form, "Về việc phê duyệt quy hoạch đường")  # type: ignore[arg-type]
        return golden.consignment(golden.document(attachments=(golden.attachment(name=spelled),), subject=subject))

    return made


def _of_two(first: str, second: str) -> Callable[[], Consignment]:
    def made() -> Consignment:
        one = golden.attachment("mot", golden.CONTENT, first)
        two = golden.attachment("hai", golden.CONTENT[::-1], second)
        return golden.consignment(golden.document(attachments=(one, two)))

    return made


def business_of(kind: BusinessType) -> edxml.Business:
    """Make what a document says that is about another: a recall, an update or a replacement."""
    about = f"{golden.SENDER},2026/05/05,9/CV-SNV"
    staff = edxml.StaffInfo(staff="Lê Thị Ánh", email="anh@thanhhoa.gov.vn")
    usual = edxml.Business(type=kind, reason=REASON, document_id=about, paper=True, staff=staff)
    if kind is BusinessType.UPDATE:
        change = ReceiverChange(organ_id=golden.RECEIVER, added=True)
        update = UpdateInfo(document_info=True, document_receiver=True, receivers=(change,))
        return replace(usual, update=update)
    if kind is BusinessType.REPLACE:
        return replace(usual, replacements=(Replacement(document_id=about, organ_ids=(golden.RECEIVER,)),))
    return usual


DOCUMENTS: Final[dict[str, Callable[[], Consignment]]] = {
    "plain": golden.consignment,
    "without-attachments": lambda: golden.consignment(golden.document(attachments=())),
    "nfc": _lettered("NFC"),
    "nfd": _lettered("NFD"),
    "two-attachments": _of_two("Phụ lục I.pdf", "Phụ lục II.pdf"),
    "two-of-one-name": _of_two(golden.NAME, golden.NAME),
    "harmful-name": lambda: golden.consignment(golden.document(attachments=(golden.attachment(name=HARMFUL),))),
}


class WholeChecks:
    """A document is handed over with nothing essential lost, and its attachments the same to the bit."""

    @check("Văn bản mẫu đến nơi nguyên vẹn", "push")
    @pytest.mark.parametrize("named", DOCUMENTS)
    async def test_a_golden_document_arrives_whole(self, trial: Trial, named: str) -> None:
        consignment = DOCUMENTS[named]()
        taken = await trial.deliver(consignment)
        held = await trial.only()
        await expect_whole(held, consignment)
        named_alike = None in {taken.reference, held.reference} or taken.reference == held.reference
        expect(
            named_alike,
            f"mã tham chiếu {taken.reference!r} không phải của bên kia ({held.reference!r})",
            f"the reference {taken.reference!r} is not the other side's ({held.reference!r})",
        )

    @check("Tên tệp tiếng Việt vẫn đọc được", "push")
    @pytest.mark.parametrize("form", ["nfc", "nfd"])
    async def test_a_vietnamese_file_name_stays_readable(self, trial: Trial, form: str) -> None:
        consignment = DOCUMENTS[form]()
        await trial.deliver(consignment)
        names = [name for name, _ in await files_held(await trial.only(), consignment)]
        stem = PLAN.removesuffix(".pdf")
        readable = any(stem in unicodedata.normalize("NFC", name) for name in names)
        expect(readable, f"tên tệp thành {names}", f"the file's name became {names}")

    @check("Tệp đính kèm đi ngoài phong bì đến nơi nguyên vẹn", "push", "separate")
    async def test_attachments_beside_the_envelope_arrive_whole(self, trial: Trial) -> None:
        one, two = golden.part("mot", golden.CONTENT, "Phụ lục I.pdf"), golden.part("hai", golden.CONTENT[::-1], "Phụ lục II.pdf")
        inside = golden.attachment("ba", golden.CONTENT * 2, "Phụ lục III.pdf")
        consignment = golden.consignment(golden.document(attachments=(inside,)), one, two)
        await trial.deliver(consignment)
        await expect_whole(await trial.only(), consignment)

    @check("Mọi độ khẩn đều đến nơi", "push")
    async def test_every_priority_arrives(self, trial: Trial) -> None:
        consignments = {}
        for priority in Priority:
            number = str(20 + priority)
            consignments[number] = golden.consignment(golden.document(number, other_info=edxml.OtherInfo(priority=priority)))
            await trial.deliver(consignments[number])
        for held in await trial.held():
            number = fields_held(held).get("MessageHeader/Code/CodeNumber", "")
            expect(number in consignments, f"văn bản lạ: số {number!r}", f"an unknown document: number {number!r}")
            await expect_whole(held, consignments.pop(number))
        expect(not consignments, f"không đến nơi: {', '.join(consignments)}", f"did not arrive: {', '.join(consignments)}")

    @check("Văn bản phúc đáp hai văn bản đến nơi nguyên vẹn", "push")
    async def test_a_reply_to_two_documents_arrives_whole(self, trial: Trial) -> None:
        package = golden.document("13")
        (first,) = package.header.response_for
        answers = (first, replace(first, code="8/UBND-VP", document_id=f"{golden.RECEIVER},2026/05/04,8/UBND-VP"))
        consignment = golden.consignment(replace(package, header=replace(package.header, response_for=answers)))
        await trial.deliver(consignment)
        await expect_whole(await trial.only(), consignment)

    @check("Văn bản thu hồi, cập nhật, thay thế không bao giờ thành văn bản mới", "push")
    @pytest.mark.parametrize("kind", [BusinessType.RECALL, BusinessType.UPDATE, BusinessType.REPLACE], ids=lambda kind: kind.name)
    async def test_a_recall_an_update_or_a_replacement_never_becomes_a_new_document(
        self, trial: Trial, kind: BusinessType
    ) -> None:
        consignment = golden.consignment(golden.document("14", business=business_of(kind)))
        try:
            await trial.deliver(consignment)
        except Undeliverable:  # a vendor's format that cannot say it refuses it, aloud
            expect(not await trial.held(), "từ chối mà vẫn chuyển", "refused, and handed over all the same")
            return
        held = await trial.only()
        await expect_whole(held, consignment)
        said = fields_held(held).get(BUSINESS)
        expect(said == str(int(kind)), f"BussinessDocType thành {said!r}", f"BussinessDocType became {said!r}")
