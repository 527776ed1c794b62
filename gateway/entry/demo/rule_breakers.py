"""The regulation at work: three documents that the hub refuses, three that it lets pass with a word to both sides."""

from gateway.core.envelope import Code
from gateway.entry.demo import bad_senders, papers
from gateway.entry.demo.agency import Agency

_NUMBERS = tuple(Code(number=number, notation="UBND-X") for number in ("9911", "9912", "9913"))
"""Far from the numbers in use, as those of the bad senders."""


async def try_all(agencies: dict[str, Agency]) -> None:
    """See each rule applied, with its article."""
    for number, (organ, code, deed, paper) in zip(_NUMBERS, papers.forbidden(), strict=True):
        agency = agencies[organ]
        envelope, _ = await agency.write(paper, number)
        await bad_senders.refused(agency, code, code, agency.client.send(envelope), deed)
    for organ, code, paper in papers.careless():
        agency = agencies[organ]
        sent = await agency.send(paper, noticed=(code,))
        for told in sent.answer["findings"]:
            agency.board.say(f"  → ghi nhận {told['code']}, Điều {told['article']}: {told['message']}", "a finding")
        for to in paper.to:
            shown = [each["code"] for received in await agencies[to].collect_all() for each in received.shown["findings"]]
            agency.checks.expect(code, holds=shown == [code], otherwise=shown)
