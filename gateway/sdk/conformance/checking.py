"""What a check is: its title, what it needs of the adapter, and how it says what is wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

import pytest

from gateway.core.faults import Fault
from gateway.sdk.conformance.other_side import Mood

Function = TypeVar("Function", bound=Callable[..., Awaitable[None]])

MARK: Final = "_kit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check of the kit. `claims` are keys of the manifest, all of which are true where it is run."""

    vi: str
    claims: tuple[str, ...]
    moods: tuple[Mood, ...]


def check(vi: str, *claims: str, moods: tuple[Mood, ...] = ()) -> Callable[[Function], Function]:
    """Make a check of a method that is named as a sentence; `vi` is that sentence in Vietnamese."""

    def made(function: Function) -> Function:
        setattr(function, MARK, Check(vi=vi, claims=claims, moods=moods))
        marked: Function = pytest.mark.asyncio(function)
        return marked

    return made


def check_of(function: Any) -> Check | None:
    """Give what was said of a check, None where the function is none."""
    said: Check | None = getattr(function, MARK, None)
    return said


def fail(vi: str, en: str) -> NoReturn:
    """Say what is wrong, to the adapter's author."""
    __tracebackhide__ = True
    raise AssertionError(f"{vi}\n{en}")


def expect(fact: object, vi: str, en: str) -> None:
    """Hold that something is so."""
    __tracebackhide__ = True
    if not fact:
        fail(vi, en)


def expect_fault(fault: Fault, kind: type[Fault], *codes: str) -> None:
    """Hold that a call came to nothing in the right way."""
    __tracebackhide__ = True
    wanted = f"{kind.__name__}({' | '.join(codes)})"
    got = f"{type(fault).__name__}({fault.code})"
    expect(type(fault) is kind and fault.code in codes, f"cần {wanted}, lại được {got}", f"expected {wanted}, got {got}")
