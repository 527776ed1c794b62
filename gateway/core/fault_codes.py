"""The catalogue of faults: each stable code with its HTTP status, owner, words and next step, in Vietnamese and English."""

from dataclasses import dataclass

from gateway.core.model import Owner
from gateway.core.policy.catalogue import RULES, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCode:
    """What a code means to a person. `status` is the HTTP answer (RFC 9110)."""

    status: int
    owner: Owner
    vi: str
    en: str
    cure_vi: str
    cure_en: str


def _sender(status: int, vi: str, en: str, cure_vi: str, cure_en: str) -> FaultCode:
    return FaultCode(status=status, owner=Owner.SENDER, vi=vi, en=en, cure_vi=cure_vi, cure_en=cure_en)


def _hub(status: int, vi: str, en: str, cure_vi: str, cure_en: str) -> FaultCode:
    return FaultCode(status=status, owner=Owner.HUB, vi=vi, en=en, cure_vi=cure_vi, cure_en=cure_en)


def _receiver(status: int, vi: str, en: str, cure_vi: str, cure_en: str) -> FaultCode:
    return FaultCode(status=status, owner=Owner.RECEIVER, vi=vi, en=en, cure_vi=cure_vi, cure_en=cure_en)


def _broken(rule: Rule) -> FaultCode:
    """Make the refusal of a rule of the policy, which names its article."""
    article_vi, article_en = (f" (Điều {rule.article})", f" (article {rule.article})") if rule.article else ("", "")
    return _sender(422, f"{rule.vi[:-1]}{article_vi}.", f"{rule.en[:-1]}{article_en}.", rule.cure_vi, rule.cure_en)


_RESIGN = ("Ký lại theo hồ sơ lt-1 rồi gửi lại.", "Sign again in the profile lt-1, then send again.")
_RECEIVERS = (
    "Sửa nơi nhận theo danh bạ (GET /agencies) rồi gửi lại.",
    "Correct the receivers by the directory (GET /agencies), then send again.",
)
_DIRECTORY = (
    "Liên hệ Sở chủ quản trục liên thông để cập nhật danh bạ.",
    "Ask the province IT department to update the directory.",
)
_CERTIFICATE = (
    "Đăng ký chứng thư số còn hiệu lực với đơn vị vận hành, rồi ký lại.",
    "Register a valid certificate with the operator, then sign again.",
)
_REQUEST = ("Sửa yêu cầu theo tài liệu API (/api/v1/docs).", "Correct the request by the API reference (/api/v1/docs).")
_XML = ("Sửa tệp edXML ở vị trí nêu trên rồi gửi lại.", "Correct the edXML file at the place named, then send again.")
_LINK = (
    "Sửa mục link của hệ thống trong agencies.toml, rồi chạy lienthong check và cho chạy lại hệ thống.",
    "Correct the link of the system in agencies.toml, run lienthong check, then resume the system.",
)
_AWAY = (
    "Kiểm tra hệ thống của nơi nhận; trục tự thử lại, văn bản giữ nguyên thứ tự.",
    "Look after the receiver's system; the hub tries again by itself, and the order of documents is kept.",
)
_LATER = ("Gửi lại đúng tệp này sau thời gian Retry-After.", "Send the very same bytes again after Retry-After.")
_MAIL = (
    "Kiểm tra máy chủ thư; trục tự thử lại, thư nhắc việc chờ trong sổ cái.",
    "Look after the mail server; the hub tries again by itself, and letters wait in the ledger.",
)

