"""What the pages show and do, without a browser: found, filtered, exported, decided; hostile text stays text."""

import io
import re
from dataclasses import replace
from datetime import UTC, timedelta
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from gateway.core.circuit import CircuitState
from gateway.core.deadlines import DeadlineState
from gateway.core.model import Priority
from gateway.entry.console.sheet import unformulated
from gateway.flows.keep_time import take_steps
from gateway.ports import Filter, Owing, Wanted
from tests.api.conftest import Province
from tests.console.conftest import Browser
from tests.contracts.entries import RECEIVER, SENDER, SYSTEM, entry
from tests.contracts.ledger_policy_contract import held_entry
from tests.documents import document as document_package

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


async def accept(hub: Province, place: int, /, **changes: object) -> str:
    made = entry(place)
    made = replace(made, document=replace(made.document, **changes))  # type: ignore[arg-type]
    await hub.hub.ports.ledger.accept(made)
    return made.document.id


@pytest.mark.parametrize("asked", ["bao cao", "BÁO CÁO", "báo ket", "ket qua th", "bc ubnd"])
async def test_documents_are_found_without_accents_and_by_the_beginning_of_the_last_word(
    hub: Province, admin: Browser, asked: str
) -> None:
    wanted = await accept(hub, 1, subject="Báo cáo kết quả thực hiện", number="1", notation="BC-UBND")
    other = await accept(hub, 2, subject="Giấy mời họp", number="2", notation="GM-VP")
    _, text = await admin.get(f"/documents?q={quote(asked)}")
    assert (wanted in text, other in text) == (True, False)


@pytest.mark.parametrize("asked", ['"', "* OR 1", "AND", "a:b", "!", "đ & |", "NEAR(a b)", "'--"])
async def test_no_query_is_a_program_for_the_database(hub: Province, admin: Browser, asked: str) -> None:
    await accept(hub, 1)
    assert (await admin.get(f"/documents?q={quote(asked)}"))[0] == 200


async def test_documents_are_filtered_by_urgency_state_and_agencies(hub: Province, admin: Browser) -> None:
    urgent, normal = await accept(hub, 1, priority=Priority.EXPRESS), await accept(hub, 2)
    for query, shown in [
        ("priority=3", {urgent}),
        ("priority=0", {normal}),
        (f"sender={SENDER}", {urgent, normal}),
        (f"receiver={RECEIVER}&state=available", {urgent, normal}),
        ("state=failed", set()),
        ("sender=H56.99", set()),
    ]:
        _, text = await admin.get(f"/documents?{query}")
        assert {each for each in (urgent, normal) if each in text} == shown, query


@pytest.mark.parametrize("query", ["state=none", "priority=x", "since=hôm qua", "after=x"])
async def test_a_filter_that_cannot_be_read_is_said_to_be_wrong(admin: Browser, query: str) -> None:
    status, text = await admin.get(f"/documents?{query}")
    assert (status, "Yêu cầu không đúng định dạng." in text) == (400, True)


async def test_a_page_goes_on_where_the_one_before_ended(hub: Province, admin: Browser) -> None:
    made = [await accept(hub, number) for number in range(1, 53)]
    _, first = await admin.get("/documents")
    after = first.rpartition("after=")[2].partition('"')[0].partition("&")[0]
    _, second = await admin.get(f"/documents?after={after}")
    shown = [{each for each in made if each in text} for text in (first, second)]
    assert (len(shown[0]), len(shown[1]), shown[0] | shown[1]) == (50, 2, set(made))


async def test_the_whole_filtered_set_is_exported_and_no_cell_is_a_formula(hub: Province, admin: Browser) -> None:
    await accept(hub, 1, subject='=HYPERLINK("https://evil.example")')
    await accept(hub, 2)
    async with admin.session.get(f"{admin.base}/console/documents.xlsx") as response:
        sheet = load_workbook(io.BytesIO(await response.read())).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert len({row[-1].value for row in sheet.iter_rows(min_row=2)}) == 2
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "inlineStr"}
    assert '\'=HYPERLINK("https://evil.example")' in [cell.value for cell in cells]


