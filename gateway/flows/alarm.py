"""Alarm: look for signs of trouble, open and end alerts, and tell the officers; what officers decide about them."""

from datetime import datetime, timedelta
from typing import Final

from gateway.core.alert_mail import compose_alerts
from gateway.core.alerts import Alert
from gateway.core.faults import Fault, Misconfigured
from gateway.core.retry import Backoff, following
from gateway.core.rules import Rules
from gateway.flows.oversee import Decision
from gateway.flows.signs import signs
from gateway.ports import AlertMessage, Alerts, Announcer, Channel, Ports

TURN: Final = "alarm"
TURN_LASTS: Final = timedelta(seconds=90)
"""Three looks: so long nobody looks after a worker died."""
LEASE: Final = timedelta(minutes=5)
"""How long one message may take; whoever is gone longer is taken for dead, and his is sent again under the same id."""
PATIENCE: Final = Backoff(first=15.0, longest=900.0, attempts=1_000_000)
GIVEN_UP: Final = timedelta(days=1)
"""Older news of trouble is seen on the console."""


async def look_out(ports: Ports, rules: Rules, holder: str) -> int:
    """Look once, unless another worker does; give how many beginnings and ends are to be told."""
    now = ports.clock.now()
    if not await ports.turns.take(TURN, holder, until=now + TURN_LASTS, now=now):
        return 0
    seen = await signs(ports, rules)
    told = await ports.alerts.look(seen, rules.alerts, channels=channels(ports, rules), now=ports.clock.now())
    for each in told:
        ports.telemetry.record(f"alert.{each.turn}", rule=each.trouble, subject=each.subject)
    return len(told)


def channels(ports: Ports, rules: Rules) -> tuple[Channel, ...]:
    """Give the ways by which the officers can be told."""
    mail = (Channel.MAIL,) if ports.mailer is not None and rules.officers else ()
    return mail + tuple(_announcers(ports))


def _announcers(ports: Ports) -> dict[Channel, Announcer]:
    """Give what there is beside e-mail."""
    named = {Channel.WEBHOOK: ports.announcer, Channel.CHAT: ports.chats}
    return {channel: each for channel, each in named.items() if each is not None}


async def tell(ports: Ports, rules: Rules) -> int:
    """Send the messages that are due; give how many went."""
    sent = 0
    while (message := await _claim(ports)) is not None:
        try:
            await _send(ports, rules, message)
        except Fault as fault:
            await _not_sent(ports, message, fault)
            continue
        await ports.alerts.settle(message, cause=None, now=ports.clock.now())
        ports.telemetry.record("alerts.sent", channel=message.channel, alerts=len(message.told))
        sent += 1
    return sent


async def acknowledge(alerts: Alerts, alert: str, decision: Decision) -> Alert:
    """Say that somebody deals with an alert. Raises `not-found` and `alert-closed`."""
    return await alerts.acknowledge(alert, by=decision.by, reason=decision.reason, now=decision.now)


async def silence(alerts: Alerts, alert: str, until: datetime | None, decision: Decision) -> Alert:
    """Let nothing be told of an alert until a moment; None ends that. Raises `not-found` and `malformed-request`."""
    return await alerts.silence(alert, until=until, by=decision.by, reason=decision.reason, now=decision.now)


async def _claim(ports: Ports) -> AlertMessage | None:
    now = ports.clock.now()
    return await ports.alerts.claim(until=now + LEASE, now=now)


async def _send(ports: Ports, rules: Rules, message: AlertMessage) -> None:
    if message.channel is Channel.MAIL and ports.mailer is not None and rules.officers:
        await ports.mailer.send(compose_alerts(message.id, rules.officers, message.told, rules.alerts, rules.address))
    elif (announcer := _announcers(ports).get(message.channel)) is not None:
        await announcer.announce(message, rules.alerts)
    else:
        raise Misconfigured("misconfigured", detail=f"{message.channel}: [mail] officers, [alerts] chats_file, [alerts.webhook]")


async def _not_sent(ports: Ports, message: AlertMessage, fault: Fault) -> None:
    """Try again later, or give it up where that is in vain."""
    now = ports.clock.now()
    again = following(fault, message.id, message.attempts + 1, now, PATIENCE) if now - message.at < GIVEN_UP else None
    if again is None:
        await ports.alerts.settle(message, cause=fault.code, now=now)
    else:
        await ports.alerts.put_off(message, again=again, cause=fault.code)
    what = "alerts.unreached" if again is None else "alerts.put_off"
    ports.telemetry.record(what, code=fault.code, detail=fault.detail, channel=message.channel, alerts=len(message.told))
