"""Write letters: what is to be told of deadlines goes out by e-mail, one to a recipient at a time, in working hours."""

from datetime import datetime, timedelta
from typing import Final

from gateway.core.faults import Fault, Undeliverable
from gateway.core.ladder import Audience
from gateway.core.letters import NO_ADDRESS, opening, passed_on
from gateway.core.mail import Knowing, compose
from gateway.core.retry import Backoff, following
from gateway.core.rules import Rules
from gateway.ports import Mailer, Mailing, Ports

LEASE: Final = timedelta(minutes=5)
"""How long one e-mail may take; whoever is gone longer is taken for dead, and his is sent again under the same id."""
DEFERRED: Final = "mail-deferred"
UNANSWERED: Final = "mail-unanswered"
PATIENCE: Final = Backoff(first=60.0, longest=3600.0, attempts=1_000_000)
"""A mail server that is away is tried again for as long as there is something to tell."""


async def write_letters(ports: Ports, rules: Rules) -> int:
    """Send what is due; give how many e-mails went. Stops where the mail server itself is away, until the next round."""
    if ports.mailer is None:
        return 0
    sent = 0
    while (mailing := await _claim(ports)) is not None:
        try:
            sent += await _write(ports, ports.mailer, rules, mailing)
        except Fault as fault:
            ports.telemetry.record("letters.put_off", code=fault.code, detail=fault.detail, letters=len(mailing.told))
            break
    return sent


async def _claim(ports: Ports) -> Mailing | None:
    now = ports.clock.now()
    return await ports.letters.claim(until=now + LEASE, now=now)


async def _write(ports: Ports, mailer: Mailer, rules: Rules, mailing: Mailing) -> bool:
    """Send one e-mail; raise what concerns them all."""
    now = ports.clock.now()
    opens = now if mailing.urgent else opening(mailing.audience, mailing.organ, rules.timekeeping.working_time, now)
    if opens > now:  # it was due in the day, and nobody was there to send it
        await ports.letters.put_off(mailing, again=opens, cause=None, whole=mailing.repeat)
        return False
    to = addresses(rules, mailing)
    if not to:
        await _pass_on(ports, rules, mailing, NO_ADDRESS, now)
        return False
    knowing = Knowing(directory=rules.directory, working_time=rules.timekeeping.working_time, now=now)
    try:
        refused = await mailer.send(compose(mailing.id, to, mailing.told, knowing))
    except Undeliverable as fault:
        await _pass_on(ports, rules, mailing, fault.code, now)
        return False
    except Fault as fault:
        await _put_off(ports, mailing, fault)
        if fault.code == DEFERRED:
            return False
        raise
    await ports.letters.settle(mailing, cause=None, now=ports.clock.now())
    ports.telemetry.record(
        "letters.sent", audience=mailing.audience, organ=mailing.organ, letters=len(mailing.told), refused=len(refused)
    )
    return True


def addresses(rules: Rules, mailing: Mailing) -> tuple[str, ...]:
    """Give where a recipient is written to; nothing where nobody said."""
    if mailing.audience is Audience.PROVINCE:
        return rules.officers
    agency = rules.directory.find(mailing.organ)
    if agency is None:
        return ()
    address = agency.leader_email if mailing.audience is Audience.LEADER else agency.email
    return (address,) if address else ()


async def _pass_on(ports: Ports, rules: Rules, mailing: Mailing, cause: str, now: datetime) -> None:
    """Settle what will not reach its recipient, and tell the next one up."""
    onward = passed_on((each.letter for each in mailing.told), cause, rules.timekeeping.working_time, now)
    await ports.letters.settle(mailing, cause=cause, onward=onward, now=now)
    ports.telemetry.record("letters.unreached", code=cause, audience=mailing.audience, organ=mailing.organ)


async def _put_off(ports: Ports, mailing: Mailing, fault: Fault) -> None:
    """Try again later; what may have been taken stays together, so that a repeat is known by its id."""
    now = ports.clock.now()
    again = following(fault, mailing.id, mailing.attempts + 1, now, PATIENCE) or now + timedelta(seconds=PATIENCE.longest)
    await ports.letters.put_off(mailing, again=again, cause=fault.code, whole=mailing.repeat or fault.code == UNANSWERED)
