"""A recall by an officer, for a sender who asked for it: receivers are asked, the reason is told, the officer is audited."""

from gateway.core.model import State
from gateway.core.roles import Role
from gateway.ports import Audited
from tests.api.conftest import Province
from tests.console.browsing import Screen, browser, chromium, screen
from tests.console.conftest import OFFICERS, REASON, Browser
from tests.documents import document as package

__all__ = ["browser", "chromium", "screen"]


async def states(hub: Province, document: str) -> set[State]:
    return {each.state for each in (await hub.hub.ports.province.history(document)).view.deliveries}


async def test_what_is_not_handed_over_is_recalled_at_once_and_the_officer_is_audited(hub: Province, admin: Browser) -> None:
    own = (await hub.province.send(package("7")))["id"]
    assert (await admin.do(f"/documents/{own}/recall"))[0] == 303
    assert await states(hub, own) == {State.RECALLED}
    (row,) = (await hub.hub.ports.audit.listing(Audited(action="document.recalled"), after=None, limit=9)).items
    assert (row.actor, row.reason, row.subject["document"]) == (OFFICERS[Role.ADMIN], REASON, own)
    _, text = await admin.get(f"/documents/{own}")
    assert REASON in text and 'data-open="recall"' not in text


async def test_a_recall_needs_a_reason_and_a_document(hub: Province, admin: Browser) -> None:
    own = (await hub.province.send(package("7")))["id"]
    assert (await admin.do(f"/documents/{own}/recall", reason=""))[0] == 400
    assert (await admin.do("/documents/none/recall"))[0] == 404
    assert State.RECALLED not in await states(hub, own)


async def test_what_is_recalled_is_not_recalled_again(hub: Province, admin: Browser) -> None:
    own = (await hub.province.send(package("7")))["id"]
    for _ in range(2):
        status, _ = await admin.do(f"/documents/{own}/recall")
    assert status in {303, 409} and await states(hub, own) == {State.RECALLED}


async def test_in_a_browser_the_officer_is_told_what_it_means(hub: Province, screen: Screen) -> None:
    own = (await hub.province.send(package("7")))["id"]
    await screen.open(f"/documents/{own}")
    await screen.press("Thu hồi")
    await screen.sees("Thu hồi thay bên gửi", "Nơi chưa nhận thì thu hồi ngay")
    await screen.give_reason("Thu hồi")
    await screen.sees("đã kiểm tra với đơn vị")
    assert await states(hub, own) == {State.RECALLED}
