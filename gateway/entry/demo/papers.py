"""What the agencies write on this day: invented matters in the words of real ones."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from gateway.core.model import VIETNAM, Priority
from gateway.entry.demo.cast import COMMUNE, FARMING, FINANCE, HEALTH, OFFICE, PROVINCE, WARD
from gateway.entry.demo.packages import Paper

LARGE_PAGES = 300
"""Two megabytes of PDF: far too much for the envelope of most systems, so it travels as a MIME part."""

_TASKS = (
    "Rà soát toàn bộ văn bản đi, văn bản đến trong quý; đối chiếu số, ký hiệu, ngày ban hành, trích yếu và số trang với sổ đăng "
    "ký văn bản; lập danh sách văn bản chưa có phản hồi trạng thái xử lý, nêu rõ nguyên nhân và trách nhiệm của từng bộ phận.",
    "Bố trí cán bộ văn thư trực hệ thống trong giờ hành chính; văn bản khẩn, hỏa tốc phải được tiếp nhận ngay khi đến; văn bản "
    "đến không đúng thẩm quyền phải được từ chối tiếp nhận kèm lý do, không để tồn đọng quá thời hạn quy định.",
    "Sử dụng chữ ký số của cơ quan và của người có thẩm quyền cho mọi văn bản điện tử phát hành; không gửi kèm bản giấy đối với "
    "loại văn bản đã quy định chỉ gửi bản điện tử; bảo đảm chứng thư số còn hiệu lực, thay thế trước khi hết hạn ba mươi ngày.",
    "Cập nhật mã định danh cơ quan sau sắp xếp đơn vị hành chính; gửi danh sách mã cũ, mã mới về đơn vị vận hành để cập nhật "
    "danh bạ; trong thời gian chuyển tiếp, hệ thống tiếp nhận văn bản gửi theo cả hai loại mã.",
    "Tổng hợp khó khăn, vướng mắc, đề xuất giải pháp; báo cáo kết quả thực hiện đúng thời hạn qua trục liên thông văn bản để "
    "tổng hợp, trình cấp có thẩm quyền xem xét, quyết định.",
)
_CLOSING = (
    "Trong quá trình thực hiện, nếu có vướng mắc, đề nghị phản ánh kịp thời về đơn vị chủ trì để được hướng dẫn. Đề nghị Thủ "
    "trưởng các cơ quan, đơn vị quan tâm chỉ đạo, tổ chức thực hiện nghiêm túc các nội dung nêu trên./."
)


def morning() -> dict[str, list[Paper]]:
    """Give the papers of each sender by organ id; the urgent are sent last, so that coming first proves something."""
    return {
        PROVINCE.organ: [
            Paper(
                to=(FINANCE.organ, HEALTH.aliases[0], COMMUNE.organ, WARD.organ),
                notation="UBND-VP",
                subject="báo cáo tình hình gửi, nhận văn bản điện tử",
                paragraphs=_text("Thực hiện Quyết định số 4764/2017/QĐ-UBND, UBND tỉnh yêu cầu các cơ quan, đơn vị:"),
                due=_days_on(7),
            ),
            Paper(
                to=(COMMUNE.organ, WARD.organ),
                notation="CĐ-UBND",
                type_name="Công điện",
                subject="Ứng phó mưa lớn và lũ trên các sông",
                paragraphs=_text("Theo bản tin dự báo, từ đêm nay có mưa rất to trên diện rộng; Chủ tịch UBND tỉnh yêu cầu:"),
                priority=Priority.EXPRESS,
            ),
        ],
        OFFICE.organ: [
            Paper(
                to=(PROVINCE.organ, COMMUNE.organ),
                notation="GM-VP",
                type_name="Giấy mời",
                subject="Dự họp giao ban công tác văn thư",
                paragraphs=_text("Văn phòng UBND tỉnh trân trọng kính mời đại diện các cơ quan dự họp, chuẩn bị các nội dung:"),
            )
        ],
        FINANCE.organ: [
            Paper(
                to=(COMMUNE.organ, WARD.organ),
                notation="STC-NS",
                subject="đối chiếu dự toán ngân sách quý IV",
                paragraphs=_text("Để kịp thời quyết toán, Sở Tài chính đề nghị UBND các xã, phường thực hiện ngay:"),
                priority=Priority.URGENT,
                due=_days_on(2),
            )
        ],
        HEALTH.organ: [misdirected()],
        FARMING.organ: [
            Paper(
                to=(PROVINCE.organ, COMMUNE.organ),
                notation="BC-SNN",
                type_name="Báo cáo",
                subject="Kết quả thống kê diện tích gieo trồng",
                paragraphs=_text("Sở Nông nghiệp báo cáo kết quả thống kê, chi tiết tại phụ lục kèm theo:"),
                annex_pages=LARGE_PAGES,
            )
        ],
        COMMUNE.organ: [
            Paper(
                to=(PROVINCE.organ, HEALTH.aliases[1]),
                notation="BC-UBND",
                type_name="Báo cáo",
                subject="Tình hình kinh tế - xã hội tháng 11",
                paragraphs=_text("UBND xã báo cáo tình hình thực hiện nhiệm vụ trong tháng và phương hướng tháng tới:"),
            )
        ],
    }


def misdirected() -> Paper:
    """Write to an agency that it does not concern."""
    return Paper(
        to=(WARD.organ,),
        notation="SYT-NVD",
        subject="thẩm định điều kiện hành nghề dược",
        paragraphs=_text("Sở Y tế nhận được hồ sơ đề nghị thẩm định; đề nghị cơ quan có thẩm quyền xem xét các nội dung:"),
    )


def reply(about: dict[str, Any]) -> Paper:
    """Answer a document."""
    return Paper(
        to=(about["from"],),
        notation="BC-STC",
        type_name="Báo cáo",
        subject="Tình hình gửi, nhận văn bản điện tử của Sở Tài chính",
        paragraphs=_text(f"Thực hiện văn bản số {about['code']['number']}/{about['code']['notation']}, Sở Tài chính báo cáo:"),
        priority=Priority.URGENT,
        reply_to=about,
    )


def forbidden() -> list[tuple[str, str, str, Paper]]:
    """Give papers that must not travel here: whose, the code of the refusal, what was done, the paper."""
    secret = Paper(
        to=(PROVINCE.organ,),
        notation="UBND-X",
        subject="Tối mật: Phương án bảo vệ mục tiêu",
        paragraphs=_text("UBND xã báo cáo phương án bảo vệ mục tiêu:"),
    )
    complaint = Paper(
        to=(PROVINCE.organ,),
        notation="UBND-X",
        subject="chuyển đơn khiếu nại của công dân",
        paragraphs=_text("UBND phường chuyển đơn của công dân, đề nghị xem xét theo thẩm quyền:"),
    )
    program = replace(errand(FARMING.organ, (COMMUNE.organ,)), file_name="cap-nhat-phan-mem.exe")
    return [
        (COMMUNE.organ, "state-secret", "gửi văn bản ghi «Tối mật»", secret),
        (WARD.organ, "complaint-paper", "chuyển đơn khiếu nại", complaint),
        (FARMING.organ, "attachment-executable", "gửi kèm tệp .exe", program),
    ]


def careless() -> list[tuple[str, str, Paper]]:
    """Give papers that may travel, and of which both sides are told something: whose, the finding, the paper."""
    undated = Paper(
        to=(WARD.organ,),
        notation="SYT-KH",
        subject="đề nghị báo cáo kết quả tiêm chủng",
        paragraphs=_text("Để tổng hợp số liệu, Sở Y tế đề nghị UBND phường báo cáo các nội dung:"),
    )
    submission = Paper(
        to=(PROVINCE.organ,),
        notation="TTr-STC",
        type_name="Tờ trình",
        subject="Phê duyệt phương án phân bổ kinh phí",
        paragraphs=_text("Sở Tài chính trình UBND tỉnh xem xét, phê duyệt phương án phân bổ kinh phí:"),
    )
    miscounted = replace(errand(OFFICE.organ, (FINANCE.organ,)), notation="VP-HC", miscounted=2)
    return [
        (HEALTH.organ, "response-due-missing", undated),
        (FINANCE.organ, "paper-required", submission),
        (OFFICE.organ, "page-amount-differs", miscounted),
    ]


def evening() -> Paper:
    """Write when one of the receivers has closed for the day."""
    return Paper(
        to=(OFFICE.organ, FARMING.organ),
        notation="UBND-NN",
        subject="kiểm tra công tác bảo vệ rừng",
        paragraphs=_text("UBND tỉnh giao các cơ quan phối hợp kiểm tra, bảo đảm các yêu cầu sau:"),
    )


def errand(sender: str, receivers: tuple[str, ...]) -> Paper:
    """Write one of the many small papers of an ordinary day."""
    return Paper(
        to=receivers,
        notation="CV-VT",
        subject="phối hợp cung cấp thông tin",
        paragraphs=_text(f"Cơ quan có mã định danh {sender} đề nghị phối hợp thực hiện:"),
    )


def _text(opening: str) -> tuple[str, ...]:
    return (opening, *(f"{number}. {task}" for number, task in enumerate(_TASKS, start=1)), *_TASKS[::-1], _CLOSING)


def _days_on(days: int) -> date:
    return datetime.now(VIETNAM).date() + timedelta(days=days)
