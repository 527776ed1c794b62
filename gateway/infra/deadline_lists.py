"""Lists of deadlines by due time: however many there are, a page costs what it shows.

Each index is in the order of due times for one party, rule or urgency (or none of them) in one state, late or not; the beginnings
of several are merged. Words that few documents have are looked for first; those that many have, among what is gone through.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

import sqlalchemy as sa

from gateway.core.deadlines import DeadlineState
from gateway.core.model import Priority
from gateway.infra.province import matching
from gateway.infra.tables import deadlines, documents
from gateway.infra.tables_console import searched
from gateway.ports import Owing

_d = deadlines.c
TOGETHER = 48
"""Beginnings that one statement merges: those of three agencies in all states, from both sides. SQLite takes up to 500."""
FEW = 1_000
"""Documents with the words that are sought, whose deadlines are all looked at and put in order: some thousand rows."""
_PLANNED_ANEW: Final = sa.text("SET LOCAL plan_cache_mode TO force_custom_plan")
"""PostgreSQL's plan for any value goes through the whole table: how many are urgent, or overdue, is far from the average."""

Place = tuple[int, int]
"""Due time, as it is stored, and number."""
Condition = sa.ColumnElement[bool]


def first(
    connection: sa.Connection, owing: Owing, after: tuple[int, ...] | None, limit: int, *, latest_first: bool = False
) -> list[Place]:
    """Give the places of the first deadlines after a place, in their order."""
    found: list[Place] = []
    parts = sources(connection, owing)
    for start in range(0, len(parts), TOGETHER):
        beginnings = (_beginning(each, after, limit, latest_first) for each in parts[start : start + TOGETHER])
        merged = sa.union_all(*(sa.select(each.subquery()) for each in beginnings))
        found.extend((row[0], row[1]) for row in connection.execute(merged))
    return sorted(found, reverse=latest_first)[:limit]


def count(connection: sa.Connection, owing: Sequence[Owing], most: int) -> tuple[int | None, ...]:
    """Count each up to a limit; None where too many documents have its words."""
    return tuple(None if _is_common(connection, each.words) else _counted(connection, each, most) for each in owing)


def _counted(connection: sa.Connection, owing: Owing, most: int) -> int:
    counted = 0
    for each in sources(connection, owing):
        some = sa.select(sa.literal(1).label("one")).select_from(deadlines).where(*each).limit(most - counted).subquery()
        counted += connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
        if counted >= most:
            break
    return counted


def sources(connection: sa.Connection, owing: Owing) -> list[tuple[Condition, ...]]:
    """Give the conditions of what fits, in parts that do not overlap: each a range of an index, and what is passed over."""
    if owing.organs is None and connection.dialect.name == "postgresql":
        connection.execute(_PLANNED_ANEW)
    few = _few(connection, owing.words)
    if few is None:
        common = (_with_words(connection, owing.words),) if owing.words else ()
        return [(*standing, *party, *common) for standing, party in product(_standings(owing), _parties(owing))]
    standings = [sa.and_(*standing) for standing in _standings(owing, apart=True)]
    return [(_d.document.in_(few), sa.or_(*standings), *_passed_over(owing, ""))] if standings else []


def _standings(owing: Owing, *, apart: bool = False) -> Iterator[tuple[Condition, Condition]]:
    """Choose each state that is looked for, what was met late by itself; `apart` from the order of any index."""
    column = _d.state.concat("") if apart else _d.state
    for state in owing.states or tuple(DeadlineState):
        for late in (False, True) if state is DeadlineState.MET else (False,):
            if owing.late in {None, late or state is DeadlineState.OVERDUE}:
                yield column == state.value, _d.late == (sa.true() if late else sa.false())


