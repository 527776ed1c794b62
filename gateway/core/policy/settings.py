"""What the province, and each agency, has decided: the actions of the rules, and the lists that rules are about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.model import OrganId
from gateway.core.policy.catalogue import RULES, Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The words of the rules. All are compared without regard to case, composition and surrounding punctuation.

    `secret_flags` are names of elements by which vendors say how secret a document is, `secret_harmless` the values of these
    that mean «not secret». `complaints`, `replies` and `demands` are beginnings, beginnings and parts of a subject.
    `normative` are notations after the year (VBQPPL, article 5.1a); `submissions` are types of paper that go to
    `submitted_to` on paper too (5.1b); `with_paper` and `electronic_only` are further types (5.2, 4.1).
    """

    secret_markings: frozenset[str] = frozenset()
    secret_flags: frozenset[str] = frozenset()
    secret_harmless: frozenset[str] = frozenset()
    complaints: tuple[str, ...] = ()
    normative: frozenset[str] = frozenset()
    submissions: frozenset[str] = frozenset()
    submitted_to: frozenset[str] = frozenset()
    with_paper: frozenset[str] = frozenset()
    electronic_only: frozenset[str] = frozenset()
    demands: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    sentinels: frozenset[str] = frozenset()
    executables: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What one agency has decided for what it and the agencies below it send: harder actions, and more types in its lists."""

    actions: Mapping[str, Action] = field(default_factory=dict)
    with_paper: frozenset[str] = frozenset()
    electronic_only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The policy in force. Without configuration each rule has the action of the catalogue."""

    actions: Mapping[str, Action] = field(default_factory=dict)
    lists: Lists = Lists()
    own: Mapping[OrganId, Own] = field(default_factory=dict)

    def action(self, code: str, organs: tuple[OrganId, ...]) -> Action:
        """Give what a broken rule leads to for a sender and those above it: the hardest that any of them has decided."""
        decided = [self.own[organ].actions[code] for organ in organs if organ in self.own and code in self.own[organ].actions]
        return max((self.base(code), *decided), key=lambda action: action.rank)

    def base(self, code: str) -> Action:
        """Give what the province has decided."""
        return self.actions.get(code, RULES[code].action)

    def demand_harder(self) -> None:
        """Hold that nobody is milder than the floor of a rule, nor an agency than the province. Raises ValueError naming it."""
        for code, action in self.actions.items():
            if code not in RULES:
                raise ValueError(f"{code}: no such rule")
            if action.rank < RULES[code].floor.rank:
                raise ValueError(f"{code}: {action} is milder than {RULES[code].floor}, which the regulation asks for")
        for organ, own in self.own.items():
            for code, action in own.actions.items():
                if code not in RULES:
                    raise ValueError(f"{organ}: {code}: no such rule")
                if action.rank < self.base(code).rank:
                    raise ValueError(f"{organ}: {code}: an agency may tighten, never loosen ({action} < {self.base(code)})")
