"""Who officers are, as a province's own identity provider says it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A browser that is sent away to prove who uses it. All but `url` stays with it until it comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who came back: the name by which agencies.toml knows them, and whether they proved it by more than a password."""

    name: str
    by_several_factors: bool


class IdentityProvider(Protocol):
    """An identity provider (OpenID Connect Core 1.0, authorization code with PKCE)."""

    @property
    def label(self) -> str:
        """Give the name of the provider, as it stands on the button."""

    async def depart(self) -> Departure:
        """Prepare to send a browser away. Raises `identity-provider-failed`."""

    async def arrive(self, code: str, departure: Departure) -> Identity:
        """Exchange the code that a browser brought back. Raises `identity-provider-failed`, and `identity-refused`."""
