"""What the console asks of deadlines, with a million of them in all states: pages, counts, who is late since when."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from gateway.core.deadlines import DeadlineState, Rule
from gateway.core.model import OrganId, Priority
from gateway.infra.deadlines import SqlDeadlines
from gateway.infra.executor import Executor
from gateway.infra.tables import deadlines, documents
from gateway.ports import Owing

PAGE = 50
MOST = 10_000
WORST = 20
OVERDUE = (DeadlineState.OVERDUE,)
OPEN = (DeadlineState.OPEN, DeadlineState.EXTENDED, DeadlineState.PAUSED)
MET = (DeadlineState.MET,)
RARE, SOME, COMMON = ("hoa", "toc"), ("tham", "dinh"), ("bao", "cao")
"""Words of one document in a thousand, in a hundred, in two."""
_SPREAD = """UPDATE deadlines SET
  state = CASE WHEN seq % 100 = 7 THEN 'overdue' WHEN seq % 1000 = 3 THEN 'waived' WHEN seq % 10 < 9 THEN 'met' ELSE 'open' END,
  late = (seq % 33 = 1 AND seq % 100 <> 7 AND seq % 1000 <> 3 AND seq % 10 < 9),
  rule = CASE WHEN seq % 1009 = 5 THEN 'recall_answer' WHEN seq % 4 = 1 THEN 'intake' WHEN seq % 4 = 2 THEN 'receipt_notice'
         WHEN seq % 4 = 3 THEN 'response' ELSE 'collection' END,
  priority = CASE WHEN seq % 50 = 7 THEN 3 WHEN seq % 20 = 3 THEN 1 ELSE 0 END"""
_WORDS = """INSERT INTO searched (rowid, words) SELECT seq, CASE WHEN seq % 1000 = 7 THEN 'hoa toc ' ELSE '' END
  || CASE WHEN seq % 100 = 3 THEN 'tham dinh ' ELSE '' END || CASE WHEN seq % 2 = 1 THEN 'bao cao ' ELSE 'ke hoach ' END
  || CAST(seq AS TEXT) FROM documents WHERE seq NOT IN (SELECT rowid FROM searched)"""


def spread(connection: sa.Connection) -> None:
    """Let them stand in all states, by all rules, of documents with words."""
    connection.exec_driver_sql(_SPREAD)
    connection.exec_driver_sql(_WORDS)


def asked(
    kept: SqlDeadlines, executor: Executor, debtor: OrganId, now: datetime
) -> dict[str, tuple[Callable[[], Awaitable[object]], Callable[[], Awaitable[object]]]]:
    """Give what the console asks, each with its floor: the rows of a page by their numbers."""

    def page(owing: Owing, *, latest_first: bool = False) -> Callable[[], Awaitable[object]]:
        return lambda: kept.owed(owing, after=None, limit=PAGE, latest_first=latest_first)

    async def floor() -> object:
        joined = sa.select(deadlines, documents).join(documents, documents.c.id == deadlines.c.document)
        return await executor.read(lambda c: c.execute(joined.where(deadlines.c.seq.between(100, 100 + PAGE))).all())

    views = (Owing(states=OVERDUE), Owing(states=OPEN), Owing(states=MET, late=False), Owing(states=MET, late=True))
    filtered = Owing(rule=Rule.RESPONSE, priorities=(Priority.EXPRESS,))
    tabs = tuple(_of(each, filtered) for each in views)
    spans = tuple(now - timedelta(days=28 - day) for day in range(29))
    questions: dict[str, Callable[[], Awaitable[object]]] = {
        "trang: quá hạn · page: overdue": page(views[0]),
        "trang: xong, mới nhất · page: met, latest": page(views[2], latest_first=True),
        "trang: loại hiếm · page: a rare rule": page(Owing(states=OPEN, rule=Rule.RECALL_ANSWER)),
        "trang: hỏa tốc, loại · page: express, a rule": page(_of(views[1], filtered)),
        "trang: đơn vị, loại · page: who owes, a rule": page(Owing(states=OVERDUE, debtor=debtor, rule=Rule.RECALL_ANSWER)),
        "trang: từ hiếm · page: rare words": page(Owing(states=OVERDUE, words=RARE)),
        "trang: từ 1 % · page: words of 1 %": page(Owing(states=OVERDUE, words=SOME)),
        "trang: từ thường · page: common words": page(Owing(states=OVERDUE, words=COMMON)),
        "số trên thẻ · counts": lambda: kept.count(views, most=MOST),
        "số trên thẻ, đã lọc · counts, filtered": lambda: kept.count(tabs, most=MOST),
        "số trên thẻ, từ hiếm · counts, rare words": lambda: kept.count([_with(each, RARE) for each in views], most=MOST),
        "bản đồ trễ · who is late": lambda: kept.lateness(Owing(), spans, skip=0, limit=WORST),
        "bản đồ trễ, đã lọc · who is late, filtered": lambda: kept.lateness(filtered, spans, skip=0, limit=WORST),
    }
    return {what: (work, floor) for what, work in questions.items()}


def _of(owing: Owing, other: Owing) -> Owing:
    return Owing(states=owing.states, late=owing.late, rule=other.rule, priorities=other.priorities)


def _with(owing: Owing, words: tuple[str, ...]) -> Owing:
    return Owing(states=owing.states, late=owing.late, words=words)
