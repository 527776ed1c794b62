"""The faults that a vendor switches on: each shows his system a bad day, and touches his calls only, never the ledger."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.core.faults import Rejected
from gateway.core.model import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a switch does, and what a good system does then; `title` is short."""

    title_vi: str
    title_en: str
    vi: str
    en: str
    duty_vi: str
    duty_en: str


SWITCHES: Final[dict[str, Words]] = {
    "no-receipt": Words(
        title_vi="Không phản hồi",
        title_en="No receipt",
        vi="Các cơ quan bạn lấy văn bản nhưng không báo trạng thái nào; tắt đi thì họ báo bù.",
        en="The peers take documents and report no status; once it is off they make up for it.",
        duty_vi="Cho người dùng thấy văn bản chưa có phản hồi, và không tự gửi lại.",
        duty_en="Show that a document has no answer yet, and do not send it again.",
    ),
    "duplicate": Words(
        title_vi="Trùng lặp",
        title_en="Duplicate",
        vi="Lượt đã xác nhận được giao lại một lần nữa; trạng thái đến hai lần và sai thứ tự.",
        en="A delivery that you acknowledged is offered once more; statuses come twice and out of order.",
        duty_vi="Nhận ra mã lượt chuyển đã có, xác nhận mà không vào sổ lần hai; trạng thái thấp đến muộn chỉ là lịch sử.",
        duty_en="Know the delivery id, acknowledge without registering twice; a late lower status is only history.",
    ),
    "slow": Words(
        title_vi="Chậm",
        title_en="Slow",
        vi="Mỗi câu trả lời cho hệ thống của bạn chậm lại một số giây.",
        en="Each answer to your system takes some seconds more.",
        duty_vi="Đặt thời hạn chờ đủ dài (ít nhất 90 giây với `wait` = 60), không khóa màn hình người dùng.",
        duty_en="Use time-outs that are long enough (90 seconds for `wait` = 60), and do not block the user.",
    ),
    "bad-signature": Words(
        title_vi="Chữ ký hỏng",
        title_en="Bad signature",
        vi="Gói edXML bạn tải về bị sửa trên đường: nội dung hoặc giá trị chữ ký không còn khớp. Bản trục lưu vẫn nguyên.",
        en="The envelopes that you download are changed on the way: content or signature no longer match. The hub's are whole.",
        duty_vi="So `sha256`, kiểm tra chữ ký; không vào sổ văn bản hỏng: trả lại (nack) hoặc từ chối (02) kèm lý do.",
        duty_en="Compare `sha256`, verify the signature; do not register it: nack it, or refuse it (02) with a reason.",
    ),
    "busy": Words(
        title_vi="Quá tải",
        title_en="Busy",
        vi="Thỉnh thoảng trả lời 503 kèm Retry-After, chưa làm gì cả.",
        en="Now and then the answer is 503 with Retry-After, and nothing was done.",
        duty_vi="Chờ đủ Retry-After rồi gửi lại đúng yêu cầu đó.",
        duty_en="Wait for Retry-After, then send the very same request again.",
    ),
    "lost-answer": Words(
        title_vi="Mất câu trả lời",
        title_en="Lost answer",
        vi="Trục làm xong việc nhưng kết nối đứt trước câu trả lời (một lần cho mỗi yêu cầu POST).",
        en="The hub does the work and the connection breaks before the answer (once for each POST).",
        duty_vi="Gửi lại đúng từng byte (cùng Idempotency-Key) và nhận cùng câu trả lời; không ký lại, không cấp số mới.",
        duty_en="Repeat byte for byte (same Idempotency-Key) and get the same answer; do not sign again or take a new number.",
    ),
    "traffic": Words(
        title_vi="Văn bản đến đều",
        title_en="Steady traffic",
        vi="Các cơ quan bạn lần lượt gửi cho bạn một văn bản mỗi 30 giây (không phải lỗi).",
        en="The peers take turns to send you a document every 30 seconds (no fault at all).",
        duty_vi="Cứ nhận, vào sổ và báo trạng thái.",
        duty_en="Just take, register and report.",
    ),
}


class Switches(BaseModel):
    """What is on, and how. In JSON the names have hyphens."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, alias_generator=lambda name: name.replace("_", "-")
    )

    no_receipt: bool = False
    duplicate: bool = False
    slow: bool = False
    slow_seconds: float = Field(default=5, ge=0, le=120)
    bad_signature: bool = False
    bad_signature_how: Literal["content", "signature"] = "content"
    busy: bool = False
    busy_every: int = Field(default=3, ge=1, le=100)
    busy_retry_after: int = Field(default=2, ge=1, le=60)
    lost_answer: bool = False
    traffic: bool = False

    def shown(self) -> dict[str, Any]:
        """Give them as JSON shows them."""
        return self.model_dump(by_alias=True)

    def changed(self, given: object) -> "Switches":
        """Give them with some set anew. Raises `malformed-request` naming what is wrong."""
        try:
            return Switches.model_validate({**self.shown(), **(given if isinstance(given, dict) else {"": given})})
        except ValidationError as error:
            wrong = [(".".join(map(str, item["loc"])), str(item["msg"])) for item in error.errors(include_url=False)]
            problems = [Problem(code="malformed-request", path=path, vi=f"Không hợp lệ: {said}", en=said) for path, said in wrong]
            raise Rejected("malformed-request", problems=problems) from error
