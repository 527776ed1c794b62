"""The directory after a wave of mergers: a new commune gets its certificate, and two old ones end in favour of it."""

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.config import Settings
from gateway.infra.authority import Authority
from tests.api.conftest import WARD, Province
from tests.console.browsing import Screen, browser, chromium, expect, screen
from tests.documents import COMMUNE, PROVINCE

__all__ = ["browser", "chromium", "screen"]

HEIR = "H56.112"


async def write(screen: Screen, **labelled: str) -> None:
    """Fill the fields whose labels begin so (an underscore is a space)."""
    for label, value in labelled.items():
        await screen.page.get_by_label(label.replace("_", " ")).filter(visible=True).first.fill(value)


async def test_a_new_commune_is_entered_certified_and_takes_the_place_of_two_old_ones(
    hub: Province, screen: Screen, settings: Settings, tmp_path: Path
) -> None:
    today = hub.clock.now().date()
    await screen.open("/agencies")
    await screen.press("Thêm đơn vị")
    await write(screen, Mã_định_danh=HEIR, Tên="UBND xã Hoằng Mới", Cấp_trên=PROVINCE, Mã_khác="000.12.01.H56")
    await write(screen, Có_hiệu_lực_từ=today.isoformat(), Lý_do="Nghị quyết 1686/NQ-UBTVQH15")
    await screen.press("Thêm đơn vị")
    await screen.sees("chưa có hệ thống nào", "000.12.01.H56")

    await screen.press("Sửa")
    await write(screen, Tên="UBND xã Hoằng Hóa", Thư_nhắc_việc="vanthu@hoanghoa.example", Lý_do="sửa tên theo nghị quyết")
    await screen.press("Ghi")
    await screen.sees("UBND xã Hoằng Hóa", "vanthu@hoanghoa.example")

    issued = Authority.open(settings.file.parent / "ca").issue("UBND xã Hoằng Hóa", HEIR, key="p256")
    file = tmp_path / "hoang-hoa.pem"
    file.write_bytes(issued.certificate_pem)
    await screen.press("Đăng ký chứng thư")
    await screen.page.locator("input[type=file]").set_input_files(file)
    await expect(screen.page.get_by_label("Dán chứng thư")).to_have_value(issued.certificate_pem.decode())
    await screen.press("Kiểm tra")
    await screen.sees("✓ Chứng thư dùng được", "Liên thông development intermediate CA")
    await write(screen, Lý_do="đơn vị gửi kèm công văn")
    await screen.press("Đăng ký")
    await screen.sees("Chứng thư số (1)", "Dùng được")

    await screen.open("/agencies")
    for organ in (COMMUNE, WARD):
        await screen.page.locator(f"input[name=organ][value='{organ}']").check()
    await screen.press("Gộp đơn vị")
    await write(screen, Vào_đơn_vị="000.12.01.H56", Từ_ngày=today.isoformat())
    await screen.press("Xem trước")
    await screen.sees(f"Từ {today:%d/%m/%Y}: 2 đơn vị hết hiệu lực", "receiver-dissolved", "có hiệu lực ngay")
    await write(screen, Lý_do="Nghị quyết 1686/NQ-UBTVQH15")
    await screen.press("Gộp 2 đơn vị")
    await screen.sees("Kế tục của (2)", "UBND phường C (mẫu)")

    await screen.open("/agencies?state=ended")
    await expect(screen.page.get_by_text("kế thừa: UBND xã Hoằng Hóa")).to_have_count(2)


async def test_an_agency_is_locked_excepted_dissolved_and_all_of_it_taken_back_on_its_page(hub: Province, screen: Screen) -> None:
    end = hub.clock.now().date() + timedelta(days=30)
    await screen.open(f"/agencies/{COMMUNE}")
    await screen.press("Khóa")
    await screen.give_reason("Khóa")
    await screen.sees("Tạm khóa")
    await screen.press("Mở khóa")
    await screen.give_reason("Mở khóa")
    await screen.misses("Tạm khóa")
    await screen.press("Ngoại lệ chữ ký")
    await screen.page.get_by_label("Cách tin cậy").select_option("channel")
    await screen.page.get_by_label("Đến hết ngày").fill(end.isoformat())
    await screen.give_reason("Ghi")
    await screen.sees(f"Miễn ký số đến hết {end:%d/%m/%Y}")
    await screen.press("Bỏ")
    await screen.sees("được miễn ký: vẫn gửi được")
    await screen.give_reason("Bỏ chứng thư")
    await screen.sees("Chưa có chứng thư nào.")
    await screen.press("Giải thể")
    await screen.sees("Ngay lúc này", "Mã cũ vẫn là mã của đơn vị cũ")
    await write(screen, Không_còn_hiệu_lực_từ_ngày=end.isoformat(), Đơn_vị_kế_tục=WARD)
    await screen.give_reason("Giải thể")
    await screen.sees(f"hết hiệu lực từ {end:%d/%m/%Y}")
    await screen.press("Hoàn tác giải thể")
    await screen.give_reason("Hoàn tác")
    await screen.misses("hết hiệu lực từ")
    await screen.sees("UBND xã B (mẫu)")


async def test_a_certificate_in_binary_is_chosen_as_well_as_one_in_text(
    screen: Screen, settings: Settings, tmp_path: Path
) -> None:
    issued = Authority.open(settings.file.parent / "ca").issue("UBND xã B", COMMUNE, key="p256")
    file = tmp_path / "moi.cer"
    file.write_bytes(x509.load_pem_x509_certificate(issued.certificate_pem).public_bytes(Encoding.DER))
    await screen.open(f"/agencies/{COMMUNE}/certificates/new")
    await screen.page.locator("input[type=file]").set_input_files(file)
    await screen.press("Kiểm tra")
    await screen.sees("✓ Chứng thư dùng được")
