"""What the hub itself asks of others over HTTP, by the client of the adapters: the settings of a connection, and its context."""

from pathlib import Path

from pydantic import IPvAnyNetwork, ValidationError

from gateway.core.faults import Misconfigured
from gateway.ports import Clock, Telemetry
from gateway.sdk.contract import Context
from gateway.sdk.http import Connection
from gateway.sdk.manifest import mistakes


def connection(section: str, url: str, *, ca_file: Path | None, networks: tuple[IPvAnyNetwork, ...]) -> Connection:
    """Make the settings of the client, which lie in a section of gateway.toml. Raises Misconfigured naming it."""
    try:
        return Connection.model_validate({"url": url, "ca_file": ca_file, "networks": networks})
    except ValidationError as error:
        raise Misconfigured("misconfigured", detail=f"[{section}]: {mistakes(error)}") from error


def context(name: str, home: Path, clock: Clock, telemetry: Telemetry) -> Context:
    """Make what the client works in; relative paths start at `home`."""

    def log(event: str, **facts: str | float | None) -> None:
        telemetry.record(event, system=name, **facts)

    return Context(system=name, organs=frozenset(), folder=home, now=clock.now, log=log)
