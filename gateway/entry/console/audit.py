"""Nhật ký kiểm toán · Audit log: who decided what, when and why. Nothing in it can be changed."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from gateway.core.roles import ROLE_NAMES, Role
from gateway.entry.console import writing
from gateway.entry.console.pages import page
from gateway.entry.console.search import day_of
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.visit import Visit
from gateway.entry.console.words import Sayer
from gateway.ports import Audited

PAGE_SIZE: Final = 50
ACTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "deadletters.requeued": ("Gửi lại văn bản không gửi được", "Sent again what was undeliverable"),
    "deadletters.parked": ("Để riêng văn bản không gửi được", "Put aside what was undeliverable"),
    "deadletters.redirected": ("Chuyển sang nơi nhận khác", "Redirected to another receiver"),
    "deadletters.turned_back": ("Trả lại bên gửi", "Gave back to the sender"),
    "job.stopped": ("Dừng lượt xử lý", "Stopped a job"),
    "held.released": ("Cho văn bản bị giữ đi tiếp", "Released what the policy held"),
    "held.turned_back": ("Trả lại văn bản bị giữ", "Gave back what the policy held"),
    "document.opened": ("Mở nội dung văn bản", "Opened the content of a document"),
    "document.recalled": ("Thu hồi thay bên gửi", "Recalled for the sender"),
    "document.remarked": ("Ghi chú về văn bản", "Wrote a note about a document"),
    "status.applied": ("Ghép trạng thái vào văn bản", "Matched a status to a document"),
    "status.dropped": ("Bỏ trạng thái", "Dropped a status"),
    "deadline.extended": ("Gia hạn", "Extended a deadline"),
    "deadline.paused": ("Tạm dừng thời hạn", "Paused a deadline"),
    "deadline.resumed": ("Tính tiếp thời hạn", "Resumed a deadline"),
    "deadline.waived": ("Miễn thời hạn", "Waived a deadline"),
    "alert-rule.changed": ("Đổi luật cảnh báo", "Changed a rule of alerts"),
    "alert.acknowledged": ("Nhận xử lý cảnh báo", "Acknowledged an alert"),
    "alert.silenced": ("Tắt tiếng cảnh báo", "Silenced an alert"),
    "alert.unsilenced": ("Cho báo lại cảnh báo", "Had an alert told again"),
    "deadline.reminded": ("Nhắc việc", "Reminded of a deadline"),
    "deadline.escalated": ("Báo lãnh đạo", "Told a leader of a deadline"),
    "system.paused": ("Tạm dừng hệ thống", "Paused a system"),
    "system.resumed": ("Cho hệ thống chạy lại", "Resumed a system"),
    "system.added": ("Thêm hệ thống", "Added a system"),
    "system.organs": ("Đổi đơn vị của hệ thống", "Changed a system's agencies"),
    "system.rotated": ("Cấp mã mới cho hệ thống", "Gave a system a new credential"),
    "system.certified": ("Thêm chứng thư mTLS cho hệ thống", "Gave a system an mTLS certificate"),
    "system.credential-taken": ("Bỏ một mã của hệ thống", "Took a credential from a system"),
    "system.revoked": ("Thu hồi mọi mã của hệ thống", "Took all credentials from a system"),
    "system.linked": ("Cấu hình kết nối tới hệ thống", "Set the link to a system"),
    "system.unlinked": ("Bỏ kết nối tới hệ thống", "Removed the link to a system"),
    "document.tested": ("Gửi văn bản thử", "Sent a test document"),
    "notices.replayed": ("Báo lại tin cho hệ thống", "Had news told again"),
    "notice.refused": ("Hệ thống không nhận tin", "A system refused news"),
    "agency_request.approved": ("Chấp thuận đăng ký đơn vị", "Approved a request of agencies"),
    "agency_request.refused": ("Từ chối đăng ký đơn vị", "Refused a request of agencies"),
    "operator.added": ("Thêm người dùng", "Added a user"),
    "operator.role-set": ("Đổi vai trò", "Changed a role"),
    "operator.password-given": ("Cấp mật khẩu", "Gave a password"),
    "operator.password-changed": ("Đổi mật khẩu của mình", "Changed the own password"),
    "operator.second-factor-given": ("Cấp mã 6 số", "Gave a second factor"),
    "operator.second-factor-taken": ("Bỏ mã 6 số của người khác", "Took a second factor away"),
    "operator.second-factor-set": ("Đặt mã 6 số của mình", "Set the own second factor"),
    "operator.second-factor-dropped": ("Bỏ mã 6 số của mình", "Dropped the own second factor"),
    "operator.identity-set": ("Gắn tài khoản của tỉnh", "Attached an account of the province"),
    "operator.token-given": ("Cấp mã truy cập của người vận hành", "Gave an operator a token"),
    "operator.tokens-taken": ("Bỏ mã truy cập của người vận hành", "Took an operator's tokens away"),
    "operator.revoked": ("Thu hồi mọi quyền vào của người dùng", "Took everything away from a user"),
    "agency.added": ("Thêm đơn vị", "Added an agency"),
    "agency.changed": ("Sửa đơn vị", "Changed an agency"),
    "agency.locked": ("Khóa đơn vị", "Locked an agency"),
    "agency.unlocked": ("Mở khóa đơn vị", "Unlocked an agency"),
    "agency.trusted": ("Đổi ngoại lệ chữ ký", "Changed an exception from signing"),
    "agency.dissolved": ("Giải thể đơn vị", "Dissolved an agency"),
    "agency.restored": ("Hoàn tác giải thể đơn vị", "Took a dissolution back"),
    "agencies.merged": ("Gộp đơn vị", "Merged agencies"),
    "certificate.registered": ("Đăng ký chứng thư", "Registered a certificate"),
    "certificate.taken-away": ("Bỏ chứng thư", "Took a certificate away"),
    "calendar.proposed": ("Đề xuất đổi lịch", "Proposed a change of the calendar"),
    "calendar.approved": ("Duyệt đổi lịch", "Approved a change of the calendar"),
    "calendar.refused": ("Từ chối đổi lịch", "Refused a change of the calendar"),
    "calendar.withdrawn": ("Rút đề xuất đổi lịch", "Withdrew a change of the calendar"),
    "console.sign-in": ("Đăng nhập", "Signed in"),
    "console.sessions-ended": ("Kết thúc phiên đăng nhập", "Ended sessions"),
}
"""How what is written into the log is called; what is not named here is shown as it is."""
ABOUT: Final[Mapping[str, tuple[str, str]]] = {
    "system": ("hệ thống", "system"),
    "adapter": ("bộ nối", "adapter"),
    "changed": ("đã đổi", "changed"),
    "organs": ("đơn vị", "agencies"),
    "proof": ("loại", "kind"),
    "kept_old": ("giữ cái cũ", "the old one holds"),
    "sha256": ("SHA-256", "SHA-256"),
    "receiver": ("nơi nhận", "receiver"),
    "sender": ("nơi gửi", "sender"),
    "to": ("chuyển tới", "to"),
    "organ": ("đơn vị", "agency"),
    "reporter": ("nơi báo", "reported by"),
    "cause": ("nguyên nhân", "cause"),
    "since": ("từ", "since"),
    "until": ("đến", "until"),
    "due_at": ("hạn mới", "due"),
    "document": ("văn bản", "document"),
    "what": ("phần", "part"),
    "delivery": ("lượt chuyển", "delivery"),
    "deliveries": ("lượt chuyển", "deliveries"),
    "ids": ("lượt chuyển", "deliveries"),
    "deadline": ("thời hạn", "deadline"),
    "status": ("trạng thái", "status"),
    "alert": ("cảnh báo", "alert"),
    "trouble": ("luật", "rule"),
    "subject": ("về", "about"),
    "was": ("trước", "before"),
    "now": ("nay", "now"),
    "code": ("mã", "code"),
    "operator": ("tài khoản", "account"),
    "role": ("vai trò", "role"),
    "source": ("địa chỉ", "address"),
    "job": ("lượt xử lý", "job"),
    "left": ("còn lại", "left"),
    "request": ("đăng ký", "request"),
    "successor": ("kế tục", "successor"),
    "on": ("từ ngày", "on"),
    "name": ("tên", "name"),
    "serial": ("số hiệu", "serial"),
    "wish": ("đề nghị", "wish"),
    "proposal": ("đề xuất", "proposal"),
    "proposer": ("người đề xuất", "proposed by"),
    "days": ("ngày", "days"),
    "official": ("chính thức năm", "official year"),
}
NAMED: Final = 3
"""Deliveries that one line names."""
_AGENCIES: Final = frozenset({"receiver", "sender", "to", "organ", "reporter", "successor"})
_MOMENTS: Final = frozenset({"since", "until", "due_at"})


async def show(visit: Visit) -> web.Response:
    """Show what was decided, newest first."""
    found = await visit.ports.audit.listing(_which(visit), after=visit.asked("after") or None, limit=PAGE_SIZE)
    return page(
        visit,
        "audit.html",
        title=visit.say("Nhật ký kiểm toán", "Audit log"),
        entries=found.items,
        next=found.next,
        asked=visit.asked,
        filtered=any(visit.asked(name) for name in ("actor", "action", "since", "until")),
        actions={action: visit.say(*words) for action, words in ACTIONS.items()},
        people=sorted(each.id for each in visit.rules.operators),
        subject=lambda value: subject(visit, value),
    )


async def export(visit: Visit) -> web.Response:
    """Give the whole filtered log as a sheet."""
    return await sheet(visit, "nhat-ky", visit.say("Nhật ký", "Audit log"), _COLUMNS, _rows(visit))


def subject(visit: Visit, value: Mapping[str, object]) -> str:
    """Write what a decision was about in one line, as people call it."""
    told = ((name, each) for name, each in value.items() if each not in (None, "", [], False))
    return " · ".join(f"{visit.say(*ABOUT.get(name, (name, name)))}: {_text(visit, name, each)}" for name, each in told)


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    after, which = None, _which(visit)
    while True:
        found = await visit.ports.audit.listing(which, after=after, limit=500)
        for each in found.items:
            called = visit.say(*ACTIONS[each.action]) if each.action in ACTIONS else each.action
            at = each.at.replace(tzinfo=None)
            yield [each.seq, at, each.actor, called, each.action, subject(visit, each.subject), each.reason, each.count]
        if found.next is None:
            return
        after = found.next


def _which(visit: Visit) -> Audited:
    """Read the query. Raises `malformed-request`."""
    until = day_of(visit.asked("until"), "until")
    return Audited(
        actor=visit.asked("actor") or None,
        action=visit.asked("action") or None,
        since=day_of(visit.asked("since"), "since"),
        until=until + timedelta(days=1) if until else None,
    )


def _text(visit: Visit, name: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value[:NAMED]) + (f" (+{len(value) - NAMED})" if len(value) > NAMED else "")
    if name in _AGENCIES:
        return visit.agency(str(value))
    if name == "role":
        return visit.say(*ROLE_NAMES[Role(str(value))])
    if name in _MOMENTS:
        return writing.moment(datetime.fromisoformat(str(value)))
    if value is True:  # what is not so is not named
        return visit.say("có", "yes")
    return Sayer(visit.english).cause(str(value)) if name == "cause" else str(value)


_COLUMNS: Final = (
    ("Thứ tự", "Place", 10),
    ("Lúc", "At", 18),
    ("Ai", "Who", 20),
    ("Việc", "What", 36),
    ("Mã việc", "Action", 24),
    ("Về", "About", 60),
    ("Lý do", "Reason", 60),
    ("Số lượng", "Count", 10),
)
