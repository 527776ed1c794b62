"""Link: find the documents that a document says something of."""

from collections.abc import Iterable
from typing import Final

from gateway.core.envelope import Code, ResponseFor
from gateway.core.intake import Intake
from gateway.core.links import Link, LinkKind
from gateway.core.model import OrganId
from gateway.core.policy.case import Observation
from gateway.core.rules import Rules
from gateway.ports import Correlation, Ports

MAX_ANSWERED: Final = 20
"""Answered documents that are looked up; a reply to more than a few is not one."""


async def replies(ports: Ports, rules: Rules, taken: Intake) -> tuple[Link, ...]:
    """Find what a document answers among what its sender received here (article 14.2)."""
    return tuple([await _reply(ports, rules, taken, each) for each in taken.header.response_for[:MAX_ANSWERED]])


async def _reply(ports: Ports, rules: Rules, taken: Intake, answered: ResponseFor) -> Link:
    named = rules.directory.find(answered.organ_id)
    code = Code.of(answered.code)
    found = await ports.ledger.correlate(
        Correlation(
            owner=named.id if named else OrganId(answered.organ_id),
            document_id=answered.document_id,
            number=code.number,
            notation=code.notation,
            promulgated_on=answered.promulgation_date,
        ),
        taken.sender.id,
    )
    own = found[0] if found else None
    return Link(
        kind=LinkKind.REPLY,
        organ=answered.organ_id,
        code=answered.code,
        promulgated_on=answered.promulgation_date,
        document_id=answered.document_id,
        target=own.document if own else None,
        delivery=own.id if own else None,
    )


def unknown(links: Iterable[Link]) -> list[Observation]:
    """Observe the answered documents that are not found."""
    return [
        Observation(code="reply-unknown", path="MessageHeader/ResponseFor", detail=f"{(each.code or '')[:60]}, {each.organ[:60]}")
        for each in links
        if each.kind is LinkKind.REPLY and each.target is None
    ]
