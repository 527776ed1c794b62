from datetime import date, datetime, timedelta

import pytest
from lxml import etree

from gateway.core import reading, xmlsafe
from gateway.core.envelope import DocumentPackage, StatusPackage
from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, BusinessType, Kind, Priority, StatusCode
from tests.edxml import NAMES, TODAY, changed, codes, found, problems, read, sample, schema, without

DS = "http://www.w3.org/2000/09/xmldsig#"


def document(data: bytes) -> DocumentPackage:
    package = read(data).package
    assert isinstance(package, DocumentPackage)
    return package


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_read_with_nothing_to_tolerate(name: str) -> None:
    assert found(sample(name)) == set()


def test_a_document_is_read_with_every_element() -> None:
    package = document(sample())
    header = package.header
    assert (header.sender.organ_id, [to.organ_id for to in header.receivers]) == ("000.00.00.H99", ["000.00.21.H99", "H99.31.07"])
    assert (header.code.number, header.code.notation, str(header.code)) == ("412", "UBND-NN", "412/UBND-NN")
    assert (header.promulgation_date, header.due_date, header.place) == (date(2026, 3, 16), date(2026, 3, 31), "Lam Giang")
    assert header.subject == "V/v rà soát hồ đập & kênh mương trước mùa mưa bão, mực nước < 2 m"
    assert header.other_info is not None
    assert header.other_info.priority is Priority.VERY_URGENT
    assert (header.other_info.direction, header.other_info.appendixes) == (False, ("Mẫu biểu số 01", "Mẫu biểu số 02"))
    assert [answered.code for answered in header.response_for] == ["88/STL-QLCT"]
    assert (header.steering_type, header.to_places) == (2, ("Như trên", "Lưu: VT, NN"))
    assert package.trace.hops[0].timestamp == datetime(2026, 3, 16, 8, 15, 30, tzinfo=VIETNAM)
    assert [(each.content_id, each.name) for each in package.attachments] == [
        ("0d9f6f0e-52a4-4f0a-9f4e-2a1a7a3c8e11", "412_UBND-NN.pdf")
    ]


def test_an_update_says_what_it_changes() -> None:
    trace = document(sample("update")).trace
    assert trace.business.type is BusinessType.UPDATE
    assert trace.business.update is not None
    assert [(each.organ_id, each.added) for each in trace.business.update.receivers] == [
        ("H99.31.08", True),
        ("000.00.21.H99", False),
    ]
    assert (trace.id, trace.version, trace.must_understand) == ("5f0c2e9a", "1.0", "1")


def test_a_replacement_names_each_replaced_document_and_its_receivers() -> None:
    package = document(sample("replacement"))
    assert package.trace.business.type is BusinessType.REPLACE
    assert [replaced.organ_ids for replaced in package.trace.business.replacements] == [("000.00.21.H99", "H99.31.07"), ()]
    assert (package.header.task_codes, package.header.application_type) == (("NV-2026-031",), "MCDT_DT")


@pytest.mark.parametrize(("name", "code"), [("status_03", StatusCode.REGISTERED), ("status_13", StatusCode.RECALL_REQUESTED)])
def test_a_status_is_read(name: str, code: StatusCode) -> None:
    result = read(sample(name))
    assert isinstance(result.package, StatusPackage)
    assert (result.kind, result.package.status_code, result.package.response_for.code) == (Kind.STATUS, code, "412/UBND-NN")
    assert result.package.staff is not None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (changed("V/v rà soát", "V/v <b>không</b> rà soát"), "T.MessageHeader.Subject"),
        (changed("<edXML:From>", '<x:From xmlns:x="urn:x"><OrganId>H99</OrganId></x:From><edXML:From>'), "M.MessageHeader.From"),
        (changed("<AttachmentEncoded>", "<junk><edXMLEnvelope/></junk><AttachmentEncoded>"), "M.junk"),
        (
            changed("</edXML:edXMLHeader>", f'<Signature xmlns="{DS}"><MessageHeader/></Signature></edXML:edXMLHeader>'),
            "M.Signature",
        ),
        (changed("<edXML:MessageHeader>", "<edXML:MessageHeader/><edXML:MessageHeader>"), "M.MessageHeader"),
    ],
)
def test_what_another_reader_could_take_for_the_document_is_refused(data: bytes, code: str) -> None:
    assert code in codes(data)