async def test_dead_letters_and_deadlines_are_exported_as_they_are_filtered(
    hub: Province, admin: Browser, letters: list[str]
) -> None:
    await hub.province.send(document_package("812"))
    await admin.get("/answers")
    owed = await hub.hub.ports.deadlines.owed(Owing(organs={RECEIVER}, states=(DeadlineState.OPEN,)), after=None, limit=99)
    for path, rows in [
        ("undelivered.xlsx", 3),
        ("undelivered.xlsx?receiver=H56.99", 0),
        ("undelivered.xlsx?cause=receiver-refused", 3),
        ("undelivered.xlsx?parked=1", 0),
        ("answers.xlsx", 0),
        (f"answers.xlsx?view=open&organ={RECEIVER}", len(owed.items)),
    ]:
        async with admin.session.get(f"{admin.base}/console/{path}") as response:
            sheet = load_workbook(io.BytesIO(await response.read())).worksheets[0]
        assert len(list(sheet.iter_rows(min_row=2))) == rows, path
    assert owed.items


@pytest.mark.parametrize("text", ["=1+1", "+84", "-5", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_compute_is_marked_as_text(text: str) -> None:
    assert unformulated(text) == f"'{text}"


@pytest.mark.parametrize("path", ["/documents", "/documents/{id}", ""])
async def test_a_subject_with_markup_is_shown_as_text(hub: Province, admin: Browser, path: str) -> None:
    document = await accept(hub, 1, subject=HOSTILE, number=HOSTILE, type_name=HOSTILE)
    status, text = await admin.get(path.format(id=document))
    assert (status, "<script>alert" in text, "<img src=x" in text) == (200, False, False)


async def test_a_document_that_there_is_not_is_said_to_be_missing(admin: Browser) -> None:
    status, text = await admin.get("/documents/none")
    assert (status, "not-found" in text) == (404, True)


async def test_a_document_says_why_it_waits_and_whose_move_it_is(hub: Province, admin: Browser) -> None:
    document = await accept(hub, 1)
    _, text = await admin.get(f"/documents/{document}")
    assert "Chờ đơn vị lấy về đã" in text
    assert "Việc của bên nhận" in text


async def test_failed_deliveries_are_grouped_by_cause_with_the_cure(admin: Browser, letters: list[str]) -> None:
    _, text = await admin.get("/undelivered")
    assert text.count("Xem nhóm") == 1
    assert "Cần xử lý ngay (1)" in (await admin.get(""))[1]


async def test_one_delivery_is_sent_again_from_its_document(hub: Province, admin: Browser, letters: list[str]) -> None:
    document = (await hub.hub.ports.province.find(Wanted(), after=None, limit=9)).items[0].document.id
    view = (await hub.hub.ports.province.history(document)).view
    status, _ = await admin.do(f"/documents/{document}/requeue/{view.deliveries[0].id}")
    assert (status, await hub.hub.ports.dead_letters.preview(Filter())) == (303, 2)


async def test_a_system_is_paused_for_some_hours_and_resumed(hub: Province, admin: Browser) -> None:
    assert (await admin.do(f"/queues/{SYSTEM}/pause", hours="2"))[0] == 303
    (circuit,) = await hub.hub.ports.outbox.circuits()
    assert (circuit.by, circuit.until) == ("can-bo-admin", hub.clock.now() + timedelta(hours=2))
    assert "Tạm dừng: " in (await admin.get(""))[1]
    assert (await admin.do(f"/queues/{SYSTEM}/resume"))[0] == 303
    assert CircuitState.PAUSED not in {each.state for each in await hub.hub.ports.outbox.circuits()}


@pytest.mark.parametrize("hours", ["0", "-1", "x", "99999", "²"])
async def test_a_pause_of_no_length_is_refused(hub: Province, admin: Browser, hours: str) -> None:
    assert (await admin.do(f"/queues/{SYSTEM}/pause", hours=hours))[0] == 400
    assert await hub.hub.ports.outbox.circuits() == ()


async def test_what_the_policy_holds_is_released_or_given_back(hub: Province, admin: Browser) -> None:
    ledger = hub.hub.ports.ledger
    first, second = held_entry(1), held_entry(2)
    for each in (first, second):
        await ledger.accept(each)
    assert "2 văn bản bị giữ" in (await admin.get(""))[1]
    assert (await admin.do(f"/documents/{first.document.id}/release"))[0] == 303
    assert (await admin.do(f"/documents/{second.document.id}/return"))[0] == 303
    assert await ledger.held() == ()


async def test_a_deadline_is_extended_paused_resumed_and_waived(hub: Province, admin: Browser) -> None:
    await hub.province.send(document_package())
    await admin.get("/answers?view=open")
    owed = await hub.hub.ports.deadlines.owed(Owing(states=(DeadlineState.OPEN,)), after=None, limit=9)
    name, until = owed.items[0].deadline.id, (hub.clock.now() + timedelta(days=9)).replace(second=0, microsecond=0)
    for path, fields, state in [
        ("extend", {"due_at": f"{until:%Y-%m-%dT%H:%M}"}, DeadlineState.EXTENDED),
        ("pause", {}, DeadlineState.PAUSED),
        ("resume", {}, DeadlineState.EXTENDED),
        ("waive", {}, DeadlineState.WAIVED),
    ]:
        assert (await admin.do(f"/answers/{name}/{path}", **fields))[0] == 303, path
        found = await hub.hub.ports.deadlines.owed(Owing(states=(state,)), after=None, limit=9)
        assert name in [each.deadline.id for each in found.items], path


async def test_what_is_overdue_is_the_first_thing_that_is_seen(hub: Province, admin: Browser) -> None:
    await hub.province.send(document_package())
    await admin.get("/answers")
    hub.clock.advance(days=9)
    await take_steps(hub.hub.ports, hub.hub.rules())  # as the worker does
    signed_in = Browser(session=admin.session, base=admin.base)
    assert await signed_in.sign_in("can-bo-viewer") == 303
    _, text = await signed_in.get("")
    assert "quá hạn" in text
    assert "Quá hạn" in text


async def test_the_chart_has_every_quarter_of_a_day(hub: Province, admin: Browser) -> None:
    await hub.province.send(document_package())
    async with admin.session.get(f"{admin.base}/console/traffic.json") as response:
        at, accepted, _, _ = await response.json()
    assert (len(at), at[1] - at[0], accepted[-1], sum(accepted)) == (96, 900, 1, 1)
    assert hub.clock.now().astimezone(UTC).timestamp() - at[-1] < 900


async def test_english_is_remembered(admin: Browser) -> None:
    assert (await admin.post("/language", {"language": "en", "to": "/console/queues"}))[0] == 303
    assert "<h1>Queues</h1>" in (await admin.get("/queues"))[1]


async def test_a_live_page_is_told_that_something_happened(hub: Province, admin: Browser) -> None:
    async with admin.session.get(f"{admin.base}/console/live") as response:
        assert await response.content.readuntil(b"\n\n") == b"retry: 2000\n\n"
        await hub.province.send(document_package())
        assert await response.content.readuntil(b"\n\n") == b"event: changed\ndata: 1\n\n"


async def test_a_page_is_told_at_once_of_what_happened_while_it_was_on_its_way(hub: Province, admin: Browser) -> None:
    _, text = await admin.get("/documents")
    (heard,) = re.findall(r'sse-connect="/console/live\?heard=([^"]+)"', text)
    await hub.province.send(document_package())
    async with admin.session.get(f"{admin.base}/console/live?heard={heard}") as response:
        await response.content.readuntil(b"\n\n")
        assert await response.content.readuntil(b"\n\n") == b"event: changed\ndata: 1\n\n"


async def test_files_of_the_pages_are_served_and_nothing_beside_them(admin: Browser) -> None:
    assert (await admin.get("/static/console.css"))[0] == 200
    assert (await admin.get("/static/..%2fdoor.py"))[0] == 404
