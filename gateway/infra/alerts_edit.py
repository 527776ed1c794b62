"""alerts.toml under edit: an officer's rule is written where people would have written it, comments stay."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import tomlkit

from gateway.core.alert_rules import AlertRule, Trouble
from gateway.core.faults import Misconfigured, Rejected
from gateway.infra.alerts_file import load_alerts
from gateway.infra.toml_edit import locked, parsed, replacing, written


@contextmanager
def revising(file: Path, trouble: Trouble, was: AlertRule, wanted: AlertRule) -> Iterator[None]:
    """Write another rule when the block ends well; nothing is written where it raises.

    Only what an officer may decide is written: on, at, lasting, quiet. Raises `alert-rule-changed` where the file no longer says
    what was, Misconfigured where the hub would not take it, OSError where it cannot be written.
    """
    with locked(file):
        there = load_alerts(file)[trouble]
        if _decided(there) != _decided(was):
            raise Rejected("alert-rule-changed", path=trouble)
        document = parsed(file)
        table = document.setdefault(trouble.value, tomlkit.table())
        for name, value in _decided(wanted).items():
            if value != _decided(there)[name]:
                table[name] = value
        with replacing(file, written(document)) as beside:
            if load_alerts(beside)[trouble] != _as(there, wanted):
                raise Misconfigured("misconfigured", path=str(file), detail=f"{file}: {trouble}")
            yield


def _decided(rule: AlertRule) -> dict[str, float | bool]:
    """Give the keys of a rule as the file has them: times in minutes, whole where they are."""
    numbers = {"lasting": _minutes(rule.lasting), "quiet": _minutes(rule.quiet)} | ({} if rule.at is None else {"at": rule.at})
    return {name: int(value) if value == int(value) else value for name, value in numbers.items()} | {"on": rule.on}


def _as(there: AlertRule, wanted: AlertRule) -> AlertRule:
    return replace(there, on=wanted.on, at=wanted.at, lasting=wanted.lasting, quiet=wanted.quiet)


def _minutes(time: timedelta) -> float:
    return time / timedelta(minutes=1)
