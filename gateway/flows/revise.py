"""Revise: what a sender does about what it sent before: by a call, or by a recall, an update or a replacement."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from gateway.core import intake, links, routing
from gateway.core.envelope import Code, Organisation, Replacement
from gateway.core.faults import Rejected
from gateway.core.intake import Intake
from gateway.core.links import Concerned, Link, LinkKind, Revision
from gateway.core.model import BusinessType, Delivery, OrganId
from gateway.core.policy.case import Observation
from gateway.core.rules import Rules
from gateway.flows import oversee
from gateway.ports import Correlation, DocumentView, Ports, Recalled

_CODES: Final = {
    LinkKind.RECALL: "recall-target-unknown",
    LinkKind.UPDATE: "update-target-unknown",
    LinkKind.REPLACE: "replacement-target-unknown",
}
_KINDS: Final = {
    BusinessType.RECALL: LinkKind.RECALL,
    BusinessType.UPDATE: LinkKind.UPDATE,
    BusinessType.REPLACE: LinkKind.REPLACE,
}
_BUSINESS: Final = "TraceHeaderList/Bussiness"
_RECEIVER_LIST: Final = f"{_BUSINESS}/BussinessDocumentInfo/ReceiverList/Receiver/OrganId"
MAX_REPLACED: Final = 50
"""Replaced documents that are looked up: a replacement that names more is no replacement."""


async def recall(
    ports: Ports, rules: Rules, sender: Collection[OrganId], document: str, *, reason: str, to: Collection[str] | None
) -> Recalled:
    """Ask a document of one of the agencies in `sender` back from all its receivers, or from some, named by any of their ids.

    Raises `status-reason-required`, `not-found` or `status-conflict`.
    """
    if not reason.strip():
        raise Rejected("status-reason-required", path="reason")
    organs = None if to is None else [organ for each in to if (organ := oversee.named(rules, each)) is not None]
    recalled = await ports.links.recall(document, organs, sender, reason=reason, now=ports.clock.now(), seal=ports.signer.seal)
    ports.telemetry.record("document.recalled", document=document, new=recalled.created)
    return recalled


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a document does to others of its sender, as far as they are found."""

    links: tuple[Link, ...] = ()
    revision: Revision | None = None
    noticed: tuple[Observation, ...] = ()


async def revised(ports: Ports, rules: Rules, taken: Intake) -> Found:
    """Find what a recall, update or replacement is about, and what it does. One whose target is not found does nothing.

    Raises `receiver-unknown`, `receiver-locked` or `receiver-dissolved` where an update adds a receiver that cannot be served.
    """
    kind = _KINDS.get(taken.document.business_type)
    if kind is None:
        return Found()
    said: list[Link] = []
    concerned: list[Concerned] = []
    noticed: list[Observation] = []
    for named in _named(taken, kind):
        view = await _target(ports, taken, named.document_id)
        if view is None:
            said.append(_link(taken, kind, named.document_id))
            noticed.append(Observation(code=_CODES[kind], path=_BUSINESS, detail=named.document_id[:80]))
            continue
        one = _concern(rules, taken, kind, view, named.organ_ids)
        concerned.append(one)
        said += _links(taken, kind, named.document_id, one)
    reason = taken.business.reason or f"{taken.document.number}/{taken.document.notation}"
    revision = Revision(kind=kind, reason=reason, concerned=tuple(concerned)) if concerned else None
    return Found(links=tuple(said), revision=revision, noticed=tuple(noticed))


def _named(taken: Intake, kind: LinkKind) -> tuple[Replacement, ...]:
    """Name the documents that it is about, and for whom; for all of its receivers where nobody is named.

    Senders of recalls and updates often omit the id in Bussiness and repeat that of the document in the header.
    """
    listed = taken.business.replacements[:MAX_REPLACED] if kind is LinkKind.REPLACE else ()
    return listed or (Replacement(document_id=taken.business.document_id or taken.header.document_id),)


async def _target(ports: Ports, taken: Intake, document_id: str) -> DocumentView | None:
    """Find the document: by its id, else by the code and date that the id spells, else by those of the header."""
    header = taken.header
    own = (header.promulgation_date, header.code) if document_id == header.document_id else None
    day, code = links.parted(document_id) or own or (header.promulgation_date, Code(number="", notation=""))
    named = Correlation(
        owner=taken.sender.id, document_id=document_id, number=code.number, notation=code.notation, promulgated_on=day
    )
    found = [each for each in await ports.links.sent(named) if each.document.id != taken.document.id]
    codes = {(each.document.number, each.document.notation) for each in found}
    return found[0] if len(codes) == 1 else None  # one id for several numbers says nothing


def _concern(rules: Rules, taken: Intake, kind: LinkKind, view: DocumentView, organs: Collection[str]) -> Concerned:
    """Say what becomes of each delivery of the document: those to the receivers named, else to those of this one."""
    to = {each.receiver for each in taken.deliveries}
    named = {named_organ for each in organs if (named_organ := oversee.named(rules, each))}
    if kind is LinkKind.REPLACE:
        to = named or {each.receiver for each in view.deliveries}
    update = taken.business.update if kind is LinkKind.UPDATE else None
    changes = update.receivers if update else ()
    removed = {oversee.named(rules, each.organ_id) for each in changes if not each.added}
    asks = kind is not LinkKind.UPDATE or update is None or update.document_info
    has = {each.receiver: each.id for each in view.deliveries}
    return Concerned(
        document=view.document.id,
        asked=tuple(id_ for organ, id_ in has.items() if asks and organ in to - removed),
        withdrawn=tuple(id_ for organ, id_ in has.items() if organ in removed),
        added=_added(rules, taken, view, [each.organ_id for each in changes if each.added]),
    )


def _added(rules: Rules, taken: Intake, view: DocumentView, organs: Collection[str]) -> tuple[Delivery, ...]:
    receivers = tuple(Organisation(organ_id=each) for each in organs)
    planned, _ = routing.plan(receivers, rules.directory, taken.document.accepted_at.date(), _RECEIVER_LIST)
    has = {each.receiver for each in view.deliveries}
    new = [each for each in planned if each not in has]
    return intake.deliveries_of(view.document, new, rules.systems)


def _links(taken: Intake, kind: LinkKind, document_id: str, concerned: Concerned) -> list[Link]:
    """Link each delivery that it concerns; the document alone where it concerns none."""
    link = replace(_link(taken, kind, document_id), target=concerned.document)
    own = [replace(link, delivery=each) for each in dict.fromkeys((*concerned.asked, *concerned.withdrawn))]
    new = [replace(link, delivery=each.id, answer=links.ADDED) for each in concerned.added]
    return [*own, *new] or [link]


def _link(taken: Intake, kind: LinkKind, document_id: str) -> Link:
    day, code = links.parted(document_id) or (None, None)
    written = str(code) if code else None
    return Link(kind=kind, organ=taken.sender.id, code=written, promulgated_on=day, document_id=document_id)
