"""Letters in the ledger, each sent once in effect, and whoever carries them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.ladder import Audience
from gateway.core.letters import Letter
from gateway.core.mail import Mail, Told
from gateway.core.model import OrganId


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """The letters of one recipient that one worker may send, as one e-mail, until its claim ends.

    `id` is of these letters together. `repeat` tells that they may have been sent before, nobody knows: they stay together and
    bear the same id. `attempts` were made before.
    """

    id: str
    token: str
    audience: Audience
    organ: OrganId
    told: tuple[Told, ...]
    attempts: int
    repeat: bool

    @property
    def urgent(self) -> bool:
        """Tell whether it may be sent at any hour."""
        return any(each.letter.urgent for each in self.told)


class Letters(Protocol):
    """Letters are written by the transaction that makes true what they tell. Whoever is late or doubled changes nothing."""

    async def claim(self, *, until: datetime, now: datetime) -> Mailing | None:
        """Claim all that is due to one recipient, the urgent first; None where there is nothing to be sent now.

        Ordinary letters wait to be gathered, and until the recipient's last e-mail is an hour old. What is over before its letter
        was sent is left out, and the end of what nobody was told of too. A claim that ended is claimed again as it was.
        """

    async def settle(self, mailing: Mailing, *, cause: str | None, onward: Collection[Letter] = (), now: datetime) -> None:
        """Record that it was sent, or why it never will be; `onward` are written to others instead, where they are new."""

    async def put_off(self, mailing: Mailing, *, again: datetime, cause: str | None, whole: bool) -> None:
        """End the claim until a moment; with a `cause` it counts as an attempt. `whole` keeps the letters together."""


class Mailer(Protocol):
    """Carries e-mails."""

    async def send(self, mail: Mail) -> tuple[str, ...]:
        """Hand over one e-mail; give the addresses that were refused beside others that were not.

        Raises Transient (`mail-unavailable`: the server takes none now; `mail-deferred`: not this one now; `mail-unanswered`:
        nobody knows whether it was taken), Undeliverable (`mail-refused`: no address is taken), Misconfigured
        (`mail-misconfigured`).
        """
