"""The rules of alerts: what is looked for, from which threshold on, and how long it must last. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Trouble(StrEnum):
    """What is looked for. Names are those of config/alerts.toml."""

    URGENT_WAITS = "urgent-waits"
    QUEUE_WAITS = "queue-waits"
    SYSTEM_PARKED = "system-parked"
    UNDELIVERABLE = "undeliverable"
    BROKER_DOWN = "broker-down"
    OVERDUE_EXPRESS = "overdue-express"
    SILENT_AGENCIES = "silent-agencies"
    CERTIFICATE_ENDING = "certificate-ending"
    STATUSES_UNMATCHED = "statuses-unmatched"
    DISK_NEARLY_FULL = "disk-nearly-full"
    CLOCK_OFF = "clock-off"
    BACKUP_LATE = "backup-late"


class Severity(StrEnum):
    """Whether somebody is woken, or deals with it in the day."""

    PAGE = "page"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """When a sign becomes an alert: from a threshold on, after it lasted.

    `at` is in minutes, seconds, working days, percent or a count, as config/alerts.toml says; None: there is no threshold.
    Within `quiet` after something was told of a subject, no new beginning is told.
    """

    vi: str
    en: str
    severity: Severity
    lasting: timedelta
    quiet: timedelta = timedelta(hours=1)
    at: float | None = None
    on: bool = True


_MINUTE: Final = timedelta(minutes=1)
_MORE_THAN: Final = frozenset({Trouble.URGENT_WAITS, Trouble.QUEUE_WAITS, Trouble.SILENT_AGENCIES})
"""Rules whose threshold itself is no trouble yet."""
USUAL: Final[Mapping[Trouble, AlertRule]] = {
    Trouble.URGENT_WAITS: AlertRule(
        vi="Văn bản khẩn chờ lâu", en="Urgent documents wait", severity=Severity.PAGE, lasting=_MINUTE, at=2
    ),
    Trouble.QUEUE_WAITS: AlertRule(
        vi="Văn bản chờ lâu", en="Documents wait", severity=Severity.TICKET, lasting=5 * _MINUTE, at=15
    ),
    Trouble.SYSTEM_PARKED: AlertRule(
        vi="Hệ thống mất kết nối", en="A system takes nothing", severity=Severity.TICKET, lasting=10 * _MINUTE
    ),
    Trouble.UNDELIVERABLE: AlertRule(
        vi="Không gửi được", en="Undeliverable documents", severity=Severity.TICKET, lasting=5 * _MINUTE, at=1
    ),
    Trouble.BROKER_DOWN: AlertRule(
        vi="Không đưa được văn bản vào hàng đợi",
        en="Nothing can be published to the broker",
        severity=Severity.PAGE,
        lasting=2 * _MINUTE,
    ),
    Trouble.OVERDUE_EXPRESS: AlertRule(
        vi="Văn bản hỏa tốc quá hạn", en="Express documents are overdue", severity=Severity.PAGE, lasting=0 * _MINUTE, at=1
    ),
    Trouble.SILENT_AGENCIES: AlertRule(
        vi="Nhiều đơn vị không lấy văn bản",
        en="Many agencies do not look for documents",
        severity=Severity.TICKET,
        lasting=30 * _MINUTE,
        at=20,
    ),
    Trouble.CERTIFICATE_ENDING: AlertRule(
        vi="Chứng thư số sắp hết hạn", en="A certificate ends soon", severity=Severity.TICKET, lasting=0 * _MINUTE, at=15
    ),
    Trouble.STATUSES_UNMATCHED: AlertRule(
        vi="Trạng thái chưa ghép được văn bản",
        en="Statuses of unknown documents",
        severity=Severity.TICKET,
        lasting=60 * _MINUTE,
        at=1,
    ),
    Trouble.DISK_NEARLY_FULL: AlertRule(
        vi="Ổ đĩa dữ liệu sắp đầy", en="The data disk is nearly full", severity=Severity.PAGE, lasting=5 * _MINUTE, at=85
    ),
    Trouble.CLOCK_OFF: AlertRule(
        vi="Đồng hồ của trục sai", en="The hub's clock is off", severity=Severity.PAGE, lasting=2 * _MINUTE, at=30
    ),
    Trouble.BACKUP_LATE: AlertRule(
        vi="Sao lưu trễ hoặc hỏng", en="The backup is late, or failed", severity=Severity.TICKET, lasting=0 * _MINUTE, at=26
    ),
}
"""The rules where a province has not said otherwise."""

AlertRules = Mapping[Trouble, AlertRule]


def reached(trouble: Trouble, rule: AlertRule, value: float) -> bool:
    """Tell whether what was measured (`alerts.Sign.value`) is a matter to a rule; nothing is, to one that is off."""
    if not rule.on or rule.at is None:
        return rule.on
    if trouble is Trouble.CERTIFICATE_ENDING:
        return value >= -rule.at
    return value > rule.at if trouble in _MORE_THAN else value >= rule.at
