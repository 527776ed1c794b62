"""Views: filters of a list that an officer keeps under a name."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptView:
    """A filter: the query of the list's address."""

    name: str
    query: str


class Views(Protocol):
    """What each officer keeps for himself."""

    async def of(self, operator: str) -> tuple[KeptView, ...]:
        """List an officer's views by name."""

    async def keep(self, operator: str, view: KeptView, *, most: int) -> None:
        """Keep a view; one of the same name is replaced. Raises `malformed-request` where he has so many already."""

    async def forget(self, operator: str, name: str) -> None:
        """Forget a view; one that is not there is forgotten already."""
