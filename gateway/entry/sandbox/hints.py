"""Good practice that no API can demand: what a careful system does, and this one did not."""

from typing import Final

from gateway.entry.sandbox.explained import Explained


def _hint(code: str, vi: str, en: str, cure_vi: str, cure_en: str) -> Explained:
    return Explained(code=code, vi=vi, en=en, cure_vi=cure_vi, cure_en=cure_en, severity="hint")


HINTS: Final[dict[str, Explained]] = {
    hint.code: hint
    for hint in (
        _hint(
            "poll-without-wait",
            "Hỏi liên tục mà không dùng `wait`: tốn tài nguyên, và văn bản khẩn đến chậm.",
            "Polling again and again without `wait`: it costs both sides, and urgent documents come late.",
            'Gửi {"wait": 30} trong POST /inbox/leases: câu trả lời đến ngay khi có văn bản.',
            'Send {"wait": 30} in POST /inbox/leases: the answer comes as soon as a document does.',
        ),
        _hint(
            "lease-not-settled",
            "Lượt lấy đã hết hạn mà chưa được xác nhận (ack), trả lại (nack) hay gia hạn (renew).",
            "A lease ended without ack, nack or renew.",
            "Lưu văn bản xong thì ack ngay; việc dài thì renew. Văn bản này sẽ được giao lại.",
            "Acknowledge once the document is stored; renew for long work. This document is offered again.",
        ),
        _hint(
            "ack-without-fetch",
            "Xác nhận đã lấy mà chưa tải gói edXML nào của lượt này.",
            "Acknowledged without ever having fetched the envelope.",
            "Tải GET /documents/{id}/envelope, kiểm tra và lưu bền, rồi mới ack: sau ack trục không giao lại.",
            "Fetch GET /documents/{id}/envelope, verify and store it, then acknowledge: it is not offered again.",
        ),
        _hint(
            "never-reported",
            "Đã lấy văn bản nhưng chưa báo 01 (đã đến) hay 03 (đã tiếp nhận), cũng không từ chối (02).",
            "A document was taken, and neither 01 (arrived) nor 03 (registered) nor a refusal (02) was reported.",
            "Báo 01 khi lưu xong và 03 khi vào sổ (POST /statuses): bên gửi đang chờ.",
            "Report 01 when it is stored and 03 when it is registered (POST /statuses): the sender waits.",
        ),
        _hint(
            "token-in-url",
            "Mã truy cập nằm trong URL: nó lọt vào nhật ký của mọi máy ở giữa.",
            "The token is in the URL: every log on the way keeps it.",
            "Chỉ gửi mã trong tiêu đề Authorization: Bearer. Mã này coi như đã lộ: lienthong system rotate.",
            "Send it in Authorization: Bearer only. This one has leaked: lienthong system rotate.",
        ),
        _hint(
            "etag-ignored",
            "Tải lại nguyên nội dung đã có, không dùng ETag.",
            "The same content was downloaded in full again, without its ETag.",
            "Giữ ETag và gửi If-None-Match: không đổi thì trả lời là 304, không có nội dung.",
            "Keep the ETag and send If-None-Match: what has not changed is answered by 304, without content.",
        ),
        _hint(
            "repeat-without-key",
            "Gửi lại cùng nội dung mà không có Idempotency-Key.",
            "The same content was sent again without an Idempotency-Key.",
            "Cấp một Idempotency-Key cho mỗi văn bản trước lần gửi đầu, lưu lại và dùng cho mọi lần gửi lại.",
            "Give each document an Idempotency-Key before it is first sent, store it, and use it for every repeat.",
        ),
        _hint(
            "retry-too-early",
            "Gửi lại trước khi hết Retry-After.",
            "Repeated before Retry-After was over.",
            "Chờ đủ số giây của Retry-After, cộng một khoảng ngẫu nhiên.",
            "Wait for the seconds of Retry-After, and a random while more.",
        ),
        _hint(
            "answer-not-repeated",
            "Câu trả lời đã mất (lost-answer) mà yêu cầu không được gửi lại.",
            "The answer was lost (lost-answer), and the request was never repeated.",
            "Không có câu trả lời nghĩa là chưa biết: gửi lại đúng từng byte cho tới khi có câu trả lời.",
            "No answer means that nobody knows: repeat byte for byte until there is one.",
        ),
        _hint(
            "altered-accepted",
            "Văn bản bị sửa trên đường (bad-signature) mà hệ thống vẫn báo đã nhận.",
            "An envelope was changed on the way (bad-signature), and the system reported it as received.",
            "So `sha256` với lượt lấy và kiểm tra chữ ký trước khi báo 01, 03.",
            "Compare `sha256` with the lease and verify the signature before 01 or 03 is reported.",
        ),
        _hint(
            "registered-twice",
            "Một lượt chuyển được báo tiếp nhận (03) hai lần với nội dung khác nhau: có thể đã vào sổ hai lần.",
            "One delivery was reported as registered (03) twice, differently: it may be in the register twice.",
            "Nhận ra mã lượt chuyển đã có (duplicate) và dùng lại kết quả lần đầu.",
            "Know the delivery id (duplicate) and use the first result again.",
        ),
    )
}
