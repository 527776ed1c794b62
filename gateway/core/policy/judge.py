"""The rules put together: what is seen of a document, and what follows from it by the policy in force."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gateway.core.directory import Agency, Directory
from gateway.core.faults import Rejected
from gateway.core.findings import finding
from gateway.core.model import Finding, OrganId, Problem
from gateway.core.policy import duties, header
from gateway.core.policy.case import Case, Observation
from gateway.core.policy.catalogue import RULES, Action
from gateway.core.policy.settings import Lists, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the policy says of a document that is not refused. `held` is why it waits for an operator; empty where it goes on."""

    findings: tuple[Finding, ...]
    held: tuple[str, ...]


def observe(case: Case) -> Iterator[Observation]:
    """See every rule that the envelope breaks."""
    yield from header.judge(case)
    yield from duties.judge(case)


def weigh(policy: Policy, organs: tuple[OrganId, ...], observations: Iterable[Observation]) -> Verdict:
    """Decide what follows for a sender and those above it (`organs`). Raises Rejected with every refusal at once."""
    seen = tuple(dict.fromkeys(observations))
    acted = [(each, policy.action(each.code, organs)) for each in seen]
    refused = [each for each, action in acted if action is Action.REFUSE]
    if refused:
        raise Rejected(refused[0].code, path=refused[0].path, problems=[_problem(each) for each in refused])
    return Verdict(
        findings=tuple(finding(each.code, each.path, each.detail) for each in seen),
        held=tuple(finding(each.code, each.path, each.detail).message for each, action in acted if action is Action.HOLD),
    )


def line(directory: Directory, agency: Agency) -> tuple[OrganId, ...]:
    """Give an agency and those above it, nearest first: the decisions of each bind what it sends (articles 4.3, 5.2)."""
    return (agency.id, *(above.id for above in directory.ancestors(agency)))


def lists_for(policy: Policy, organs: tuple[OrganId, ...]) -> Lists:
    """Give the lists that hold for a sender: the province's, with those of its line added."""
    own = [policy.own[organ] for organ in organs if organ in policy.own]
    if not own:
        return policy.lists
    return replace(
        policy.lists,
        with_paper=policy.lists.with_paper.union(*(each.with_paper for each in own)),
        electronic_only=policy.lists.electronic_only.union(*(each.electronic_only for each in own)),
    )


def _problem(seen: Observation) -> Problem:
    rule = RULES[seen.code]
    said = f" ({seen.detail})" if seen.detail else ""
    article_vi, article_en = (f" Điều {rule.article}.", f" Article {rule.article}.") if rule.article else ("", "")
    vi, en = (words.removesuffix(".") + said for words in (rule.vi, rule.en))
    return Problem(code=seen.code, path=seen.path, vi=f"{vi}.{article_vi}", en=f"{en}.{article_en}")
