"""The words of an e-mail about alerts: what began first, in Vietnamese and English. Pure."""

from html import escape

from gateway.core.alert_rules import AlertRules, Severity
from gateway.core.alerts import Telling, Turn
from gateway.core.mail import Mail, one_line
from gateway.core.vietnamese import moment


def compose_alerts(message: str, to: tuple[str, ...], told: tuple[Telling, ...], rules: AlertRules, address: str = "") -> Mail:
    """Write one e-mail to the officers; `message` is its id, `address` where browsers reach the hub, if known."""
    lines = [one_line(_said(each, rules)) for each in told]
    closing = [
        f"Xem, nhận xử lý, tắt tiếng · See, acknowledge, silence: {address}/console/alerts, lienthong alerts list",
        "Thư tự động của trục liên thông; xin đừng trả lời. · Sent automatically by the hub; please do not reply.",
    ]
    body = "\n".join(f"<p>{escape(each)}</p>" for each in (*lines, *closing))
    return Mail(
        id=message,
        to=to,
        subject=_subject(told, rules),
        text="\n\n".join((*lines, "\n".join(closing))) + "\n",
        html=f'<!doctype html>\n<html lang="vi">\n<head><meta charset="utf-8"></head>\n<body>\n{body}\n</body>\n</html>\n',
    )


def _subject(told: tuple[Telling, ...], rules: AlertRules) -> str:
    began = [each for each in told if each.turn is Turn.BEGAN]
    urgent = any(rules[each.trouble].severity is Severity.PAGE for each in began)
    mark = "[KHẨN] " if urgent else ""
    if len(told) == 1:
        rule = rules[told[0].trouble]
        vi, en = ("Cảnh báo", "Alert") if began else ("Đã hết", "Over")
        return f"{mark}{vi}: {rule.vi} · {en}: {rule.en}"
    over = len(told) - len(began)
    return f"{mark}{len(began)} cảnh báo, {over} đã hết · {len(began)} alerts, {over} over"


def _said(told: Telling, rules: AlertRules) -> str:
    rule = rules[told.trouble]
    if told.ended_at is not None:
        times = f"{moment(told.since)} – {moment(told.ended_at)}"
        return f"ĐÃ HẾT ({times}): {rule.vi}: {told.vi} · Over: {rule.en}: {told.en}"
    return f"TỪ {moment(told.since)}: {rule.vi}: {told.vi} · Since then: {rule.en}: {told.en}"
