"""A campaign: cases one after the other against a running hub, and a look at its health between them."""

import asyncio
import collections
import contextlib
import hashlib
import io
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import aiohttp
import yarl

from tests.documents import DEPARTMENT, PROVINCE
from tests.fuzz import doors, oracle, requests, sdk_calls, sockets
from tests.fuzz.cases import Answer, Case
from tests.fuzz.failures import Failures
from tests.fuzz.hub import Target, numbered

BATCH = 600
"""Cases between two looks at the hub's health."""
CONNECTIONS = 12
PROMPT_SECONDS = 1.0
"""A valid document is accepted within this time, whatever came before it."""
GIVE_UP_SECONDS = 15.0
DOORS: tuple[tuple[doors.Door, int], ...] = (
    (doors.envelope_bytes, 25),
    (doors.envelope_tree, 25),
    (doors.attached, 8),
    (doors.multipart, 12),
    (doors.status_package, 6),
    (requests.json_body, 12),
    (requests.query, 8),
    (requests.headers, 4),
    (sockets.raw, 4),
    (sdk_calls.sdk_call, 12),
)


@dataclass(slots=True, kw_only=True)
class Tally:
    """Cases by door and what they got: an HTTP status, or in process the name of a fault."""

    counts: collections.Counter[tuple[str, str]] = field(default_factory=collections.Counter)
    most_memory: int = 0
    most_files: int = 0
    slowest: float = 0.0

    def add(self, other: "Tally") -> None:
        self.counts += other.counts
        self.most_memory = max(self.most_memory, other.most_memory)
        self.most_files = max(self.most_files, other.most_files)
        self.slowest = max(self.slowest, other.slowest)


def case_of(target: Target, seed: int, index: int) -> Case:
    """Make a case: the same for the same target, seed and number."""
    chance = Random(f"{seed}:{index}")  # noqa: S311  no secret: the same cases again
    door = chance.choices([door for door, _ in DOORS], [weight for _, weight in DOORS])[0]
    return door(target, chance, str(index))


class Campaign:
    """One hub under fire."""

    def __init__(self, target: Target, session: aiohttp.ClientSession, failures: Failures, *, seed: int) -> None:
        self.target = target
        self.tally = Tally()
        self._session = session
        self._failures = failures
        self._seed = seed
        self._numbers = itertools.count(10**7)
        self._starts = itertools.count(0, BATCH)

    async def run(self, until: float) -> None:
        """Send batches of cases until a moment of the monotonic clock, or the hub's end."""
        for start in self._starts:
            indexes = iter(range(start, start + BATCH))
            await asyncio.gather(*(self._work(indexes) for _ in range(CONNECTIONS)))
            if not await self._is_healthy(start + BATCH) or time.monotonic() > until:
                return

    async def prepare(self) -> None:
        """Put a document into the hub, and lease it, so that there is something to ask for."""
        answer = await self._accepted("1")
        body = json.loads(answer.body)
        known = {"id": body["id"], "delivery": body["deliveries"][0]["id"]}
        receipts = await self._ask("GET", f"/api/v1/documents/{body['id']}/receipts")
        lease = await self._ask("POST", "/api/v1/inbox/leases", organ=DEPARTMENT)
        known |= {"receipt": json.loads(receipts.body)["items"][0]["id"], "token": json.loads(lease.body)["token"]}
        self.target.known.update(known)

    async def _work(self, indexes: Iterator[int]) -> None:
        for index in indexes:
            case = case_of(self.target, self._seed, index)
            answers = await self.send(case)
            for answer in answers:
                self.tally.counts[case.door, str(answer.status or "-")] += 1
                self.tally.slowest = max(self.tally.slowest, answer.seconds)
            said = await self.complaint(case, answers)
            if said is not None:
                await self._failures.add(self, case, answers, said, index)

    async def send(self, case: Case) -> list[Answer]:
        if case.raw:
            return await sockets.send(self.target, case)
        url = yarl.URL(f"http://{self.target.host}:{self.target.port}{case.path}", encoded=True)
        started = time.perf_counter()
        try:
            async with self._session.request(
                case.method,
                url,
                headers=list(case.headers),
                data=io.BytesIO(case.body) if case.body else None,
                allow_redirects=False,
            ) as response:
                body = await response.read()
                headers = {name.title(): value for name, value in response.headers.items()}
                return [Answer(status=response.status, headers=headers, body=body, seconds=time.perf_counter() - started)]
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            unsendable = isinstance(error, ValueError)
            seconds = time.perf_counter() - started
            return [] if unsendable else [Answer(status=0, headers={}, body=repr(error).encode(), seconds=seconds)]

    async def complaint(self, case: Case, answers: list[Answer]) -> str | None:
        """Judge the answers, and look up what was said to be accepted."""
        if not answers and not case.raw:
            return None
        said = oracle.complaint(case, answers)
        if said is None and case.path == "/api/v1/documents" and answers[0].status == 202 and not case.raw:
            return await self._missing(case, answers[0])
        return said

    async def _missing(self, case: Case, answer: Answer) -> str | None:
        accepted = json.loads(answer.body)
        organ = dict(case.headers)["Authorization"].removeprefix("Bearer ")
        kept = await self._ask("GET", f"/api/v1/documents/{accepted['id']}/envelope", token=organ)
        if kept.status != 200 or hashlib.sha256(kept.body).hexdigest() != accepted["sha256"]:
            return "what was accepted is not there"
        return None if kept.body in case.body else "what was accepted is not what was sent"

    async def _is_healthy(self, index: int) -> bool:
        """Look at the process, and have a valid document accepted at once."""
        said = self.target.complaint()
        if said is None:
            self.tally.most_memory = max(self.tally.most_memory, self.target.process.memory_info().rss)
            self.tally.most_files = max(self.tally.most_files, self.target.process.num_fds())
            answers = [await self._accepted(str(next(self._numbers))) for _ in range(2)]  # the first waits for what still runs
            if not any(answer.status == 202 and answer.seconds < PROMPT_SECONDS for answer in answers):
                said = f"a valid document gets {[(each.status, round(each.seconds, 1)) for each in answers]}"
        if said is not None:
            self._failures.note(said, index)
        return self.target.process.is_running() and said != "the process has ended"

    async def _accepted(self, number: str) -> Answer:
        return await self._ask("POST", "/api/v1/documents", self.target.sign(numbered(number)))

    async def _ask(self, method: str, path: str, body: bytes = b"", *, organ: str = PROVINCE, token: str = "") -> Answer:
        said = {"Authorization": f"Bearer {token or self.target.tokens[organ]}"}
        media = {"Content-Type": "application/xml"} if body else {}
        answers = await self.send(Case(door="valid", method=method, path=path, headers=tuple((said | media).items()), body=body))
        return answers[0]


@contextlib.asynccontextmanager
async def opened(target: Target, folder: Path, *, seed: int) -> AsyncIterator[tuple[Campaign, Failures]]:
    """Begin a campaign against a target; failures are saved under `folder`."""
    failures = Failures(folder=folder, seed=seed, log=target.log)
    timeout, connector = aiohttp.ClientTimeout(GIVE_UP_SECONDS), aiohttp.TCPConnector(limit=2 * CONNECTIONS)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        campaign = Campaign(target, session, failures, seed=seed)
        await campaign.prepare()
        yield campaign, failures
