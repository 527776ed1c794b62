"""What the demonstration proves: a fixed list of promises. One that no act has touched does not hold either."""

from collections.abc import Iterator
from dataclasses import dataclass, field

PROMISES = {
    "ready": "Trục sẵn sàng, có trang tài liệu API · The hub is ready and shows its API reference",
    "accepted": "Văn bản đã ký được nhận (202), ghi nhận đúng điều cần nói · Signed documents are accepted with the findings due",
    "old-and-new": "Gửi theo mã cũ hay mã mới đều tới đúng cơ quan · Old and new organ ids reach the same agency",
    "urgent-first": "Hỏa tốc, khẩn được lấy trước · The urgent come first",
    "long-poll": "Đang chờ thì nhận được ngay · Who waits is woken at once",
    "envelope": "Gói nhận được đúng SHA-256 đã gửi · Envelopes arrive byte for byte",
    "attachment": "Tệp PDF đúng từng byte, kể cả tệp lớn · PDFs arrive byte for byte, the large one too",
    "repeat": "Gửi lại đúng tệp cho đúng câu trả lời · The same bytes get the same answer",
    "statuses": "Trạng thái 01 → 06 tới nơi gửi · Statuses 01 → 06 reach the sender",
    "refusal": "Từ chối (02) kèm lý do tới nơi gửi · A refusal reaches the sender with its reason",
    "reply": "Văn bản trả lời nối với văn bản đến · A reply is linked to what it answers",
    "tampered": "Văn bản bị sửa bị từ chối · A tampered document is refused",
    "unsigned": "Văn bản chưa ký bị từ chối · An unsigned document is refused",
    "spoofed": "Giả mạo cơ quan gửi bị từ chối · A spoofed sender is refused",
    "stolen-token": "Mã truy cập bị đánh cắp không ký thay được · A stolen token cannot sign",
    "state-secret": "Văn bản mật bị từ chối, Điều 1.1b · State secrets are refused",
    "complaint-paper": "Đơn khiếu nại bị từ chối, Điều 1.1b · Letters of complaint are refused",
    "attachment-executable": "Tệp chạy được bị từ chối, Điều 6.2 · Executable files are refused",
    "response-due-missing": "Yêu cầu báo cáo thiếu hạn: hai bên được báo, Điều 14.2 · A missing due date is told to both sides",
    "paper-required": "Tờ trình thiếu bản giấy: hai bên được báo, Điều 5.1 · A missing paper copy is told to both sides",
    "page-amount-differs": "Sai số trang: hai bên được báo, Điều 12.1a · A wrong page count is told to both sides",
    "no-trace": "Bị từ chối thì không để lại gì · The refused leave nothing behind",
    "events": "Nơi gửi đọc đủ sự kiện, đúng thứ tự · The sender reads every event in order",
    "receipts": "Biên nhận của trục kiểm tra được ngoại tuyến · The hub's receipts verify offline",
    "evidence": "Gói bằng chứng đứng vững ngoại tuyến, bản bị sửa thì không · Evidence stands offline, an altered copy falls",
    "calm": "Không có lỗi nào ngoài dự kiến · Nothing unexpected happened",
    "balance": "Đã nhận = đã giao + đang chờ + lỗi + từ chối · Accepted = delivered + waiting + failed + refused",
}


@dataclass(kw_only=True)
class Checks:
    """The results so far: how often each promise held, and what broke it."""

    held: dict[str, int] = field(default_factory=dict)
    broken: dict[str, list[str]] = field(default_factory=dict)

    def expect(self, promise: str, *, holds: bool, otherwise: object = "") -> None:
        """Note whether a promise holds here; `otherwise` says what was seen instead."""
        if promise not in PROMISES:
            raise KeyError(promise)
        if holds:
            self.held[promise] = self.held.get(promise, 0) + 1
        else:
            self.broken.setdefault(promise, []).append(str(otherwise))

    def results(self) -> Iterator[tuple[str, bool, str]]:
        """Give each promise, whether it held everywhere, and a remark."""
        for promise in PROMISES:
            if reasons := self.broken.get(promise):
                yield promise, False, "; ".join(reasons[:3])
            elif times := self.held.get(promise):
                yield promise, True, f"{times} lần · times" if times > 1 else ""
            else:
                yield promise, False, "chưa được kiểm tra · never came to be checked"

    def all_hold(self) -> bool:
        """Tell whether every promise was checked and held."""
        return all(ok for _, ok, _ in self.results())