def _parties(owing: Owing) -> Iterator[tuple[Condition, ...]]:
    """Choose by that of which there is least: a party, who is urgent, a rule."""
    if owing.ids is not None:
        yield _d.id.in_(owing.ids), *_passed_over(owing, "ids")
    elif owing.organs is not None:
        rest = tuple(_passed_over(owing, "organs"))
        for organ in owing.organs:
            yield _d.organ == organ, *rest
            yield _d.creditor == organ, _d.organ.not_in(owing.organs), *rest
    else:
        by, each = next(_indexed(owing), ("", (sa.true(),)))
        rest = tuple(_passed_over(owing, by))
        for condition in each:
            yield condition, *rest


def _indexed(owing: Owing) -> Iterator[tuple[str, tuple[Condition, ...]]]:
    if owing.debtor is not None:
        yield "debtor", (_d.organ == owing.debtor,)
    if owing.creditor is not None:
        yield "creditor", (_d.creditor == owing.creditor,)
    if owing.priorities is not None and (Priority.NORMAL not in owing.priorities or owing.rule is None):
        yield "priorities", tuple(_d.priority == each.value for each in owing.priorities)
    if owing.rule is not None:
        yield "rule", (_d.rule == owing.rule.value,)


def _passed_over(owing: Owing, by: str) -> Iterator[Condition]:
    """Choose in the rows of an index in another order: what is computed of a column is looked for in none."""
    if owing.ids is not None and by != "ids":
        yield _d.id.in_(owing.ids)
    if owing.organs is not None and by != "organs":
        yield sa.or_(_d.organ.in_(owing.organs), _d.creditor.in_(owing.organs))
    if owing.debtor is not None and by != "debtor":
        yield _d.organ.concat("") == owing.debtor
    if owing.creditor is not None and by != "creditor":
        yield _d.creditor.concat("") == owing.creditor
    if owing.rule is not None and by != "rule":
        yield _d.rule.concat("") == owing.rule.value
    if owing.priorities is not None and by != "priorities":
        yield (_d.priority + 0).in_([each.value for each in owing.priorities])
    yield from _times(owing)


def _times(owing: Owing) -> Iterator[Condition]:
    if owing.since is not None:
        yield _d.due_at >= owing.since
    if owing.until is not None:
        yield _d.due_at < owing.until


def _few(connection: sa.Connection, words: tuple[str, ...]) -> list[str] | None:
    """Give the documents that have all the words, where they are few."""
    if not words:
        return None
    some = sa.select(searched.c.rowid).where(matching(words, connection.dialect.name)).limit(FEW + 1)
    seqs = list(connection.execute(some).scalars())
    if len(seqs) > FEW:
        return None
    return list(connection.execute(sa.select(documents.c.id).where(documents.c.seq.in_(seqs))).scalars())


def _with_words(connection: sa.Connection, words: tuple[str, ...]) -> Condition:
    """Choose by words that many documents have: their numbers are gathered once, and looked up for each row."""
    seq = sa.select(documents.c.seq).where(documents.c.id == _d.document).scalar_subquery()
    return seq.in_(sa.select(searched.c.rowid).where(matching(words, connection.dialect.name)))


def _is_common(connection: sa.Connection, words: tuple[str, ...]) -> bool:
    return bool(words) and _few(connection, words) is None


def _beginning(
    conditions: Sequence[Condition],
    after: tuple[int, ...] | None,
    limit: int,
    latest_first: bool,  # noqa: FBT001
) -> sa.Select[Place]:
    due_at = sa.type_coerce(_d.due_at, sa.BigInteger)
    select = sa.select(due_at.label("due"), _d.seq).where(*conditions)
    if after is not None:
        place = sa.tuple_(sa.literal(after[0], sa.BigInteger), sa.literal(after[1], sa.BigInteger))
        here = sa.tuple_(due_at, _d.seq)
        select = select.where(here < place if latest_first else here > place)
    order = (_d.due_at.desc(), _d.seq.desc()) if latest_first else (_d.due_at, _d.seq)
    return select.order_by(*order).limit(limit)
