"""A process that writes the letters that are due at a moment, and ends: `database port now [hold]`.

With `hold` it names on its standard output each e-mail that it is about to send, and goes no further.
"""

import asyncio
import sys
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gateway.core.directory import Agency, Directory
from gateway.core.mail import Mail
from gateway.core.model import VIETNAM, OrganId
from gateway.flows.write_letters import write_letters
from gateway.infra.database import PostgresDatabase
from gateway.infra.letters import SqlLetters
from gateway.infra.mailer_smtp import SmtpMailer
from gateway.infra.opening import open_executor
from tests.contracts.entries import SENDER
from tests.flows.plane import opened
from tests.mail import HOST

RECEIVERS = tuple(OrganId(f"H56.40.{number:02}") for number in range(1, 21))
SENDERS = "vanthu@ubnd.example"


def address(organ: OrganId) -> str:
    return f"vanthu@{organ.lower()}.example"


class Holding(SmtpMailer):
    """A mailer that never gets to sending."""

    async def send(self, mail: Mail) -> tuple[str, ...]:
        print(mail.id, flush=True)  # noqa: T201  the parent reads it
        await asyncio.Event().wait()
        raise AssertionError


async def write(database: str, port: int, now: str, hold: bool) -> None:
    executor = open_executor(PostgresDatabase(url=database) if "://" in database else Path(database))
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder)) as plane:
            plane.clock.time = datetime.fromisoformat(now).replace(tzinfo=VIETNAM)
            agencies = [Agency(id=organ, name=f"UBND xã {organ}", email=address(organ)) for organ in RECEIVERS]
            sender = Agency(id=SENDER, name="UBND tỉnh (mẫu)", email=SENDERS)
            made = (Holding if hold else SmtpMailer)(
                HOST, port, sender="truc@tinh.example", name="Trục", clock=plane.clock, security="none"
            )
            ports = replace(plane.ports, letters=SqlLetters(executor), mailer=made)
            await write_letters(ports, replace(plane.rules, directory=Directory.of((*agencies, sender))))
    await executor.close()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:] == ["hold"]))
