"""Mornings from beginning to end: what hurts is seen, understood, mended, and what is left stays in sight."""

import io
from pathlib import Path

from openpyxl import load_workbook

from gateway.core.faults import Undeliverable
from gateway.flows.alarm import look_out
from gateway.flows.keep_time import take_steps
from gateway.infra.agencies_file import SYSTEM as AGENCIES_SYSTEM
from gateway.infra.agencies_file import editing, revise
from gateway.ports import Outbox
from tests.api.conftest import Province
from tests.console.browsing import Screen, browser, chromium, expect, screen
from tests.console.morning import accept, pile_up, worked_off
from tests.contracts.entries import SYSTEM
from tests.contracts.outbox_contract import done

__all__ = ["browser", "chromium", "screen"]
REFUSED = Undeliverable("receiver-refused", detail="Mã đơn vị nhận không còn hiệu lực từ 01/11/2026")


async def test_a_certificate_expires_twelve_letters_pile_up_and_eleven_go_through_once_it_is_renewed(
    hub: Province, screen: Screen
) -> None:
    await linked(hub)
    letters = await pile_up(hub, 12)
    await alarmed(hub)

    # one alert, and one matter, for all twelve
    await screen.open("/alerts")
    alerts = screen.page.locator("tr", has_text="Không gửi được")
    await expect(alerts).to_have_count(1)
    await expect(alerts).to_contain_text("12 văn bản tới Sở A (mẫu)")
    await alerts.get_by_role("link", name="Xem và xử lý").click()
    await screen.sees("Hệ thống của nơi nhận không chấp nhận mã truy cập", "client certificate expired", "Sửa mục link")
    await screen.open()
    matters = screen.page.locator(".harm", has_text="Không gửi được")
    await expect(matters).to_have_count(1)
    await expect(matters).to_contain_text("12 văn bản tới Sở A (mẫu) cùng nguyên nhân")

    # the certificate is renewed
    await screen.open(f"/systems/{SYSTEM}")
    await screen.press("Sửa kết nối")
    await screen.page.get_by_label("certificate_file").fill("tls/truc-2027.pem")
    await screen.page.get_by_label("Lý do").fill("chứng thư cũ hết hạn 22/11/2026")
    await screen.press("Lưu kết nối")
    await screen.sees("tls/truc-2027.pem")

    # all twelve are sent again
    await screen.open()
    await screen.press("Xử lý nhóm")
    await screen.press("Gửi lại")
    await screen.sees("Gửi lại: 12 văn bản")
    await screen.give_reason("Gửi lại 12 văn bản")
    await screen.sees("0 / 12 văn bản đã xử lý")
    await worked_off(hub)
    await screen.sees("12 / 12 văn bản đã xử lý")
    await push(hub, letters)

    # the one that is left stays in sight, and is exported
    await screen.open()
    await expect(matters).to_contain_text("1 văn bản tới Sở A (mẫu)")
    await screen.press("Xử lý nhóm")
    await screen.sees("Mã đơn vị nhận không còn hiệu lực từ 01/11/2026")
    await expect(screen.page.locator("input[name=id]")).to_have_count(1)
    async with screen.page.expect_download() as downloading:
        await screen.press("Xuất Excel")
    sheet = load_workbook(io.BytesIO(Path(await (await downloading.value).path()).read_bytes())).worksheets[0]
    (row,) = sheet.iter_rows(min_row=2, values_only=True)
    assert "Mã đơn vị nhận không còn hiệu lực từ 01/11/2026" in row


async def linked(hub: Province) -> None:
    """Let the hub reach the receiver's system by a webhook, with a certificate of its own."""
    settings = {
        "url": "https://noi-nhan.example/van-ban",
        "secret_file": "secrets/webhook",
        "certificate_file": "tls/truc-2026.pem",
        "key_file": "tls/truc.key",
    }
    with editing(hub.hub.settings.path(hub.hub.settings.directory.agencies)) as draft:
        revise(draft.get(AGENCIES_SYSTEM, SYSTEM), {"link": {"adapter": "webhook", "settings": settings}})
    await hub.hub.refresh()


async def alarmed(hub: Province) -> None:
    """Look for trouble until what is seen has lasted."""
    for _ in range(2):
        await look_out(hub.hub.ports, hub.hub.rules(), "worker")
        hub.clock.advance(minutes=6)


async def push(hub: Province, letters: list[str]) -> None:
    """Attempt all once more, as a worker does whose credentials are good again: the last is refused for itself."""
    outbox: Outbox = hub.hub.ports.outbox
    now = hub.clock.now()
    for place, letter in enumerate(letters, 1):
        attempt = await outbox.begin(letter, until=now, now=now)
        assert attempt is not None
        if place == len(letters):
            await outbox.came_to_nothing(attempt, REFUSED, again=None, now=now)
        else:
            await outbox.handed_over(done(attempt))


async def test_why_a_document_is_not_answered_is_two_clicks_from_the_overview(hub: Province, screen: Screen) -> None:
    for number in range(1, 4):
        await accept(hub, number, minutes=20 * 24 * 60)
    await take_steps(hub.hub.ports, hub.hub.rules())
    await screen.open()
    clicks = 0
    for link in ("Xem & nhắc", "3/UBND-VP"):  # what is express stands first
        await screen.press(link)
        clicks += 1
    await screen.sees("Chờ đơn vị lấy về đã", "hệ thống của đơn vị chưa lần nào hỏi trục", "Việc của bên nhận")
    assert clicks <= 3
