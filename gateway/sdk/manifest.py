"""`manifest.toml`: who an adapter is, which contract it was written for, and what it can do."""

import tomllib
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.core.faults import Misconfigured
from gateway.sdk.contract import CONTRACT

MANIFEST: Final = "manifest.toml"


class Description(BaseModel):
    """What an adapter does, in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Manifest(BaseModel):
    """What an adapter is and can do.

    `push`: documents are delivered into the other side. `collect`: documents and statuses are fetched from it. `statuses`: it is
    told news of deliveries; `recall`: a sender's wish to have a document back (13) too. `separate`: attachments may come beside
    the envelope. `max_size`: the most octets of a document with all its attachments; None is no limit of its own.
    `face`: `face.py` answers calls of the vendor's systems.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    version: str = Field(min_length=1)
    contract: int
    description: Description
    push: bool
    collect: bool
    statuses: bool
    recall: bool
    separate: bool
    max_size: int | None = Field(default=None, gt=0)
    face: bool = False


def read_manifest(file: Path) -> Manifest:
    """Read a manifest. Its contract is looked at first: another version may have other keys. Raises `Misconfigured`."""
    try:
        read = tomllib.loads(file.read_text("utf-8"))
        contract = read.get("contract", CONTRACT)
        if contract != CONTRACT:
            raise Misconfigured(
                "misconfigured",
                detail=f"{file}: contract = {contract!r}; trục này dùng {CONTRACT}",
                detail_en=f"{file}: contract = {contract!r}; this hub speaks {CONTRACT}",
            )
        return Manifest.model_validate(read)
    except (OSError, ValueError) as error:
        detail = mistakes(error) if isinstance(error, ValidationError) else str(error)
        raise Misconfigured("misconfigured", detail=f"{file}: {detail}") from error


def mistakes(error: ValidationError) -> str:
    """Name each wrong key or setting, never its value: it may be a secret."""
    return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
