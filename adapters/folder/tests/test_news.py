"""News is edXML where edXML can say it, else JSON; it is of the right agency, in Vietnam's time."""

import json
from pathlib import Path

from gateway.sdk import State, StatusCode, edxml
from gateway.sdk.conformance import golden

from ..local import LocalStore
from ..news import news
from ..tray_out import OutTray


async def _file(folder: Path, **changes: object) -> Path:
    (folder / "trang-thai").mkdir()
    name = await OutTray(LocalStore(folder), "trang-thai").put(news(golden.notice(**changes)))
    return folder / "trang-thai" / name


async def test_a_status_is_a_status_package_of_the_receivers_on_the_senders_document(tmp_path: Path) -> None:
    notice = golden.notice()
    status = edxml.read((await _file(tmp_path)).read_bytes())
    assert isinstance(status, edxml.StatusPackage)
    assert (status.sender.organ_id, status.response_for.organ_id) == (notice.receiver, notice.sender)
    assert (status.status_code, status.description) == (StatusCode.PROCESSING, notice.description)
    assert status.response_for.document_id == notice.document_id
    assert status.timestamp == notice.at
    assert status.staff is not None and status.staff.staff == "Trần Thị Hoa"


async def test_a_wish_to_have_a_document_back_is_the_senders(tmp_path: Path) -> None:
    notice = golden.recall(golden.consignment())
    status = edxml.read((await _file(tmp_path, code=notice.code)).read_bytes())
    assert isinstance(status, edxml.StatusPackage)
    usual = golden.notice()
    assert (status.sender.organ_id, status.response_for.organ_id) == (usual.sender, usual.receiver)


async def test_what_only_the_hub_knows_is_json(tmp_path: Path) -> None:
    file = await _file(tmp_path, code=None, state=State.FAILED, description="Không kết nối được")
    facts = json.loads(file.read_text("utf-8"))
    assert file.suffix == ".json"
    assert (facts["state"], facts["description"], facts["number"]) == ("failed", "Không kết nối được", "7")


async def test_a_wish_to_update_is_json_that_names_the_document_which_asks(tmp_path: Path) -> None:
    notice = golden.update(golden.consignment())
    item = news(notice)
    (sheet,) = item.sheets
    facts = json.loads(b"".join([chunk async for chunk in sheet.open()]))
    assert item.name.startswith("000000000008_update_12-CV-SNV_") and item.name.endswith(".json")
    assert (facts["business_type"], facts["by_document"], facts["by_code"]) == (2, notice.by_document, "14/CV-SNV")


async def test_a_replacement_is_named_by_its_state(tmp_path: Path) -> None:
    assert news(golden.replacement(golden.consignment())).name.startswith("000000000009_replaced_12-CV-SNV_")


async def test_a_long_description_is_cut_to_what_the_regulation_allows(tmp_path: Path) -> None:
    status = edxml.read((await _file(tmp_path, description="ă" * 900)).read_bytes())
    assert isinstance(status, edxml.StatusPackage)
    assert status.description == "ă" * 500