# fmt: off
FAULTS: dict[str, FaultCode] = {
    # the request
    "malformed-request": _sender(400, "Yêu cầu không đúng định dạng.", "The request is malformed.", *_REQUEST),
    "malformed-multipart": _sender(400, "Thân multipart/related không đúng định dạng.", "The multipart/related body is malformed.", *_REQUEST),
    "file-digest-mismatch": _sender(422, "Tệp nhận được không khớp mã băm đã khai.", "The file that came is not the one whose digest was announced.", "Gửi lại tệp với mã băm SHA-256 của chính tệp đó.", "Send the file again with its own SHA-256 digest."),
    "unauthenticated": _sender(401, "Chưa xác thực hoặc mã truy cập không đúng.", "Not authenticated, or the token is wrong.", "Gửi tiêu đề Authorization: Bearer <mã> hoặc dùng chứng thư mTLS đã đăng ký.", "Send Authorization: Bearer <token>, or use the registered mTLS certificate."),
    "sign-in-failed": _sender(401, "Tên hoặc mật khẩu không đúng.", "The name or the password is wrong.", "Thử lại, hoặc nhờ quản trị đặt lại (trang Người dùng, hoặc lienthong operator password TÊN).", "Try again, or have it set anew (on the page Users, or by lienthong operator password NAME)."),
    "second-factor-failed": _sender(401, "Mã 6 số không đúng hoặc đã dùng.", "The six-digit code is wrong, or was used before.", "Nhập mã đang hiện trên điện thoại; mất máy thì nhờ quản trị đặt lại (trang Người dùng, hoặc lienthong operator totp TÊN).", "Enter the code shown now; if the device is lost, have it set anew (on the page Users, or by lienthong operator totp NAME)."),
    "second-factor-missing": _sender(403, "Quản trị phải có mã 6 số mới đăng nhập từ máy khác được.", "An administrator needs a second factor to sign in from another machine.", "Một quản trị khác đặt ở trang Người dùng, hoặc: lienthong operator totp TÊN.", "Another administrator sets it on the page Users, or: lienthong operator totp NAME."),
    "own-account": _sender(409, "Không ai tự làm việc này với tài khoản của mình.", "Nobody does this to his own account.", "Mật khẩu và mã 6 số của mình: bấm tên mình ở góc trên. Việc khác nhờ một quản trị khác.", "For your own password and second factor press your name at the top. For the rest ask another administrator."),
    "administrator-last": _sender(409, "Không còn quản trị nào khác đăng nhập được.", "No other administrator could sign in.", "Đặt một quản trị khác có mật khẩu trước.", "Give another administrator a password first."),
    "identity-refused": _sender(401, "Nhà cung cấp danh tính chưa xác nhận được bạn là ai.", "The identity provider has not proven who you are.", "Đăng nhập lại từ đầu; vẫn lỗi thì đưa mã này cho quản trị trục.", "Sign in again from the beginning; if it fails again, tell the hub's administrator this code."),
    "identity-unknown": _sender(403, "Tài khoản này chưa được gắn với người vận hành nào.", "This account belongs to no operator of the hub.", "Nhờ quản trị gắn ở trang Người dùng, hoặc: lienthong operator identity TÊN TÀI_KHOẢN.", "Ask an administrator to attach it on the page Users, or by: lienthong operator identity NAME ACCOUNT."),
    "factors-missing": _sender(403, "Quản trị phải đăng nhập bằng nhiều yếu tố ở nhà cung cấp danh tính.", "An administrator must prove himself to the identity provider by several factors.", "Bật xác thực nhiều yếu tố cho tài khoản này, hoặc đăng nhập bằng mật khẩu và mã 6 số.", "Switch several factors on for the account, or sign in by password and code."),
    "role-insufficient": _sender(403, "Vai trò của bạn không được làm việc này.", "Your role may not do this.", "Nhờ người trực hoặc quản trị trục.", "Ask a duty officer or an administrator of the hub."),
    "request-forged": _sender(403, "Yêu cầu không đến từ trang của trục.", "The request does not come from a page of the hub.", "Mở lại trang rồi làm lại.", "Open the page again, then repeat."),
    "not-found": _sender(404, "Không có mục này trong phạm vi của hệ thống gọi.", "There is no such item within the caller's reach.", *_REQUEST),
    "method-not-allowed": _sender(405, "Đường dẫn này không nhận phương thức đã dùng.", "The path does not take this method.", *_REQUEST),
    "body-too-slow": _sender(408, "Nội dung gửi quá chậm.", "The body arrived too slowly.", *_LATER),
    "too-large": _sender(413, "Nội dung vượt giới hạn dung lượng.", "The body exceeds the size limit.", "Gửi tệp lớn dưới dạng phần multipart/related, hoặc giảm dung lượng.", "Send large files as multipart/related parts, or make them smaller."),
    "media-type-unsupported": _sender(415, "Kiểu nội dung không được hỗ trợ.", "The media type is not supported.", *_REQUEST),
    "content-encoding-refused": _sender(415, "Không nhận nội dung nén (Content-Encoding).", "Compressed bodies (Content-Encoding) are refused.", "Gửi nội dung không nén.", "Send the body uncompressed."),
    "quota-exceeded": _sender(429, "Hệ thống gọi vượt hạn mức.", "The calling system is over its quota.", "Chờ hết thời gian Retry-After rồi gửi lại; cần hạn mức lớn hơn thì liên hệ đơn vị vận hành.", "Wait for Retry-After, then send again; ask the operator where the quota is too small."),
    # the XML
    "malformed-xml": _sender(400, "Tệp không phải XML đúng cú pháp.", "The file is not well-formed XML.", *_XML),
    "forbidden-construct": _sender(400, "XML chứa cấu trúc bị cấm (DOCTYPE, thực thể, XInclude, chỉ thị xử lý, chú thích).", "The XML holds a forbidden construct (DOCTYPE, entity, XInclude, processing instruction, comment).", *_XML),
    "encoding-unsupported": _sender(400, "Chỉ nhận XML mã hóa UTF-8 (TCVN 6909:2001).", "Only UTF-8 XML is accepted (TCVN 6909:2001).", *_XML),
    "xml-too-complex": _sender(400, "XML vượt giới hạn độ sâu, số phần tử, thuộc tính hoặc không gian tên.", "The XML exceeds the limits of depth, elements, attributes or namespaces.", *_XML),
    "schema-invalid": _sender(422, "Tệp edXML không đúng QCVN 102:2016.", "The edXML does not follow QCVN 102:2016.", *_XML),
    "not-a-document": _sender(422, "Đây là gói trạng thái, không phải văn bản.", "This is a status package, not a document.", "Gửi gói trạng thái tới POST /statuses.", "Send status packages to POST /statuses."),
    "not-a-status": _sender(422, "Đây là văn bản, không phải gói trạng thái.", "This is a document, not a status package.", "Gửi văn bản tới POST /documents.", "Send documents to POST /documents."),
    # attachments
    "attachment-missing": _sender(422, "Tệp đính kèm nêu trong Manifest không có trong gói.", "An attachment named in the manifest is not in the package.", *_XML),
    "attachment-unexpected": _sender(422, "Gói có tệp đính kèm không nêu trong Manifest.", "The package holds an attachment that the manifest does not name.", *_XML),
    "attachment-encoding": _sender(422, "Nội dung tệp đính kèm không phải base64 hợp lệ.", "The content of an attachment is not valid base64.", *_XML),
    # the signature (profile lt-1)
    "signature-missing": _sender(422, "Văn bản chưa được ký số.", "The document is not signed.", *_RESIGN),
    "signature-multiple": _sender(422, "Văn bản có nhiều hơn một chữ ký XML.", "The document has more than one XML signature.", *_RESIGN),
    "signature-misplaced": _sender(422, "Chữ ký phải là phần tử con cuối cùng của edXMLHeader.", "The signature must be the last child of edXMLHeader.", *_RESIGN),
    "signature-profile": _sender(422, "Cấu trúc chữ ký không đúng hồ sơ lt-1.", "The signature's structure is not the profile lt-1.", *_RESIGN),
    "signature-reference": _sender(422, "Tham chiếu của chữ ký không đúng hồ sơ lt-1.", "The signature's references are not those of the profile lt-1.", *_RESIGN),
    "signature-transform": _sender(422, "Phép biến đổi của chữ ký không được phép.", "A transform of the signature is not allowed.", *_RESIGN),
    "signature-c14n": _sender(422, "Chữ ký phải dùng exclusive C14N.", "The signature must use exclusive C14N.", *_RESIGN),
    "signature-algorithm": _sender(422, "Thuật toán ký hoặc băm không được chấp nhận.", "The signature or digest algorithm is not accepted.", *_RESIGN),
    "signature-keyinfo": _sender(422, "KeyInfo phải chứa X509Data với chứng thư ký.", "KeyInfo must hold X509Data with the signing certificate.", *_RESIGN),
    "signature-key-weak": _sender(422, "Khóa ký quá yếu (cần RSA ≥ 2048 hoặc P-256/P-384).", "The signing key is too weak (RSA ≥ 2048 or P-256/P-384 is needed).", *_CERTIFICATE),
    "signature-uncovered": _sender(422, "Có phần của gói không được chữ ký bao phủ.", "A part of the package is not covered by the signature.", *_RESIGN),
    "signature-wrapped": _sender(422, "Gói bị bọc hoặc trùng mã định danh phần tử.", "The package is wrapped, or has duplicate element ids.", *_RESIGN),
    "signature-invalid": _sender(422, "Chữ ký không khớp nội dung: văn bản đã bị thay đổi hoặc ký bằng khóa khác.", "The signature does not match the content: changed, or signed with another key.", *_RESIGN),
    # trust
    "sender-mismatch": _sender(422, "Hệ thống gọi không được gửi thay cơ quan nêu ở From.", "The calling system may not send for the agency in From.", "Dùng tài khoản của chính cơ quan gửi.", "Use the credentials of the sending agency."),
    "sender-unknown": _sender(422, "Cơ quan gửi không có trong danh bạ.", "The sending agency is not in the directory.", *_DIRECTORY),
    "sender-locked": _sender(422, "Cơ quan gửi đang bị khóa.", "The sending agency is locked.", *_DIRECTORY),
    "sender-dissolved": _sender(422, "Cơ quan gửi đã giải thể hoặc chưa có hiệu lực.", "The sending agency is dissolved or not yet in force.", *_DIRECTORY),
    "certificate-unregistered": _sender(422, "Chứng thư ký không phải chứng thư đã đăng ký của cơ quan gửi.", "The signing certificate is not registered for the sending agency.", *_CERTIFICATE),
    "certificate-untrusted": _sender(422, "Chứng thư ký không được chấp nhận (chuỗi tin cậy hoặc mục đích sử dụng).", "The certificate is not acceptable (chain or key usage).", *_CERTIFICATE),
    "certificate-expired": _sender(422, "Chứng thư ký đã hết hạn hoặc chưa có hiệu lực.", "The signing certificate has expired or is not yet valid.", *_CERTIFICATE),
    "certificate-revoked": _sender(422, "Chứng thư ký đã bị thu hồi.", "The signing certificate is revoked.", *_CERTIFICATE),
    "revocation-unknown": _hub(503, "Chưa xác định được chứng thư còn hiệu lực (CRL cũ hoặc thiếu).", "The revocation state is not known (the CRL is stale or missing).", *_LATER),
    # routing
    "receiver-unknown": _sender(422, "Nơi nhận không có trong danh bạ.", "A receiver is not in the directory.", *_RECEIVERS),
    "receiver-locked": _sender(422, "Nơi nhận đang bị khóa.", "A receiver is locked.", *_RECEIVERS),
    "receiver-dissolved": _sender(422, "Nơi nhận đã giải thể hoặc chưa có hiệu lực.", "A receiver is dissolved or not yet in force.", *_RECEIVERS),
    # the policy
    **{code: _broken(rule) for code, rule in RULES.items()},
    # the ledger
    "duplicate-document": _sender(409, "Số, ký hiệu này đã được gửi trong năm với nội dung khác.", "This number and notation were already sent this year with other content.", "Dùng số văn bản mới, hoặc gửi nghiệp vụ cập nhật/thay thế.", "Use a new number, or send an update or replacement."),
    "idempotency-key-reused": _sender(409, "Idempotency-Key đã dùng cho nội dung khác.", "The Idempotency-Key was used for other content.", "Dùng khóa mới cho nội dung mới.", "Use a new key for new content."),
    "lease-lost": _sender(409, "Lượt nhận đã hết hạn hoặc đã đóng.", "The lease has expired or is closed.", "Lấy lượt nhận mới (POST /inbox/leases).", "Take a new lease (POST /inbox/leases)."),
    "status-conflict": _sender(409, "Trạng thái này không hợp lệ ở bước hiện tại của văn bản.", "This status is not allowed at the delivery's present state.", "Xem trạng thái hiện tại (GET /documents/{id}).", "Look at the present state (GET /documents/{id})."),
    "status-unmatched": _sender(422, "Không tìm thấy văn bản mà trạng thái nói tới.", "The document that the status speaks of is not found.", "Kiểm tra ResponseFor (OrganId, Code, PromulgationDate, DocumentId).", "Check ResponseFor (OrganId, Code, PromulgationDate, DocumentId)."),
    "deadline-ended": _sender(409, "Thời hạn này đã kết thúc.", "This deadline has ended.", "Xem GET /deadlines.", "See GET /deadlines."),
    "deadline-overdue": _sender(409, "Thời hạn đã quá hạn, không tạm dừng được.", "An overdue deadline cannot be paused: what is late stays late.", "Gia hạn hoặc miễn, có lý do.", "Extend or waive it, with the reason."),
    "deadline-paused": _sender(409, "Thời hạn này đang tạm dừng.", "This deadline is paused already.", "Xem GET /deadlines?state=paused; cho tính tiếp, gia hạn hoặc miễn.", "See GET /deadlines?state=paused; resume, extend or waive it."),
    "deadline-reminded": _sender(409, "Đơn vị vừa được nhắc về thời hạn này.", "The agency was reminded of this deadline a moment ago.", "Chờ đủ 30 phút từ lần nhắc trước; gấp hơn thì gọi điện.", "Wait until 30 minutes have passed since; where that is too long, telephone."),
    "deadline-escalated": _sender(409, "Lãnh đạo đơn vị vừa được báo về thời hạn này.", "The agency's leader was told of this deadline already.", "Báo lãnh đạo nhiều nhất một lần một ngày; gấp hơn thì gọi điện.", "A leader is told once a day at most; where that is too long, telephone."),
    "deadline-not-overdue": _sender(409, "Thời hạn này chưa quá hạn.", "This deadline is not overdue.", "Nhắc đơn vị; báo lãnh đạo khi đã quá hạn.", "Remind the agency; tell its leader once it is overdue."),
    "deadline-not-paused": _sender(409, "Thời hạn này không tạm dừng.", "This deadline is not paused.", "Xem GET /deadlines?state=paused.", "See GET /deadlines?state=paused."),
    "alert-closed": _sender(409, "Cảnh báo này đã hết.", "This alert is over.", "Xem lienthong alerts list.", "See lienthong alerts list."),
    "alert-rule-changed": _sender(409, "Luật cảnh báo đã đổi từ khi bạn xem.", "The rule of alerts has changed since you saw it.", "Mở lại trang của luật, thử lại trên 30 ngày qua rồi giữ.", "Open the page of the rule again, try it on the last 30 days, and keep it."),
    "alerts-read-only": _hub(503, "Trục chưa ghi được luật cảnh báo: chưa đặt tệp riêng, hoặc tệp chỉ đọc được.", "The hub cannot write the rules of alerts: no file of its own is set, or it may only read that.", "Chép config/alerts.toml vào cạnh gateway.toml, ghi alerts = \"alerts.toml\" ở [directory], cho trục quyền ghi, rồi làm lại.", "Copy config/alerts.toml beside gateway.toml, write alerts = \"alerts.toml\" in [directory], let the hub write there, and do it again."),
    "calendar-unchanged": _sender(409, "Lịch đã đúng như đề xuất.", "The calendar says so already.", "Xem lại ngày và căn cứ ở trang Lịch.", "Look at the day and its basis on the page of the calendar."),
    "calendar-changed": _sender(409, "Lịch đã đổi từ khi có đề xuất này.", "The calendar has changed since this was proposed.", "Từ chối hoặc rút đề xuất, xem lại lịch rồi đề xuất lại.", "Refuse or withdraw it, look at the calendar, and propose anew."),
    "calendar-read-only": _hub(503, "Trục chưa ghi được lịch: chưa đặt thư mục lịch riêng, hoặc thư mục chỉ đọc được.", "The hub cannot write the calendar: no folder of its own is set, or it may only read that.", "Chép lịch kèm theo vào một thư mục, ghi [directory] calendar trong gateway.toml, cho trục quyền ghi, rồi duyệt lại.", "Copy the calendar that ships into a folder, name it in [directory] calendar of gateway.toml, let the hub write there, and approve again."),
    "proposal-decided": _sender(409, "Đề xuất này đã có quyết định hoặc đã rút.", "This proposal is decided or withdrawn already.", "Xem lịch sử đề xuất ở trang Lịch.", "See the proposals on the page of the calendar."),
    "second-officer-needed": _sender(403, "Người đề xuất không tự duyệt hay từ chối được.", "Who proposes it neither approves nor refuses it.", "Nhờ một quản trị khác quyết định, hoặc rút đề xuất.", "Ask another administrator to decide, or withdraw it."),
    "job-over": _sender(409, "Lượt xử lý này đã kết thúc.", "This job is over.", "Xem /console/jobs; còn văn bản thì bắt đầu lượt mới.", "See /console/jobs; begin another where something is left."),
    "paper-unexpected": _sender(422, "Văn bản này không có bản giấy đi kèm.", "No paper copy follows this document.", "Kiểm tra lại mã lượt chuyển.", "Check the delivery id."),
    "assignment-lead": _sender(422, "Phân công phải có đúng một đơn vị chủ trì (Điều 12.2b).", "An assignment has exactly one lead unit (article 12.2b).", "Ghi đúng một đơn vị có role = lead, các đơn vị khác role = coordinator.", "Give exactly one unit the role lead, the others the role coordinator."),
    "status-reason-required": _sender(422, "Trạng thái này bắt buộc nêu lý do (Description).", "This status needs a reason (Description).", *_XML),
    # pushing to a receiver's system
    "receiver-unreachable": _receiver(502, "Không kết nối được hệ thống của nơi nhận.", "The receiver's system is out of reach.", *_AWAY),
    "receiver-timeout": _receiver(504, "Hệ thống của nơi nhận không trả lời kịp.", "The receiver's system did not answer in time.", *_AWAY),
    "receiver-failed": _receiver(502, "Hệ thống của nơi nhận gặp lỗi.", "The receiver's system failed.", *_AWAY),
    "receiver-refused": _sender(422, "Hệ thống của nơi nhận từ chối văn bản.", "The receiver's system refused the document.", "Xem lời từ chối; sửa rồi gửi văn bản mới, hoặc liên hệ nơi nhận.", "Read the refusal; correct and send anew, or ask the receiver."),
    "delivery-too-large": _sender(422, "Văn bản lớn hơn mức hệ thống của nơi nhận nhận được.", "The document is larger than the receiver's system takes.", "Giảm dung lượng tệp đính kèm rồi gửi văn bản mới, hoặc hẹn nơi nhận đến lấy qua API.", "Make the attachments smaller and send anew, or have the receiver poll the API."),
    "delivery-parts": _sender(422, "Hệ thống của nơi nhận không nhận được tệp gửi rời.", "The receiver's system cannot take attachments that travel beside the envelope.", "Đưa tệp đính kèm vào trong gói edXML rồi gửi văn bản mới, hoặc hẹn nơi nhận đến lấy qua API.", "Put the attachments inside the envelope and send anew, or have the receiver poll the API."),
    "link-unauthorised": _hub(502, "Hệ thống của nơi nhận không chấp nhận mã truy cập của trục.", "The receiver's system does not accept the hub's credentials.", *_LINK),
    "link-misconfigured": _hub(500, "Cấu hình nối tới hệ thống của nơi nhận chưa đúng.", "The link to the receiver's system is misconfigured.", *_LINK),
    "adapter-failed": _hub(500, "Bộ nối (adapter) gặp lỗi.", "The adapter failed.", "Báo nhà cung cấp bộ nối; trục tự thử lại.", "Tell the adapter's vendor; the hub tries again by itself."),
    "delivery-poisonous": _hub(500, "Văn bản nhiều lần làm hỏng tiến trình chuyển.", "The document brought workers down again and again.", "Xem nhật ký của tiến trình work, sửa nguyên nhân rồi gửi lại (lienthong deadletters requeue).", "See the log of the work process, mend the cause, then requeue it (lienthong deadletters requeue)."),
    # the directory
    "entry-unknown": _sender(404, "Danh bạ không có cơ quan, hệ thống hoặc người này.", "The directory has no such agency, system or operator.", "Xem lienthong agency list, lienthong system list và lienthong operator list.", "See lienthong agency list, lienthong system list and lienthong operator list."),
    "entry-exists": _sender(409, "Danh bạ đã có cơ quan, hệ thống hoặc người này.", "The directory already has this agency, system or operator.", "Chọn tên khác, hoặc sửa mục đã có.", "Choose another name, or change the entry that is there."),
    "agency-ended": _sender(409, "Cơ quan này đã hết hiệu lực.", "This agency is no longer in force.", "Sai ngày thì sửa: lienthong agency set MÃ --valid-to NGÀY.", "Where the day is wrong: lienthong agency set ID --valid-to DAY."),
    "successor-unfit": _sender(422, "Cơ quan này không kế tục được.", "This agency cannot be the successor.", "Chọn cơ quan có hiệu lực vào ngày ấy, không nằm trong số chấm dứt.", "Choose one that is in force on that day and does not end itself."),
    "certificate-registered": _sender(409, "Chứng thư này đã đăng ký cho cơ quan.", "The agency has this certificate already.", "Không cần làm gì; xem trang của cơ quan.", "Nothing is to be done; see the agency's page."),
    "sheet-unreadable": _sender(422, "Không đọc được bảng danh bạ.", "The sheet of agencies cannot be read.", "Lưu bảng dạng .xlsx hoặc CSV UTF-8 có dòng tiêu đề; mẫu: lienthong agency export.", "Save the sheet as .xlsx or CSV UTF-8 with its headings; for a template: lienthong agency export."),
    # the hub
    "busy": _hub(503, "Hệ thống đang quá tải.", "The hub is busy.", *_LATER),
    "storage-unavailable": _hub(503, "Chưa ghi được dữ liệu.", "The data could not be stored.", *_LATER),
    "broker-unavailable": _hub(503, "Không kết nối được hàng đợi (RabbitMQ).", "The broker (RabbitMQ) is out of reach.", "Văn bản đã nhận vẫn an toàn trong sổ cái và tự chuyển tiếp khi RabbitMQ trở lại; kiểm tra dịch vụ RabbitMQ.", "What was accepted is safe in the ledger and goes on by itself once RabbitMQ is back; look after the RabbitMQ service."),
    "broker-blocked": _hub(503, "RabbitMQ tạm ngừng nhận (báo động bộ nhớ hoặc đĩa).", "RabbitMQ asks its publishers to wait (memory or disk alarm).", "Giải phóng bộ nhớ hoặc đĩa của RabbitMQ; văn bản tự chuyển tiếp sau đó.", "Free memory or disk of RabbitMQ; documents then go on by themselves."),
    "scan-unavailable": _hub(503, "Chưa quét được mã độc trong tệp đính kèm.", "The attachments could not be scanned for malware.", *_LATER),
    "identity-provider-failed": _hub(503, "Nhà cung cấp danh tính không trả lời đúng.", "The identity provider does not answer as it should.", "Thử lại, hoặc đăng nhập bằng mật khẩu; kiểm tra [console.oidc] trong gateway.toml và dịch vụ ấy.", "Try again, or sign in by password; look after [console.oidc] of gateway.toml and that service."),
    "mail-unavailable": _hub(503, "Không kết nối được máy chủ thư.", "The mail server is out of reach.", *_MAIL),
    "mail-unanswered": _hub(503, "Máy chủ thư không trả lời khi nhận thư.", "The mail server did not answer for a mail.", *_MAIL),
    "mail-deferred": _hub(503, "Máy chủ thư chưa nhận thư này.", "The mail server does not take this mail now.", *_MAIL),
    "mail-refused": _hub(502, "Máy chủ thư từ chối địa chỉ hoặc thư.", "The mail server refuses the address, or the mail.", "Sửa email, leader_email trong agencies.toml hoặc officers trong gateway.toml.", "Correct email or leader_email in agencies.toml, or officers in gateway.toml."),
    "mail-misconfigured": _hub(500, "Máy chủ thư không chấp nhận trục: chứng thư, tài khoản hoặc địa chỉ gửi.", "The mail server and the hub do not agree: certificate, login or sender.", "Sửa [mail] trong gateway.toml, rồi chạy lienthong check.", "Correct [mail] in gateway.toml, then run lienthong check."),
    "not-ready": _hub(503, "Hệ thống chưa sẵn sàng.", "The hub is not ready.", *_LATER),
    "backup-failed": _hub(503, "Chưa sao lưu được; các bản trước còn nguyên.", "The backup was not made; earlier ones are as they were.", "Sửa điều nêu trên (chỗ trống, quyền, kết nối) rồi chạy lại lienthong backup.", "Mend what is named (room, rights, connection), then run lienthong backup again."),
    "backup-broken": _hub(422, "Bản sao lưu không nguyên vẹn: chưa ghi gì.", "The backup is not whole: nothing was written.", "Dùng bản sao lưu khác.", "Use another backup."),
    "restore-refused": _hub(409, "Không khôi phục vào nơi này.", "Nothing is restored into this place.", "Chọn thư mục trống (và cơ sở dữ liệu trống), rồi chạy lại.", "Choose an empty folder (and an empty database), then run it again."),
    "directory-read-only": _hub(503, "Máy này chỉ đọc được danh bạ.", "This machine may only read the directory.", "Làm trên máy có quyền ghi agencies.toml, bằng lệnh lienthong.", "Do it where agencies.toml may be written, by the command lienthong."),
    "misconfigured": _hub(500, "Cấu hình của hệ thống chưa đúng.", "The hub is misconfigured.", "Chạy lienthong check.", "Run lienthong check."),
    "internal": _hub(500, "Lỗi nội bộ của hệ thống.", "Internal error of the hub.", "Báo mã trace_id cho đơn vị vận hành.", "Give the trace_id to the operator."),
}
# fmt: on
