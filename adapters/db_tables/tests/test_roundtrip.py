"""A document that comes into one vendor's tables and goes out of another's loses what README.md lists, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.sdk import BusinessType, CollectedEnvelope, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checks_whole import business_of
from gateway.sdk.conformance.comparing import fields, octets

from .. import paths
from ..mapping import Mapping, load
from .opened import FOLDER, SIDES, collected, opened
from .other_side import OtherSide

TRACE = frozenset({"TraceHeaderList/TraceHeader/OrganId", "TraceHeaderList/TraceHeader/Timestamp"})
"""Hops are of the way, not of the document: each system writes its own."""


def forward(other: OtherSide) -> None:
    """Send on what came in, as a clerk does: copy it into what waits, to one receiver."""
    mapping = other.mapping
    files_in, files_out = mapping.inbox.files, mapping.outbox.files
    came, out = mapping.inbox.document, mapping.outbox.document
    (row,) = other.all_of(came.table, other.inbox_only)
    (file,) = other.all_of(files_in.table)
    kept = {name: row[name] for name in mapping.sent if name in came.columns}
    if mapping.outbox.receiver_list is not None:
        kept[mapping.outbox.receiver_list.column] = golden.RECEIVER
    key = other.insert(out.table, **kept, **out.where)
    other.offer_receiver(key, golden.RECEIVER)
    named = {name: file[name] for name in files_out.columns}
    other.insert(files_out.table, **named, **{files_out.document: key, files_out.content: file[files_in.content]})


def lost(mapping: Mapping) -> frozenset[str]:
    """Give the fields that a mapping has no column for."""
    kept = {column.source for column in mapping.inbox.document.columns.values()} & {each.source for each in mapping.sent.values()}
    kept |= {"MessageHeader/Code", "MessageHeader/Code/CodeNumber", "MessageHeader/Code/CodeNotation"}
    kept |= {"MessageHeader/To/OrganId"} | ({"MessageHeader/To/OrganName"} if mapping.outbox.receivers is not None else set())
    return paths.DOCUMENT - kept - TRACE


@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize("kind", list(BusinessType))
async def test_a_document_comes_out_as_it_came_in_but_for_what_is_listed(name: str, kind: BusinessType, tmp_path: Path) -> None:
    business = None if kind is BusinessType.NEW else business_of(kind)
    package = golden.document(business=business)
    (receiver, *_) = package.header.receivers
    own = edxml.Organisation(organ_id=golden.RECEIVER, organ_name=receiver.organ_name)
    package = replace(package, header=replace(package.header, receivers=(own,)))
    async with SIDES[name](tmp_path) as other, opened(other, tmp_path) as adapter:
        await adapter.deliver(golden.consignment(package))
        forward(other)
        (came,) = await collected(adapter)
        assert isinstance(came, CollectedEnvelope)
        sent, back = fields(edxml.write(package)), fields(await octets(came.open))
    gone = {path for path in sent if path.startswith(("MessageHeader/", "TraceHeaderList/")) and path not in back}
    changed = {path for path in sent.keys() & back.keys() - TRACE if sent[path] != back[path]}
    invented = set(back) - set(sent) - TRACE
    named = {"MessageHeader/To/OrganName"}  # a receiver's row had it; whoever sends on names its own receivers
    assert gone - TRACE - named <= lost(load(name, Path()))
    assert changed == set()
    assert invented == set()


@pytest.mark.parametrize("name", SIDES)
def test_the_readme_lists_what_a_mapping_loses(name: str) -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    _, _, listed = text.partition(f"<!-- lost: {name} -->\n")
    listed, _, _ = listed.partition("\n<!-- end -->")
    assert listed == table(lost(load(name, Path())))


def table(fields: frozenset[str]) -> str:
    """Write the list of what is lost as README.md has it, one line for each element."""
    groups: dict[str, list[str]] = {}
    for path in sorted(fields):
        above, _, own = path.rpartition("/")
        groups.setdefault(above, []).append(own)
    return "\n".join(f"- `{above}`: {', '.join(f'`{each}`' for each in own)}" for above, own in groups.items())
