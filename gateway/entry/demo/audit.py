"""The evening's audit: what the hub says, through its public API, against the agencies' own books."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.core.model import State, StatusCode
from gateway.entry.cli.evidence import examined_file
from gateway.entry.cli.verify import verify_file
from gateway.entry.demo.agency import PAGE, Agency
from gateway.entry.proving import Validity

DELIVERED = frozenset(
    {State.COLLECTED, State.RECEIVED, State.ASSIGNED, State.PROCESSING, State.COMPLETED, State.RECALL_REQUESTED}
)
WAITING = frozenset({State.ACCEPTED, State.QUEUED, State.AVAILABLE, State.DELIVERING, State.SUSPENDED})
EVENTS_A_PAGE = 20
"""Small, so that the cursor is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """One sender's deliveries: `accepted` by its own books, the others as the hub counts them; `ok` where all agree."""

    organ: str
    name: str
    documents: int
    accepted: int
    delivered: int
    waiting: int
    failed: int
    refused: int
    ok: bool


async def balance(agencies: Iterable[Agency]) -> list[Balance]:
    """Count each sender's deliveries twice: as the hub shows them to senders, and as the receivers booked them."""
    everyone = tuple(agencies)
    books = {delivery: state for agency in everyone for delivery, state in agency.book.items()}
    rows = [await _balance(agency, books) for agency in everyone]
    for row in rows:
        everyone[0].checks.expect("balance", holds=row.ok, otherwise=row)
    for agency in everyone:
        await _compare_receiver(agency)
    return rows


async def events(agencies: Iterable[Agency]) -> None:
    """Read every event of each sender, page by page, and find in them each thing that it and its receivers did, once."""
    everyone = tuple(agencies)
    collected = {delivery for agency in everyone for delivery in agency.book}
    reports = {delivery: codes for agency in everyone for delivery, codes in agency.reports.items()}
    for agency in everyone:
        read = [event async for event in _all_events(agency)]
        sequence = [event["seq"] for event in read]
        ordered = sequence == sorted(set(sequence))
        own = [event for event in read if event["document"] in agency.sent]
        accepted = Counter(event["document"] for event in own if event["type"] == "document.accepted")
        taken = Counter(event["delivery"] for event in own if event["type"] == "delivery.collected")
        deliveries = {each["id"] for sent in agency.sent.values() for each in sent.answer["deliveries"]}
        complete = (
            accepted == Counter(agency.sent.keys())
            and taken == Counter(deliveries & collected)
            and all(_reported(own, each) == reports.get(each, []) for each in deliveries)
        )
        agency.checks.expect("events", holds=ordered and complete, otherwise=f"{agency.role.organ}: {len(read)}")


async def statuses(agencies: Iterable[Agency], reason: str) -> None:
    """See that each sender is shown the last status of each delivery, and why one was refused."""
    everyone = tuple(agencies)
    reports = {delivery: codes for agency in everyone for delivery, codes in agency.reports.items()}
    for agency in everyone:
        for document in agency.sent:
            for each in (await agency.client.get(f"/documents/{document}"))["deliveries"]:
                last = reports.get(each["id"], [None])[-1]
                agency.checks.expect(
                    "statuses", holds=each["status_code"] == last, otherwise=f"{each['to']}: {each['status_code']}"
                )
                if last is StatusCode.REFUSED:
                    told = (each["state"], each["why"], each["owner"]) == ("rejected", reason, "sender")
                    agency.checks.expect("refusal", holds=told, otherwise=each)


async def receipts(agencies: Iterable[Agency], folder: Path, ca: Path) -> None:
    """Save every receipt of every document that was sent, and verify each offline with nothing but the CA."""
    for agency in agencies:
        for sent in agency.sent.values():
            listed = (await agency.client.get(f"/documents/{sent.id}/receipts"))["items"]
            acceptances = sum(each["fact"] == "accepted" for each in listed)
            agency.checks.expect("receipts", holds=acceptances == 1, otherwise=f"{sent.id}: {listed}")
            for each in listed:
                file = _save(folder / f"{each['id']}.xml", await agency.client.get(each["url"].removeprefix("/api/v1")))
                verdict = verify_file(file, ca)
                agency.checks.expect("receipts", holds=verdict.validity is Validity.VALID, otherwise=f"{file}: {verdict.code}")


async def evidence(agencies: Iterable[Agency], folder: Path, ca: Path) -> None:
    """Save what proves the first document of each sender, and examine it offline; a copy with one other byte must fall."""
    for agency in agencies:
        for sent in list(agency.sent.values())[:1]:
            octets: bytes = await agency.client.get(f"/documents/{sent.id}/evidence")
            file = _save(folder / f"{sent.id}.zip", octets)
            altered = _save(folder / f"{sent.id}-altered.zip", octets.replace(b"<edXML", b"<edXMl", 1))
            stands = not examined_file(file, ca).failed and examined_file(altered, ca).failed
            agency.checks.expect("evidence", holds=stands, otherwise=file)


async def _balance(agency: Agency, books: dict[str, State]) -> Balance:
    shown = [
        each async for each in agency.client.items("/documents", role="sender", limit=PAGE) if each["id"] not in agency.earlier
    ]
    states = {each["id"]: State(each["state"]) for document in shown for each in document["deliveries"]}
    own = {each["id"] for sent in agency.sent.values() for each in sent.answer["deliveries"]}
    counts = {
        "delivered": sum(state in DELIVERED for state in states.values()),
        "waiting": sum(state in WAITING for state in states.values()),
        "failed": sum(state is State.FAILED for state in states.values()),
        "refused": sum(state is State.REJECTED for state in states.values()),
    }
    known = {document["id"] for document in shown} == set(agency.sent)
    agency.checks.expect("no-trace", holds=known, otherwise=f"{agency.role.organ}: {len(shown)} ≠ {len(agency.sent)}")
    booked = {delivery: books.get(delivery, State.AVAILABLE) for delivery in own}
    return Balance(
        organ=agency.role.organ,
        name=agency.role.name,
        documents=len(agency.sent),
        accepted=len(own),
        **counts,
        ok=states == booked and len(own) == sum(counts.values()),
    )


async def _compare_receiver(agency: Agency) -> None:
    shown: dict[str, Any] = {}
    async for document in agency.client.items("/documents", role="receiver", limit=PAGE):
        if document["id"] in agency.register:
            shown |= {each["id"]: State(each["state"]) for each in document["deliveries"]}
    gone = {delivery: state for delivery, state in shown.items() if state not in WAITING}
    agency.checks.expect("balance", holds=gone == agency.book, otherwise=f"{agency.role.organ}: {gone} ≠ {agency.book}")


async def _all_events(agency: Agency) -> AsyncIterator[dict[str, Any]]:
    cursor: dict[str, str] = {}
    while True:
        page = await agency.client.get("/events", limit=EVENTS_A_PAGE, **cursor)
        for event in page["events"]:
            yield event
        if not page["events"]:
            return
        cursor = {"after": page["next"]}


def _reported(read: Iterable[dict[str, Any]], delivery: str) -> list[str]:
    """Give the status codes that the events tell of a delivery, in their order."""
    return [
        event["data"]["status_code"] for event in read if event["delivery"] == delivery and event["type"] == "status.received"
    ]


def _save(file: Path, octets: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(octets)
    return file
