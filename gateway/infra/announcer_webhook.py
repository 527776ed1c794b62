"""Alerts by webhook: each message is one POST of JSON, signed as Standard Webhooks has it, through the client of the adapters."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from gateway.core.alert_rules import AlertRules
from gateway.core.alerts import Telling
from gateway.core.faults import Transient
from gateway.infra.outgoing import context
from gateway.ports import AlertMessage, Clock, Telemetry
from gateway.sdk.http import Connection, connected, json_body
from gateway.sdk.http_signature import keys, signed

SECONDS: Final = 30.0
"""For one message; a claim is several times as long."""
NAME: Final = "alerts"


class WebhookAnnouncer:
    """Announcer port: a connection for each message, since they are few; the secrets are read for each too.

    Relative paths start at `home`.
    """

    def __init__(
        self, connection: Connection, secret_file: Path, home: Path, hub: str, clock: Clock, telemetry: Telemetry
    ) -> None:
        self._connection, self._secret_file, self._hub = connection, secret_file, hub
        self._context = context(NAME, home, clock, telemetry)

    def ready(self) -> None:
        """Read the secrets. Raises Misconfigured."""
        keys(self._context, self._secret_file)

    async def announce(self, message: AlertMessage, rules: AlertRules) -> None:
        by, body = keys(self._context, self._secret_file), json_body(self._event(message, rules))
        headers = await signed(body, key=message.id, now=self._context.now(), by=by)
        try:
            async with asyncio.timeout(SECONDS), connected(self._connection, self._context) as client:
                await client.ask("POST", str(self._connection.url), headers=headers, body=body)
        except TimeoutError as error:
            raise Transient("receiver-timeout", detail=f"> {SECONDS:g} s") from error

    def _event(self, message: AlertMessage, rules: AlertRules) -> dict[str, Any]:
        """Make the body: `type`, `timestamp` and `data`, as Standard Webhooks recommends."""
        told = [_told(each, rules) for each in message.told]
        return {"type": "alerts.told", "timestamp": message.at.isoformat(), "data": {"hub": self._hub, "alerts": told}}


def _told(told: Telling, rules: AlertRules) -> dict[str, Any]:
    rule = rules[told.trouble]
    return {
        "turn": told.turn,
        "rule": told.trouble,
        "subject": told.subject,
        "severity": rule.severity,
        "vi": f"{rule.vi}: {told.vi}",
        "en": f"{rule.en}: {told.en}",
        "count": told.count,
        "since": told.since.isoformat(),
        "ended_at": _moment(told.ended_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
