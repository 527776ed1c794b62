"""`lienthong deadletters …`: what could not be delivered, and what an operator decides about it."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import typer

from gateway.core.fault_codes import FAULTS
from gateway.core.rules import Rules
from gateway.entry.api.admin import rendering
from gateway.entry.cli.operations import Operations, decision, here, opened
from gateway.entry.cli.options import Asked
from gateway.entry.cli.output import Outcome
from gateway.flows import oversee
from gateway.ports import Bulk, DeadLetter, Filter

Carry = Callable[[Operations, Rules, Filter], Awaitable[Bulk]]


async def listing(config: Path, asked: Asked, limit: int) -> Outcome:
    """List dead letters, oldest first."""
    async with opened(config) as at:
        which = _meant(at.rules(), asked)
        page = await at.letters.dead_letters(which, after=None, limit=limit)
        more = await at.letters.preview(which) - len(page.items)
    return Outcome(
        data=[rendering.dead_letter(each) for each in page.items],
        rows=[_row(each) for each in page.items],
        vi=f"Còn {more} văn bản nữa (--limit)." if more > 0 else "" if page.items else "Không có văn bản nào không gửi được.",
        en=f"There are {more} more (--limit)." if more > 0 else "" if page.items else "There is no dead letter.",
    )


async def groups(config: Path, asked: Asked) -> Outcome:
    """Count dead letters by cause and receiver."""
    async with opened(config) as at:
        found = await at.letters.groups(_meant(at.rules(), asked))
    rows = [
        {
            "Nguyên nhân · Cause": each.cause,
            "Tới · To": each.receiver,
            "Số văn bản · Count": each.count,
            "Cũ nhất · Oldest": f"{each.oldest_at:%d/%m/%Y %H:%M}",
            "Nội dung · Meaning": _meaning(each.cause),
        }
        for each in found
    ]
    return Outcome(
        data=[rendering.group(each) for each in found],
        rows=rows,
        vi="" if rows else "Không có văn bản nào không gửi được.",
        en="" if rows else "There is no dead letter.",
    )


async def preview(config: Path, asked: Asked) -> Outcome:
    """Count what a decision would be about."""
    async with opened(config) as at:
        count = await at.letters.preview(_meant(at.rules(), asked))
    return Outcome(data={"count": count}, vi=f"{count} văn bản không gửi được.", en=f"{count} dead letters.")


async def requeue(config: Path, asked: Asked, reason: str, *, yes: bool) -> Outcome:
    """Let dead letters go on."""
    why = decision(reason)

    async def carry(at: Operations, rules: Rules, which: Filter) -> Bulk:
        return await oversee.requeue(at.letters, rules, which, why)

    return await _decide(config, asked, carry, "Chuyển lại", "requeued", yes=yes)


async def park(config: Path, asked: Asked, reason: str, *, yes: bool) -> Outcome:
    """Put dead letters aside."""
    why = decision(reason)

    async def carry(at: Operations, _rules: Rules, which: Filter) -> Bulk:
        return await oversee.park(at.letters, which, why)

    return await _decide(config, asked, carry, "Để riêng", "put aside", yes=yes)


async def turn_back(config: Path, asked: Asked, reason: str, *, yes: bool) -> Outcome:
    """Give dead letters back to their senders."""
    why = decision(reason)

    async def carry(at: Operations, _rules: Rules, which: Filter) -> Bulk:
        return await oversee.turn_back(at.letters, which, why)

    return await _decide(config, asked, carry, "Trả lại nơi gửi", "given back", yes=yes)


async def redirect(config: Path, asked: Asked, to: str, reason: str, *, yes: bool) -> Outcome:
    """Send dead letters to another receiver."""
    why = decision(reason)

    async def carry(at: Operations, rules: Rules, which: Filter) -> Bulk:
        return await oversee.redirect(at.letters, rules, which, to, why)

    return await _decide(config, asked, carry, f"Chuyển tới {to}", f"redirected to {to}", yes=yes)


async def _decide(config: Path, asked: Asked, carry: Carry, vi: str, en: str, *, yes: bool) -> Outcome:
    async with opened(config) as at:
        rules = at.rules()
        which = _meant(rules, asked)
        _confirm(await at.letters.preview(which), vi, yes=yes)
        bulk = await carry(at, rules, which)
    left = bulk.matched - bulk.done
    rows = [{"Lượt chuyển · Delivery": each.delivery, "Mã lỗi · Code": each.code} for each in bulk.failed]
    vi_left, en_left = (f" Chưa xử lý: {left}.", f" Not dealt with: {left}.") if left else ("", "")
    return Outcome(
        data=rendering.bulk(bulk),
        rows=rows,
        vi=f"{'✗' if left else '✓'} {vi}: {bulk.done} văn bản.{vi_left}",
        en=f"{bulk.done} documents {en}.{en_left}",
        failed=left > 0,
    )


def _confirm(count: int, what: str, *, yes: bool) -> None:
    """Ask before more than one is touched; where nobody can be asked, demand `--yes`."""
    if yes or count <= 1:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"sẽ xử lý {count} văn bản, thêm --yes nếu đúng · {count} documents match, add --yes.")
    typer.confirm(f"{what}: {count} văn bản? · {count} documents?", abort=True, err=True)


def _meant(rules: Rules, asked: Asked) -> Filter:
    return Filter(
        receiver=oversee.named(rules, asked.receiver),
        sender=oversee.named(rules, asked.sender),
        cause=asked.cause,
        since=here(asked.since),
        until=here(asked.until),
        ids=asked.ids,
        parked=asked.parked,
    )


def _row(letter: DeadLetter) -> dict[str, object]:
    document, (own,) = letter.view.document, letter.view.deliveries
    return {
        "Lượt chuyển · Delivery": own.id,
        "Nhận lúc · Accepted": f"{document.accepted_at:%d/%m/%Y %H:%M}",
        "Từ · From": document.sender,
        "Tới · To": own.receiver,
        "Số, ký hiệu · Code": f"{document.number}/{document.notation}",
        "Nguyên nhân · Cause": own.cause,
        "Lần thử · Attempts": own.attempts,
        "Lần cuối · Last": f"{letter.failed_at:%d/%m/%Y %H:%M}" if letter.failed_at else None,
        "Để riêng · Parked": "✓" if letter.parked else None,
        "Lời nơi nhận · Answer": own.answer,
    }


def _meaning(cause: str | None) -> str:
    return FAULTS[cause].vi if cause in FAULTS else ""
