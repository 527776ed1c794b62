"""The signature of a document: how its sender was trusted when it was accepted, and what its envelope proves when read again."""

import hashlib
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Final

from gateway.core.findings import trusted_as
from gateway.core.holdings import Certified, certified
from gateway.core.model import Document, Trust
from gateway.core.trust import Revocations
from gateway.entry.console.opening import demand_kept
from gateway.entry.console.visit import Visit
from gateway.entry.proving import Parts, Verdict, judge

_DIGESTS: Final = ("sha1", "sha256", "sha384", "sha512")
"""What a signature may digest attachments with, the old one included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What reading the envelope again showed; `known` is the list by which the signer's CA revokes, None where there is none.

    `certified` is the signer's certificate, once it has proved the content; `registered`, whether it is of the sender's now.
    """

    verdict: Verdict
    certified: Certified | None = None
    registered: bool = False
    known: Revocations | None = None
    fresh: bool = False


async def check(visit: Visit, document: Document) -> Checked:
    """Prove the stored envelope once more, as `lienthong verify` does. Raises `not-found` where the vault has it not.

    The certificate must have been valid when the document was accepted; revocation is asked of now.
    """
    for each in (document.sha256, *(attached.sha256 for attached in document.attachments if attached.apart)):
        await demand_kept(visit, each)
    raw, parts, store = await visit.ports.vault.read(document.sha256), await _parts(visit, document), visit.rules.trust
    legacy = trusted_as(document) is Trust.LEGACY
    async with visit.ports.compute.room(len(raw)) as run:
        verdict = await run(
            lambda: judge(raw, store, visit.now, parts=parts, signed_at=document.accepted_at, legacy=legacy),
        )
    if verdict.certificate is None:
        return Checked(verdict=verdict)
    sender, issuer = visit.rules.directory.find(document.sender), store.issuer(verdict.certificate)
    known = store.revocations(issuer) if issuer else None
    return Checked(
        verdict=verdict,
        certified=certified(verdict.certificate, store, visit.now),
        registered=sender is not None and verdict.certificate in sender.certificates,
        known=known,
        fresh=known is not None and known.fresh(visit.now),
    )


async def _parts(visit: Visit, document: Document) -> Parts:
    """Digest what came beside the envelope, reading each attachment once."""
    found: dict[str, Mapping[str, bytes]] = {}
    for each in document.attachments:
        if each.apart:
            digests = {name: hashlib.new(name, usedforsecurity=False) for name in _DIGESTS}
            async with aclosing(visit.ports.vault.stream(each.sha256)) as octets:
                async for chunk in octets:
                    for digest in digests.values():
                        digest.update(chunk)
            found[each.content_id] = {name: digest.digest() for name, digest in digests.items()}
    return {name: partial(_digest, digests) for name, digests in found.items()}


def _digest(digests: Mapping[str, bytes], algorithm: str) -> bytes:
    return digests[algorithm]
