"""The catalogue of rules: each with its article, what the hub does by default, and its words; `docs/policy.md` is made from it."""

from dataclasses import dataclass
from enum import StrEnum

from gateway.core.model import Severity


class Action(StrEnum):
    """What follows where a rule is broken, from the mildest to the hardest."""

    FINDING = "finding"
    """The document goes on, and both sides are told."""
    HOLD = "hold"
    """The document is accepted, but waits for an operator to release it or turn it back."""
    REFUSE = "refuse"
    """The document is refused before anything of it is stored."""

    @property
    def rank(self) -> int:
        """Give its hardness: a higher rank is harder."""
        return list(Action).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `action` is the default, `floor` the mildest that a configuration may choose.

    `article` is of QĐ 4764/2017/QĐ-UBND where it has no other name; None where experience and not a text asks for it.
    """

    article: str | None
    action: Action
    vi: str
    en: str
    cure_vi: str
    cure_en: str
    floor: Action = Action.FINDING
    severity: Severity = Severity.WARNING


_PDF = ("Xuất lại PDF từ bản chính rồi gửi lại.", "Export the PDF again from the original, then send again.")
_TEXT = ("Nhập chữ Việt bằng Unicode dựng sẵn (NFC).", "Write Vietnamese in composed Unicode (NFC).")
_HEADER = ("Sửa thông tin ở vị trí nêu trên.", "Correct the value at the place named.")
_PAPER = ("Sửa Bussiness/Paper cho đúng với loại văn bản.", "Set Bussiness/Paper as the class of document asks.")
_FILES = ("Gửi tệp PDF thay cho tệp này.", "Send a PDF in place of this file.")
_REPLY = ("Ghi đúng ResponseFor của văn bản đến.", "Name the answered document in ResponseFor.")
_TARGET = (
    "Ghi đúng DocumentId của văn bản đã gửi vào Bussiness; thu hồi một lượt chuyển thì dùng trạng thái 13.",
    "Name the DocumentId of the document that was sent in Bussiness; to recall one delivery use status 13.",
)
_SIGN = (
    "Ký số tệp PDF bằng chứng thư đã đăng ký của cơ quan.",
    "Sign the PDF with the agency's registered certificate.",
)
_OUTSIDE = ("Gửi theo đường văn bản mật hoặc đường công văn.", "Send it by the channel for secret papers, or by post.")


def _finding(article: str | None, vi: str, en: str, cure: tuple[str, str], severity: Severity = Severity.WARNING) -> Rule:
    return Rule(article=article, action=Action.FINDING, vi=vi, en=en, cure_vi=cure[0], cure_en=cure[1], severity=severity)


def _hold(article: str | None, vi: str, en: str, cure: tuple[str, str]) -> Rule:
    return Rule(article=article, action=Action.HOLD, vi=vi, en=en, cure_vi=cure[0], cure_en=cure[1])


def _refuse(article: str | None, vi: str, en: str, cure: tuple[str, str], floor: Action = Action.FINDING) -> Rule:
    return Rule(article=article, action=Action.REFUSE, vi=vi, en=en, cure_vi=cure[0], cure_en=cure[1], floor=floor)


# fmt: off
RULES: dict[str, Rule] = {
    # what does not belong here at all
    "state-secret": _refuse("1.1b", "Văn bản có dấu hiệu bí mật nhà nước, không được gửi qua trục.", "The document is marked as a state secret, which must not travel here.", _OUTSIDE, Action.REFUSE),
    "complaint-paper": _refuse("1.1b", "Đơn thư tranh chấp, khiếu nại, tố cáo không được gửi qua trục.", "Letters of dispute, complaint or denunciation must not travel here.", _OUTSIDE, Action.REFUSE),
    # the text
    "text-decomposed": _finding("3.3", "Chữ Việt ở dạng tổ hợp (NFD), không phải dựng sẵn (NFC).", "Vietnamese letters are decomposed (NFD), not composed (NFC).", _TEXT, Severity.INFO),
    "text-legacy-encoding": _finding("3.3", "Chữ Việt dùng bảng mã cũ, không phải Unicode.", "The text is in an old Vietnamese encoding, not Unicode.", _TEXT),
    "value-sentinel": _finding("14.2", "Giá trị giữ chỗ, không phải thông tin thật.", "A placeholder stands where information should be.", _HEADER),
    # identity, dates and receivers
    "document-id-differs": _finding("12.1a", "DocumentId không khớp với mã cơ quan, ngày hoặc số, ký hiệu.", "The DocumentId does not agree with organ id, date or code.", _HEADER),
    "document-id-impossible": _finding("12.1a", "DocumentId có ngày không tồn tại.", "The DocumentId holds a date that does not exist.", _HEADER),
    "issued-late": _finding("6.3", "Văn bản được phát hành muộn hơn buổi sáng ngày làm việc kế tiếp ngày ban hành.", "The document is issued later than the morning of the working day after its date.", ("Phát hành ngay trong ngày ký.", "Issue documents on the day they are dated.")),
    "sender-among-receivers": _finding(None, "Cơ quan gửi có tên trong nơi nhận.", "The sender is among the receivers.", _HEADER, Severity.INFO),
    "business-reason-missing": _finding("16.2", "Thu hồi, cập nhật hoặc thay thế mà không nêu lý do.", "A recall, update or replacement gives no reason.", _HEADER),
    # paper
    "paper-required": _finding("5.1", "Loại văn bản này phải gửi kèm bản giấy.", "This class of document also travels on paper.", _PAPER),
    "paper-needless": _finding("4.1", "Loại văn bản này chỉ trao đổi dưới dạng điện tử, không gửi bản giấy.", "This class of document travels electronically only, without paper.", _PAPER, Severity.INFO),
    # response
    "response-due-missing": _finding("14.2, 15.2", "Văn bản yêu cầu phản hồi nhưng không nêu thời hạn (DueDate).", "The document asks for a response and gives no due date.", ("Ghi thời hạn vào DueDate.", "Give the due date in DueDate.")),
    "due-before-issue": _finding("14.2", "Thời hạn phản hồi (DueDate) trước ngày ban hành.", "The due date lies before the date of issue.", _HEADER),
    "due-at-once": _finding("14.2", "Thời hạn phản hồi là chính ngày gửi, văn bản lại không khẩn: có thể là giá trị điền tự động.", "The due date is the day of sending and the document is not urgent: it may be filled in by a program.", _HEADER, Severity.INFO),
    "reply-unlinked": _finding("14.2", "Văn bản trả lời không liên kết với văn bản đến (ResponseFor).", "A reply is not linked to the document that it answers (ResponseFor).", _REPLY),
    "reply-unknown": _finding("14.2", "Không tìm thấy văn bản đến mà ResponseFor nêu.", "The document that ResponseFor names is not known.", _REPLY),
    # what is recalled, updated or replaced
    "recall-target-unknown": _finding(None, "Không tìm thấy văn bản cần thu hồi trong số văn bản đã gửi qua trục.", "The document to be recalled is not among those that its sender sent here.", _TARGET),
    "update-target-unknown": _finding(None, "Không tìm thấy văn bản cần cập nhật trong số văn bản đã gửi qua trục.", "The document to be updated is not among those that its sender sent here.", _TARGET),
    "replacement-target-unknown": _finding(None, "Không tìm thấy văn bản bị thay thế trong số văn bản đã gửi qua trục.", "A replaced document is not among those that its sender sent here.", _TARGET),
    # signatures in PDFs, of agencies that are trusted by their channel
    "pdf-signature-missing": _finding("6.1, 14", "Gói không có chữ ký XML, và không tệp PDF nào có chữ ký số của cơ quan gửi.", "The envelope has no signature, and no PDF is signed by the sending agency.", _SIGN),
    "pdf-signature-broken": _finding("6.1, 14", "Chữ ký số trong PDF không còn nguyên vẹn.", "A signature in a PDF is not intact.", _SIGN),
    # attachments
    "page-amount-differs": _finding("3.2, 12.1a", "Số trang của PDF khác với PageAmount.", "The PDF has another number of pages than PageAmount.", _HEADER),
    "attachment-type-differs": _finding("3.2", "Nội dung tệp không đúng với phần mở rộng.", "The file's content is not what its name says.", _FILES),
    "attachment-name-unsafe": _finding("3.3", "Tên tệp có ký tự không an toàn hoặc quá dài; bên nhận thấy tên đã làm sạch.", "The file's name is unsafe or too long; receivers see it cleaned.", ("Đặt lại tên tệp.", "Rename the file.")),
    "attachment-corrupted": _finding("3.2, 16.2", "Tệp PDF bị hỏng do đã được xử lý như văn bản (các byte EF BF BD).", "The PDF was destroyed by being handled as text (bytes EF BF BD).", _PDF),
    "attachment-bomb": _refuse("6.2", "Tệp nén bung ra quá lớn hoặc có quá nhiều tệp con.", "The archive unpacks to too much, or holds too many files.", _FILES),
    "attachment-executable": _refuse("6.2", "Tệp chạy được không được gửi qua trục.", "Executable files must not travel here.", _FILES),
    "attachment-macro": _hold("6.2", "Tệp văn phòng có macro.", "The office file holds macros.", _FILES),
    "attachment-locked": _hold("6.2, 16.2", "Tệp có mật khẩu nên không kiểm tra được và không bảo đảm truy cập được.", "The file is locked by a password: it cannot be checked, nor be relied on to open.", _FILES),
    "attachment-infected": _refuse("6.2", "Tệp có mã độc.", "The file holds malware.", ("Quét, làm sạch máy trạm rồi gửi lại tệp sạch.", "Clean the workstation, then send a clean file."), Action.REFUSE),
    "attachment-unscanned": _refuse("6.2", "Chưa quét được mã độc cho tệp này.", "The file could not be scanned for malware.", ("Bên nhận tự quét trước khi mở.", "Receivers scan it before they open it.")),
    "pdf-unreadable": _finding("3.2, 16.2", "Không mở được tệp PDF.", "The PDF cannot be opened.", _PDF),
    "pdf-unexamined": _finding("12.1a", "Tệp PDF quá lớn hoặc quá phức tạp nên chưa được kiểm tra.", "The PDF is too large or too complex to be examined.", _PDF, Severity.INFO),
    "pdf-without-text": _finding("16.2", "PDF là ảnh quét, không có lớp chữ.", "The PDF is a scan without text.", ("Gửi PDF xuất từ phần mềm soạn thảo.", "Send the PDF that the word processor made."), Severity.INFO),
}
# fmt: on
