"""A process that accepts documents as fast as it can, naming on its standard output each that it holds; it never ends."""

import asyncio
import itertools
import sys
from dataclasses import replace
from pathlib import Path

from gateway.infra.ledger import SqlLedger
from gateway.infra.vault_files import FileVault
from tests.contracts.entries import entry

LEDGER, VAULT = "ledger.sqlite3", "vault"
WRITERS = 16
LARGE = 100_000


def content(number: int) -> bytes:
    """The payload of a document: one in eight is large."""
    return b"%d" % number * (LARGE if number % 8 == 0 else 500)


async def accept_for_ever(folder: Path) -> None:
    vault, ledger = await FileVault.open(folder / VAULT), SqlLedger.open(folder / LEDGER)
    numbers = itertools.count()

    async def writer() -> None:
        for number in numbers:
            staged = vault.stage()
            await staged.write(content(number))
            await vault.keep([staged])
            made = entry(number)
            document = replace(made.document, sha256=staged.sha256, size=staged.size)
            acceptance = await ledger.accept(replace(made, document=document))
            print(number, acceptance.document, flush=True)  # noqa: T201  the parent reads it

    await asyncio.gather(*(writer() for _ in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(accept_for_ever(Path(sys.argv[1])))
