"""`lienthong alerts …`: on the ledger itself, beside the hub that may be running on it."""

from datetime import timedelta
from pathlib import Path

from gateway.core.alert_rules import AlertRules
from gateway.core.alerts import Alert, AlertState
from gateway.entry.api.admin.alerts import rendered
from gateway.entry.cli.operations import decision, opened
from gateway.entry.cli.output import Outcome
from gateway.flows import alarm
from gateway.infra.clock import SystemClock

_STATES = {
    AlertState.WAITING: "chưa đủ lâu · not for long",
    AlertState.OPEN: "đang mở · open",
    AlertState.ACKNOWLEDGED: "đã nhận xử lý · acknowledged",
    AlertState.CLOSED: "đã hết · over",
}


async def listing(config: Path) -> Outcome:
    """List them, what is open first."""
    async with opened(config) as at:
        found, rules = await at.alerts.listing(now=SystemClock().now()), at.rules().alerts
    empty = "" if found else "Chưa có cảnh báo nào.", "" if found else "There is no alert."
    return Outcome(
        data=[rendered(each, rules) for each in found], rows=[_row(each, rules) for each in found], vi=empty[0], en=empty[1]
    )


async def acknowledge(config: Path, alert: str, reason: str) -> Outcome:
    """Say that somebody deals with one."""
    async with opened(config) as at:
        decided, rules = await alarm.acknowledge(at.alerts, alert, decision(reason)), at.rules().alerts
    vi, en = "✓ Đã nhận xử lý; khi hết sẽ báo.", "Acknowledged; its end will be told."
    return Outcome(data=rendered(decided, rules), vi=vi, en=en)


async def silence(config: Path, alert: str, hours: int, reason: str) -> Outcome:
    """Have nothing told of one for some hours; none ends that."""
    decided = decision(reason)
    until = decided.now + timedelta(hours=hours) if hours else None
    async with opened(config) as at:
        after, rules = await alarm.silence(at.alerts, alert, until, decided), at.rules().alerts
    if until is None:
        return Outcome(data=rendered(after, rules), vi="✓ Báo lại như thường.", en="It is told again.")
    return Outcome(
        data=rendered(after, rules), vi=f"✓ Tắt tiếng tới {until:%H:%M %d/%m/%Y}.", en=f"Silenced until {until:%Y-%m-%d %H:%M}."
    )


def _row(alert: Alert, rules: AlertRules) -> dict[str, object]:
    rule, until = rules[alert.trouble], alert.silenced_until
    return {
        "Mã · Id": alert.id,
        "Từ · Since": f"{alert.since:%H:%M %d/%m/%Y}",
        "": _STATES[alert.state],
        "Việc gì · What": f"{rule.vi}: {alert.vi}",
        "Tắt tiếng tới · Silenced until": f"{until:%H:%M %d/%m/%Y}" if alert.is_silenced(SystemClock().now()) and until else None,
        "Ai, vì sao · Who, and why": f"{alert.by}: {alert.reason}" if alert.by else None,
    }