def test_two_receivers_of_one_id_are_refused() -> None:
    assert codes(sample().replace(b"H99.31.07", b"000.00.21.H99")) == {"M.MessageHeader.To.OrganId"}


def test_a_document_promulgated_tomorrow_is_refused() -> None:
    tomorrow, code = TODAY + timedelta(days=1), "R.MessageHeader.PromulgationInfo.PromulgationDate"
    assert codes(changed("PromulgationDate>2026/03/16", f"PromulgationDate>{TODAY:%Y/%m/%d}")) == set()
    assert codes(changed("PromulgationDate>2026/03/16", f"PromulgationDate>{tomorrow:%Y/%m/%d}")) == {code}


def test_an_attachment_that_the_manifest_does_not_name_is_refused() -> None:
    assert codes(changed("<ContentId>cid:0d9f", "<ContentId>cid:ffff")) == {"M.AttachmentEncoded.Attachment.ContentId"}


def test_an_attachment_without_content_is_refused() -> None:
    data = sample()
    start, end = data.index(b">UEsDB") + 1, data.index(b"</edXML:ContentTransferEncoded>")
    assert codes(data[:start] + b"\n" + data[end:]) == {"N.AttachmentEncoded.Attachment.ContentTransferEncoded"}


def test_without_inline_content_the_attachments_are_mime_parts() -> None:
    (attachment,) = document(without("AttachmentEncoded")).attachments
    assert attachment.encoded is None


def test_inline_attachments_and_mime_parts_may_be_mixed() -> None:
    data = sample("replacement")
    first, second = data.index(b"    <Attachment>"), data.rindex(b"    <Attachment>")
    assert [attachment.encoded is None for attachment in document(data[:first] + data[second:]).attachments] == [True, False]


def test_attachments_come_in_the_order_of_the_manifest() -> None:
    data = sample("replacement")
    first, second = data.index(b"    <Attachment>"), data.rindex(b"    <Attachment>")
    end = data.index(b"  </AttachmentEncoded>")
    assert document(data[:first] + data[second:end] + data[first:second] + data[end:]) == document(data)


def test_the_declared_type_of_the_attachment_wins_over_the_manifest_and_is_noted() -> None:
    data = changed("<edXML:ContentType>application/zip", "<edXML:ContentType>application/pdf")
    assert document(data).attachments[0].content_type == "application/zip"
    assert found(data) == {("content-type-differs", "AttachmentEncoded/Attachment/ContentType")}


def test_the_base64_text_is_carried_as_it_was_sent() -> None:
    (attachment,) = document(changed(">UEsDB", ">\r\nUEs&#13;\nDB ")).attachments
    assert (attachment.encoded or "").startswith("\nUEs\r\nDB ")


def test_reading_leaves_the_tree_as_it_was() -> None:
    root = xmlsafe.parse(sample())
    first = reading.read(root, schema(), today=TODAY)
    assert etree.tostring(root) == etree.tostring(xmlsafe.parse(sample()))
    assert reading.read(root, schema(), today=TODAY) == first


def test_a_status_is_not_read_as_a_document_nor_the_other_way() -> None:
    with pytest.raises(Rejected, match="not-a-document"):
        reading.read_document(xmlsafe.parse(sample("status_03")), schema(), today=TODAY)
    with pytest.raises(Rejected, match="not-a-status"):
        reading.read_status(xmlsafe.parse(sample()), schema(), today=TODAY)


def test_nineteen_thousand_places_are_read_in_a_second() -> None:
    began = datetime.now(VIETNAM)
    assert (
        len(document(changed("<edXML:Place>Như trên</edXML:Place>", "<edXML:Place>x</edXML:Place>" * 19_000)).header.to_places)
        == 19_001
    )
    assert datetime.now(VIETNAM) - began < timedelta(seconds=1)


def test_a_refusal_without_any_problem_does_not_exist() -> None:
    for data in (b"<a/>", without("From"), changed("000.00.00.H99", "!"), changed("V/v", "<b/>V/v")):
        assert problems(data)


def test_an_element_of_attachments_inside_a_value_is_a_mistake_among_others() -> None:
    data = changed("V/v", "<edXML:ContentTransferEncoded>x</edXML:ContentTransferEncoded>V/v")
    assert any("Subject" in each.path for each in problems(data))
