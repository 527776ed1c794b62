"""The rules of alerts, changed by officers: on and off, the threshold, how long it must last, how long it is quiet."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from gateway.config import Settings
from gateway.core.alert_rules import AlertRule, Trouble
from gateway.core.faults import Misconfigured, Rejected
from gateway.entry.api.hub import Hub
from gateway.entry.registry.changing import threaded
from gateway.flows.oversee import Decision
from gateway.infra.alerts_edit import revising
from gateway.infra.alerts_file import AT, MINUTES
from gateway.infra.toml_edit import writable

MINUTE: Final = timedelta(minutes=1)
_NUMBER: Final = re.compile(r"[0-9]{1,6}([.,][0-9]{1,3})?")


def own_file(settings: Settings) -> Path | None:
    """Give the file of the rules that the hub may write to; None where those that ship hold, or it may only be read."""
    named = settings.directory.alerts
    file = settings.path(named) if named is not None else None
    return file if file is not None and os.access(file, os.W_OK) and os.access(file.parent, os.W_OK) else None


def wanted(rule: AlertRule, get: Callable[[str], str]) -> AlertRule:
    """Read what an officer wants of a rule: `on` (1 or 0), `at`, `lasting` and `quiet` in minutes. Raises `malformed-request`."""
    if get("on") not in {"0", "1"}:
        raise Rejected("malformed-request", path="on", detail=get("on"))
    at = None if rule.at is None else _number(get, "at", AT)
    times = {name: _number(get, name, MINUTES) * MINUTE for name in ("lasting", "quiet")}
    return replace(rule, on=get("on") == "1", at=at, lasting=times["lasting"], quiet=times["quiet"])


async def change_rule(hub: Hub, trouble: Trouble, was: AlertRule, new: AlertRule, decision: Decision) -> None:
    """Have another rule hold: it is written down as decided under the lock of the file, then the file is replaced.

    `was` is what the officer saw. Raises `alert-rule-changed`, `alerts-read-only`.
    """
    subject: dict[str, object] = {"trouble": trouble.value, "was": said(was), "now": said(new)}
    async with threaded(_writing(hub.settings, trouble, was, new)):
        await hub.ports.audit.record("alert-rule.changed", subject, by=decision.by, reason=decision.reason, now=decision.now)
    await hub.refresh()
    hub.ports.telemetry.record("alert_rule.changed", rule=trouble, by=decision.by)


def said(rule: AlertRule) -> str:
    """Write what an officer decides of a rule as its file does."""
    at = "" if rule.at is None else f" at={rule.at:.9g}"
    return f"on={'true' if rule.on else 'false'}{at} lasting={rule.lasting / MINUTE:.9g} quiet={rule.quiet / MINUTE:.9g}"


def _number(get: Callable[[str], str], name: str, most: int) -> float:
    given = get(name)
    if not _NUMBER.fullmatch(given) or float(given.replace(",", ".")) > most:
        detail = f"Số từ 0 đến {most}: {given}"
        raise Rejected("malformed-request", path=name, detail=detail, detail_en=f"A number from 0 to {most}: {given}")
    return float(given.replace(",", "."))


@contextmanager
def _writing(settings: Settings, trouble: Trouble, was: AlertRule, new: AlertRule) -> Iterator[None]:
    file = own_file(settings)
    if file is None:
        raise Misconfigured("alerts-read-only", path="directory.alerts")
    with writable("alerts-read-only", "directory.alerts"), revising(file, trouble, was, new):
        yield
