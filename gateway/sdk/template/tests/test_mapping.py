"""The mapping by itself: what a record of the samples becomes, and what a document becomes again."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.sdk import Priority
from gateway.sdk.edxml import read, write

from ..mapping import Document, Status, to_package, unique

SAMPLES = Path(__file__).parents[1] / "samples"
NOW = datetime(2026, 5, 12, 1, tzinfo=UTC)


def sample(file: str) -> list[dict[str, Any]]:
    waiting: list[dict[str, Any]] = json.loads((SAMPLES / file).read_text("utf-8"))["hang_doi"]
    return waiting


def test_a_document_of_the_samples_is_edxml_that_reads_back() -> None:
    record = Document.model_validate(sample("hang-doi.json")[0]["noi_dung"])
    package = to_package(record, NOW)
    assert read(write(package)) == package


def test_a_document_without_an_id_gets_the_usual_one() -> None:
    record = Document.model_validate(sample("hang-doi.json")[0]["noi_dung"])
    assert to_package(record, NOW).header.document_id == "H56.40.02,2026/05/12,12/BC-UBND"


def test_what_is_urgent_stays_urgent() -> None:
    record = Document.model_validate(sample("hang-doi.json")[0]["noi_dung"])
    other = to_package(record, NOW).header.other_info
    assert other is not None and other.priority is Priority.URGENT


def test_a_status_of_the_samples_is_read() -> None:
    assert Status.model_validate(sample("hang-doi.json")[1]["noi_dung"]).ma_trang_thai == "03"


def test_a_record_without_a_number_is_no_document() -> None:
    with pytest.raises(ValueError, match="so"):
        Document.model_validate({"ky_hieu": "BC-UBND"})


def test_a_name_that_occurs_again_gets_a_number() -> None:
    assert list(unique(["a.pdf", "A.pdf", "ghi chú", "ghi chú"])) == ["a.pdf", "A (2).pdf", "ghi chú", "ghi chú (2)"]
