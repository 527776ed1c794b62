"""Secrets that the settings name by their files."""

from pathlib import Path

from gateway.config import Settings
from gateway.core.faults import Misconfigured


def secret(settings: Settings, named: Path | None) -> str | None:
    """Read a password. Raises Misconfigured."""
    file = named and settings.path(named)
    try:
        return file.read_text("utf-8").strip() if file else None
    except OSError as error:
        raise Misconfigured("misconfigured", detail=f"{file}: {error}") from error
