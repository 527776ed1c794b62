"""policy.toml: what the province has decided, over what ships with the project."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from gateway.core.faults import Misconfigured
from gateway.core.model import OrganId
from gateway.core.policy.catalogue import Action
from gateway.core.policy.settings import Lists, Own, Policy
from gateway.core.vietnamese import plain
from gateway.sdk.manifest import mistakes
from gateway.sdk.shipped import shipped


def _words(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain(each) for each in given)


Words = Annotated[tuple[str, ...], AfterValidator(_words)]


class Table(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(extra="forbid")


class Secrecy(Table):
    """`[secrecy]`."""

    markings: Words
    flags: Words
    harmless: Words


class Complaints(Table):
    """`[complaints]`."""

    beginnings: Words


class Paper(Table):
    """`[paper]`; `submitted_to` are organ ids."""

    normative: Words
    submissions: Words
    submitted_to: tuple[str, ...]
    with_paper: Words
    electronic_only: Words


class Response(Table):
    """`[response]`."""

    demands: Words
    replies: Words


class Sentinels(Table):
    """`[sentinels]`."""

    values: Words


class Attachments(Table):
    """`[attachments]`."""

    executables: Words


class AgencyTable(Table):
    """`[agency."ID"]`."""

    actions: dict[str, Action] = {}
    with_paper: Words = ()
    electronic_only: Words = ()


class PolicyFile(Table):
    """The whole of policy.toml, with the shipped file's values where a copy says nothing."""

    actions: dict[str, Action]
    secrecy: Secrecy
    complaints: Complaints
    paper: Paper
    response: Response
    sentinels: Sentinels
    attachments: Attachments
    agency: dict[str, AgencyTable] = {}


def shipped_policy() -> Path:
    """Give the file whose values hold where a copy says nothing."""
    return shipped("config") / "policy.toml"


def load_policy(file: Path) -> Policy:
    """Read the policy. Raises Misconfigured naming the mistake, also where an agency would loosen it."""
    try:
        read = PolicyFile.model_validate(_over(_parsed(shipped_policy()), _parsed(file)))
        policy = _policy(read)
        policy.demand_harder()
    except ValidationError as error:
        raise Misconfigured("misconfigured", detail=f"{file}: {mistakes(error)}") from error
    except (OSError, ValueError) as error:
        raise Misconfigured("misconfigured", detail=f"{file}: {error}") from error
    return policy


def _policy(read: PolicyFile) -> Policy:
    lists = Lists(
        secret_markings=frozenset(read.secrecy.markings),
        secret_flags=frozenset(read.secrecy.flags),
        secret_harmless=frozenset({"", *read.secrecy.harmless}),
        complaints=read.complaints.beginnings,
        normative=frozenset(read.paper.normative),
        submissions=frozenset(read.paper.submissions),
        submitted_to=frozenset(read.paper.submitted_to),
        with_paper=frozenset(read.paper.with_paper),
        electronic_only=frozenset(read.paper.electronic_only),
        demands=read.response.demands,
        replies=read.response.replies,
        sentinels=frozenset(read.sentinels.values),
        executables=frozenset(read.attachments.executables),
    )
    own = {
        OrganId(organ): Own(
            actions=table.actions,
            with_paper=frozenset(table.with_paper),
            electronic_only=frozenset(table.electronic_only),
        )
        for organ, table in read.agency.items()
    }
    return Policy(actions=read.actions, lists=lists, own=own)


def _parsed(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


def _over(base: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Lay a file over another, key by key of each table."""
    laid = {name: base[name] | value if isinstance(value, dict) and name in base else value for name, value in given.items()}
    return base | laid
