"""Checks that what waits on the other side is given, and acknowledged once."""

from contextlib import aclosing

from gateway.sdk import Collected, CollectedEnvelope, CollectedStatus, Refused, StatusCode
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import check, expect
from gateway.sdk.conformance.offering import accept, expect_document, offer, offer_status, outgoing, reported
from gateway.sdk.conformance.trial import Trial, bounded

REFUSED = Refused(code="schema-invalid", vi="Thiếu trích yếu của văn bản", en="The document has no subject")


async def _waiting(trial: Trial, *references: str) -> dict[str, Collected]:
    """Collect, and give what waits under these references, which has to be there, in that order."""
    given = await trial.collect()
    _expect_sound(given)
    order = [each.reference for each in given if each.reference in references]
    expect(
        order == list(references),
        f"đang chờ {list(references)}, được {order}",
        f"{list(references)} wait, {order} were given",
    )
    return {each.reference: each for each in given}


def _expect_sound(given: list[Collected]) -> None:
    kinds = {type(each).__name__ for each in given if not isinstance(each, CollectedEnvelope | CollectedStatus)}
    expect(not kinds, f"collect trả về {kinds}", f"collect gave {kinds}")


class CollectChecks:
    """What the other side wants sent comes in oldest first; it is given until it is acknowledged."""

    @check("Văn bản chờ gửi được lấy về đúng và đủ, cũ trước", "collect")
    async def test_documents_that_wait_are_given_whole_oldest_first(self, trial: Trial) -> None:
        documents = [outgoing(number, golden.CONTENT + number.encode()) for number in ("7", "8", "10")]
        references = [await offer(trial, each) for each in documents]
        given = await _waiting(trial, *references)
        for reference, document in zip(references, documents, strict=True):
            await expect_document(given[reference], document)

    @check("Chưa xác nhận thì lần sau lại được lấy", "collect")
    async def test_what_is_not_acknowledged_is_given_again(self, trial: Trial) -> None:
        references = [await offer(trial, outgoing(number)) for number in ("7", "8")]
        await _waiting(trial, *references)
        given = await _waiting(trial, *references)
        await accept(trial, given[references[0]])
        await _waiting(trial, references[1])

    @check("Đã xác nhận thì không lấy lại nữa, bên kia biết kết quả", "collect")
    async def test_what_is_accepted_is_told_so_and_not_given_again(self, trial: Trial) -> None:
        reference = await offer(trial, outgoing())
        await accept(trial, (await _waiting(trial, reference))[reference])
        said = (await trial.outcomes()).get(reference)
        expect(said == "accepted", f"bên kia biết: {said!r}", f"the other side knows: {said!r}")
        await trial.reopen()
        await _expect_gone(trial, reference)

    @check("Bị trục từ chối thì bên kia biết vì sao, và không lấy lại nữa", "collect")
    async def test_what_is_refused_is_told_why_and_not_given_again(self, trial: Trial) -> None:
        reference = await offer(trial, outgoing())
        given = (await _waiting(trial, reference))[reference]
        await bounded(trial.adapter.acknowledge(given, REFUSED))
        said = (await trial.outcomes()).get(reference) or ""
        expect(REFUSED.vi in said, f"bên kia biết: {said!r}", f"the other side knows: {said!r}")
        await _expect_gone(trial, reference)

    @check("Trục dừng giữa danh sách: phần còn lại không mất", "collect")
    async def test_of_a_list_that_is_left_half_way_the_rest_is_given_later(self, trial: Trial) -> None:
        references = [await offer(trial, outgoing(number)) for number in ("7", "8", "10")]
        async with aclosing(trial.adapter.collect()) as waiting:
            first = await bounded(anext(waiting))
            await accept(trial, first)
        await _waiting(trial, *(each for each in references if each != first.reference))

    @check("Trạng thái lấy về nêu đúng văn bản, mã và lời", "push", "collect")
    async def test_a_status_that_waits_names_its_delivery_and_is_given_once(self, trial: Trial) -> None:
        consignment = golden.consignment()
        await trial.deliver(consignment)
        words = "Đã vào sổ số 45"
        reference = await offer_status(trial, consignment.key, StatusCode.REGISTERED, words)
        collected = (await _waiting(trial, reference))[reference]
        said = await reported(collected)
        about = (consignment.key, f"{consignment.number}/{consignment.notation}")
        expect(said.about in about, f"trạng thái của {said.about!r}", f"a status of {said.about!r}")
        expect(said.code is StatusCode.REGISTERED, f"mã thành {said.code}", f"the code became {said.code}")
        expect(words in said.description, f"lời thành {said.description!r}", f"the words became {said.description!r}")
        await accept(trial, collected)
        await _expect_gone(trial, reference)

    @check("Văn bản và trạng thái cùng chờ thì cùng được lấy", "push", "collect")
    async def test_documents_and_statuses_that_wait_are_both_given(self, trial: Trial) -> None:
        consignment = golden.consignment()
        await trial.deliver(consignment)
        document = await offer(trial, outgoing())
        status = await offer_status(trial, consignment.key, StatusCode.COMPLETED, "Đã hoàn thành")
        given = {each.reference for each in await trial.collect()}
        lacking = {document, status} - given
        expect(not lacking, f"không được lấy: {lacking}", f"not given: {lacking}")


async def _expect_gone(trial: Trial, reference: str) -> None:
    given = {each.reference for each in await trial.collect()}
    expect(reference not in given, f"{reference} lại được lấy về", f"{reference} was given again")
