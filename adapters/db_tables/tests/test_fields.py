"""What a mapping's columns can hold comes back as it was, whatever the document says."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.sdk import BusinessType, Priority, edxml
from gateway.sdk.conformance import golden

from .. import paths
from ..columns import Column
from ..mapping import Mapping, load
from ..rows import fields_of, row_of
from ..tables import Tables

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY"
MARKS = "àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
OTHERS = "0123456789 /-.,;:'\"<>&%_\\()«»–"
words = st.text(LETTERS + MARKS + MARKS.upper() + OTHERS, min_size=1, max_size=40).map(str.strip).filter(bool)
maybe = st.none() | words
numbers = st.none() | st.integers(0, 9999)
days = st.dates(date(1990, 1, 1), date(2099, 12, 31))
organs = st.from_regex(r"\A[A-Z][0-9]{2}(\.[A-Z0-9]{2,4}){0,3}\Z") | st.from_regex(
    r"\A[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}\Z"
)
answers = st.builds(edxml.ResponseFor, organ_id=organs, code=words, promulgation_date=days, document_id=maybe)
businesses = st.builds(
    edxml.Business,
    type=st.sampled_from(BusinessType),
    reason=maybe,
    document_id=maybe,
    replacements=st.lists(
        st.builds(edxml.Replacement, document_id=words, organ_ids=st.lists(organs, max_size=3).map(tuple)), max_size=3
    ).map(tuple),
    update=st.none()
    | st.builds(
        edxml.UpdateInfo,
        document_info=st.booleans(),
        document_receiver=st.booleans(),
        receivers=st.lists(st.builds(edxml.ReceiverChange, organ_id=organs, added=st.booleans()), max_size=3).map(tuple),
    ),
)
headers = st.builds(
    edxml.MessageHeader,
    sender=st.builds(edxml.Organisation, organ_id=organs, organ_name=maybe),
    receivers=st.just((edxml.Organisation(organ_id="H56.40.02"),)),
    document_id=words,
    code=st.builds(edxml.Code, number=st.from_regex(r"\A[0-9]{1,5}\Z"), notation=words.filter(lambda text: text[0] not in " /")),
    place=maybe,
    promulgation_date=days,
    document_type=st.builds(edxml.DocumentType, type=st.integers(0, 99), type_name=words),
    subject=words,
    content=maybe,
    signer_info=st.builds(edxml.SignerInfo, competence=maybe, position=maybe, full_name=words),
    due_date=st.none() | days,
    other_info=st.builds(edxml.OtherInfo, priority=st.sampled_from(Priority), page_amount=numbers, promulgation_amount=numbers),
    response_for=st.lists(answers, max_size=3).map(tuple),
    steering_type=st.none() | st.integers(0, 3),
    to_places=st.lists(words, max_size=3).map(tuple),
)


def columns_of(mapping: Mapping) -> dict[str, Column]:
    """Give the columns that a document has both where it comes in and where it goes out."""
    return {name: each for name, each in mapping.sent.items() if name in mapping.inbox.document.columns}


@pytest.mark.parametrize("name", ["voffice", "phu_tho"])
@settings(max_examples=60, deadline=None)
@given(header=headers, business=businesses)
def test_mapped_fields_survive_into_columns_and_back(name: str, header: edxml.MessageHeader, business: edxml.Business) -> None:
    mapping = load(name, Path())
    package = edxml.read(edxml.write(edxml.DocumentPackage(header=header, trace=edxml.TraceHeaderList(business=business))))
    assert isinstance(package, edxml.DocumentPackage)
    table, columns = Tables(mapping).inbox_document, columns_of(mapping)
    sent = paths.read(package)
    back = paths.read(paths.build(fields_of(columns, row_of(table, columns, sent)), [{"OrganId": "H56.40.02"}], ()))
    kept = {column.source for column in columns.values()}
    if paths.CODE in kept:
        kept |= {"MessageHeader/Code/CodeNumber", "MessageHeader/Code/CodeNotation"}
    assert {path: text for path, text in back.items() if path in kept} == {
        path: text for path, text in sent.items() if path in kept
    }


COLUMNS = [
    ({"from": "x", "type": "number"}, "7", 7),
    ({"from": "x", "type": "date"}, "2026/05/12", date(2026, 5, 12)),
    ({"from": "x", "type": "moment"}, "2026/05/12 08:30:01", datetime(2026, 5, 12, 8, 30, 1)),  # noqa: DTZ001
    ({"from": "x", "format": "dd/MM/yyyy"}, "2026/05/12", "12/05/2026"),
    ({"from": "x", "format": "yyyyMMddHHmmss"}, "2026/05/12 08:30:01", "20260512083001"),
    ({"from": "x", "codes": {"01": 1, "15": 15}}, "15", 15),
    ({"from": "x", "codes": {"0": "THUONG"}}, "0", "THUONG"),
    ("x", "chữ", "chữ"),
]


@pytest.mark.parametrize(("given_as", "text", "value"), COLUMNS)
def test_a_field_is_written_in_its_column_and_read_from_it(given_as: Any, text: str, value: object) -> None:
    column = Column.model_validate(given_as)
    assert column.write(text) == value
    assert column.read(value) == text


def test_what_is_absent_stays_absent_unless_the_mapping_gives_a_value() -> None:
    assert Column.model_validate({"from": "x", "type": "date"}).write(None) is None
    assert Column.model_validate({"from": "x", "type": "number", "default": 0}).write("") == 0
    assert Column.model_validate("x").read("") is None


@pytest.mark.parametrize("text", ["31/02/2026", "2026-05-12", "ngày mai"])
def test_a_day_that_does_not_exist_is_an_error_and_never_another_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"match|range"):
        Column.model_validate({"from": "x", "format": "dd/MM/yyyy"}).read(text)


def test_line_ends_inside_an_item_of_a_list_become_spaces_so_that_items_stay_apart() -> None:
    header = replace(golden.document().header, to_places=("Như trên;\nBan Giám đốc", "Lưu: VT"))
    fields = paths.read(replace(golden.document(), header=header))
    assert fields["MessageHeader/ToPlaces/Place"] == "Như trên; Ban Giám đốc\nLưu: VT"


def test_every_path_that_a_full_document_has_is_known() -> None:
    assert paths.read(golden.document()).keys() >= {
        "MessageHeader/From/Website",
        "TraceHeaderList/Bussiness/StaffInfo/StaffId",
        "MessageHeader/ResponseForTask/TaskCode",
    }
