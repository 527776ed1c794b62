"""The words of alerts in a chat: short, Vietnamese first. Pure."""

from typing import Final

from gateway.core.alert_rules import AlertRules, Severity
from gateway.core.alerts import Telling, Turn
from gateway.core.mail import one_line
from gateway.core.vietnamese import moment

SHOWN: Final = 5
"""Alerts of one message: who reads it on a telephone looks further on the console."""
WORDS: Final = 160
"""Characters of what was seen, in each language; so a message stays below the 2000 that Zalo takes."""


def compose_chat(told: tuple[Telling, ...], rules: AlertRules, address: str = "") -> str:
    """Write one message; the beginnings come first, as in `told`. `address` is where browsers reach the hub, if known."""
    lines = [_said(each, rules) for each in told[:SHOWN]]
    if len(told) > SHOWN:
        lines.append(f"… và {len(told) - SHOWN} việc nữa · and {len(told) - SHOWN} more")
    return "\n\n".join((*lines, f"Xem, nhận xử lý · See, acknowledge: {address}/console/alerts"))


def _said(told: Telling, rules: AlertRules) -> str:
    rule = rules[told.trouble]
    vi, en = (one_line(each)[:WORDS] for each in (told.vi, told.en))
    if told.turn is Turn.ENDED:
        return f"ĐÃ HẾT: {rule.vi}: {vi}\nOver: {rule.en}: {en}"
    mark = "[KHẨN] " if rule.severity is Severity.PAGE else ""
    return f"{mark}CẢNH BÁO: {rule.vi}: {vi} (từ {moment(told.since)})\nAlert: {rule.en}: {en}"
