"""kill -9 while the ledger and the vault are written: what was acknowledged is there afterwards, exactly once, whole."""

import subprocess
import sys
from pathlib import Path

from gateway.infra.ledger import SqlLedger
from gateway.infra.vault_files import FileVault
from gateway.ports import DocumentView
from tests.contracts.entries import RECEIVER, SENDER
from tests.faults import accept_until_killed
from tests.faults.accept_until_killed import LEDGER, VAULT, content
from tests.migrated import new_ledger

ROOT = Path(__file__).resolve().parents[2]
ACKNOWLEDGED = 200


def accepted_until_killed(folder: Path, acknowledged: int) -> dict[str, int]:
    """Kill the process once it acknowledged so many; give the number of each document that it acknowledged in its life."""
    command = [sys.executable, "-m", accept_until_killed.__name__, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(acknowledged)]
        process.kill()
        lines += process.stdout.readlines()
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {document: int(number) for number, document in whole}


async def listed(ledger: SqlLedger) -> list[DocumentView]:
    found: list[DocumentView] = []
    after: str | None = None
    while True:
        page = await ledger.documents({SENDER}, role="sender", state=None, after=after, limit=500)
        found += page.items
        after = page.next
        if after is None:
            return found


async def test_everything_acknowledged_before_the_kill_is_there_once_and_whole(tmp_path: Path) -> None:
    new_ledger(tmp_path / LEDGER)
    promised = accepted_until_killed(tmp_path, ACKNOWLEDGED)
    assert len(promised) >= ACKNOWLEDGED
    ledger, vault = SqlLedger.open(tmp_path / LEDGER), await FileVault.open(tmp_path / VAULT)
    views = await listed(ledger)
    ids = [view.document.id for view in views]
    assert len(ids) == len(set(ids))
    assert promised.keys() <= set(ids)
    for view in views:  # none is half-written, whether it was acknowledged or not
        document = view.document
        assert len(view.deliveries) == 2
        assert len(await ledger.receipts(document.id, {SENDER})) == 1
        assert len((await ledger.history(document.id, {SENDER})).events) == 3
        assert await vault.read(document.sha256) == content(int(document.number))
    assert len((await ledger.inbox({RECEIVER}, after=None, limit=10_000)).items) == len(ids)
    await ledger.close()
    await vault.close()
