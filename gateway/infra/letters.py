"""Letters over SQLAlchemy Core: claimed by a lease as all work is, those of a recipient together."""

import hashlib
import secrets
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.ladder import Audience
from gateway.core.letters import ENDED, Letter, Tone, is_stale
from gateway.core.mail import Told
from gateway.core.model import OrganId
from gateway.infra.deadline_rows import read_deadline
from gateway.infra.executor import Executor
from gateway.infra.ledger_rows import read_document
from gateway.infra.letter_rows import LATE, read_letter, write_letters
from gateway.infra.tables import deadlines, documents
from gateway.infra.tables_followed import letters
from gateway.ports import Mailing

GATHER: Final = timedelta(minutes=5)
"""How long an ordinary letter waits for others that become due with it: many deadlines end at the same minute."""
QUIET: Final = timedelta(hours=1)
"""How long a recipient is left alone after an e-mail, but for what is urgent."""
MOST: Final = 1000
"""Letters in one e-mail; the next takes the rest."""
CLAIM_LOCK: Final = 5_601_003
"""Advisory lock of PostgreSQL: one claims at a time, and sees what all others have claimed."""

_l, _d = letters.c, deadlines.c
_OPEN: Final = _l.settled_at.is_(None)


class SqlLetters:
    """Letters port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def claim(self, *, until: datetime, now: datetime) -> Mailing | None:
        """Look before writing: most often there is nothing."""
        if await self._executor.read(lambda c: _ended_claim(c, now) is None and not _recipients(c, now)):
            return None
        return await self._executor.write(lambda c: _claim(c, until, now))

    async def settle(self, mailing: Mailing, *, cause: str | None, onward: Collection[Letter] = (), now: datetime) -> None:
        await self._executor.write(lambda c: _settle(c, mailing, cause, onward, now))

    async def put_off(self, mailing: Mailing, *, again: datetime, cause: str | None, whole: bool) -> None:
        values = {"token": None, "until": again, "attempts": _l.attempts + int(cause is not None), "cause": cause}
        if not whole:
            values |= {"mailing": None, "until": None, "due_at": again}
        await self._executor.write(lambda c: c.execute(letters.update().where(_mine(mailing)).values(values)).rowcount)


def _claim(connection: sa.Connection, until: datetime, now: datetime) -> Mailing | None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CLAIM_LOCK)))
    ended = _ended_claim(connection, now)
    if ended is not None:
        told = tuple(_told(connection, _l.mailing == ended))
        return _claimed(connection, ended, told, until, repeat=True)
    for audience, organ in _recipients(connection, now):
        due = sa.and_(_l.audience == audience, _l.organ == organ, _l.mailing.is_(None), _l.due_at <= now)
        told = _worth_telling(connection, tuple(_told(connection, due)), now)
        if told:
            name = hashlib.sha256("\n".join(each.letter.id for each in told).encode()).hexdigest()[:32]
            return _claimed(connection, name, told, until, repeat=False)
    return None


def _ended_claim(connection: sa.Connection, now: datetime) -> str | None:
    """Find a mailing whose claim has ended, unsettled: whoever had it is gone, or nobody answered."""
    select = sa.select(_l.mailing).where(_OPEN, _l.mailing.is_not(None), _l.until <= now).order_by(_l.until, _l.seq)
    return connection.execute(select.limit(1)).scalar()


def _recipients(connection: sa.Connection, now: datetime) -> list[tuple[str, str]]:
    """Find to whom something is due that waits no longer; one who is being written to is let be."""
    other = letters.alias()
    theirs = sa.and_(other.c.audience == _l.audience, other.c.organ == _l.organ)
    lately = sa.exists().where(theirs, other.c.sent_at > now - QUIET)
    busy = sa.exists().where(theirs, other.c.settled_at.is_(None), other.c.token.is_not(None))
    first = sa.func.min(sa.type_coerce(_l.due_at, sa.BigInteger))
    urgent = sa.func.max(sa.case((_l.urgent, 1), else_=0))
    select = (
        sa.select(_l.audience, _l.organ)
        .where(_OPEN, _l.mailing.is_(None), _l.due_at <= now, ~busy)
        .where(sa.or_(_l.urgent, sa.and_(_l.due_at <= now - GATHER, ~lately)))
        .group_by(_l.audience, _l.organ)
        .order_by(urgent.desc(), first, _l.audience, _l.organ)
    )
    return [(row.audience, row.organ) for row in connection.execute(select)]


def _told(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Iterator[Told]:
    select = (
        sa.select(letters, deadlines, documents)
        .join(deadlines, _d.id == _l.deadline)
        .join(documents, documents.c.id == _l.document)
        .where(_OPEN, which)
        .order_by(_l.seq)
        .limit(MOST)
    )
    for row in connection.execute(select):
        letter, deadline, document = ({c.name: row._mapping[c] for c in table.c} for table in (letters, deadlines, documents))
        yield Told(letter=read_letter(letter), deadline=read_deadline(deadline), document=read_document(document, ()))


def _worth_telling(connection: sa.Connection, told: tuple[Told, ...], now: datetime) -> tuple[Told, ...]:
    """Leave out, for good, what is over before anybody was told, and its end."""
    ends = {each.deadline.id for each in told if each.letter.tone is Tone.OVER}
    heard: set[str] = set()
    if ends:
        first = told[0].letter
        to = sa.and_(_l.audience == first.audience.value, _l.organ == first.organ)
        perhaps = sa.or_(_l.sent_at.is_not(None), sa.and_(_OPEN, _l.mailing.is_not(None)))
        heard = set(connection.execute(sa.select(_l.deadline).where(_l.deadline.in_(ends), to, LATE, perhaps)).scalars())
    worth = tuple(
        each
        for each in told
        if not is_stale(each.letter, each.deadline, now) and (each.letter.tone is not Tone.OVER or each.deadline.id in heard)
    )
    left_out = {each.letter.id for each in told} - {each.letter.id for each in worth}
    if left_out:
        connection.execute(letters.update().where(_l.id.in_(left_out)).values(settled_at=now, cause=ENDED))
    return worth


def _claimed(connection: sa.Connection, name: str, told: tuple[Told, ...], until: datetime, *, repeat: bool) -> Mailing:
    token, ids = secrets.token_urlsafe(12), [each.letter.id for each in told]
    connection.execute(letters.update().where(_l.id.in_(ids)).values(mailing=name, token=token, until=until))
    first = told[0].letter
    return Mailing(
        id=name,
        token=token,
        audience=Audience(first.audience),
        organ=OrganId(first.organ),
        told=told,
        attempts=connection.execute(sa.select(sa.func.max(_l.attempts)).where(_l.id.in_(ids))).scalar_one(),
        repeat=repeat,
    )


def _settle(connection: sa.Connection, mailing: Mailing, cause: str | None, onward: Collection[Letter], now: datetime) -> None:
    values: dict[str, Any] = {"settled_at": now, "cause": cause, "sent_at": now if cause is None else None}
    if connection.execute(letters.update().where(_mine(mailing)).values(values)).rowcount:
        write_letters(connection, onward)


def _mine(mailing: Mailing) -> sa.ColumnElement[bool]:
    return sa.and_(_OPEN, _l.mailing == mailing.id, _l.token == mailing.token)
