"""A link is tried step by step, as far as it goes well, within a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from gateway.core.faults import Misconfigured, Transient
from gateway.flows import try_link as trying
from gateway.flows.try_link import Step, try_link
from tests.flows.plane import MANIFEST, PUSHED, Office, OneAdapter

UNREADABLE = Misconfigured("link-misconfigured", detail="token_file: secrets/so: FileNotFoundError")


@dataclass
class Unopened(OneAdapter):
    """A catalogue whose adapter cannot be opened."""

    async def adapter(self, system: object) -> Office:
        raise UNREADABLE


class Hanging(Office):
    """A system that takes the call and never answers."""

    async def health(self) -> None:
        await asyncio.Event().wait()


async def test_all_steps_of_a_link_that_works_go_well() -> None:
    tried = await try_link(OneAdapter(Office()), PUSHED)
    assert [(each.step, each.fault) for each in tried] == [(step, None) for step in Step]


async def test_an_adapter_that_cannot_push_is_found_out_first() -> None:
    (tried,) = await try_link(OneAdapter(Office(), can=MANIFEST.model_copy(update={"push": False})), PUSHED)
    assert (tried.step, tried.fault and tried.fault.code) == (Step.ADAPTER, "link-misconfigured")


async def test_an_adapter_that_cannot_push_may_collect() -> None:
    assert PUSHED.link is not None
    collecting = replace(PUSHED, link=replace(PUSHED.link, push=False))
    tried = await try_link(OneAdapter(Office(), can=MANIFEST.model_copy(update={"push": False})), collecting)
    assert tried[-1].fault is None


async def test_nobody_is_asked_where_the_settings_cannot_be_used() -> None:
    tried = await try_link(Unopened(Office()), PUSHED)
    assert [(each.step, each.fault) for each in tried] == [(Step.ADAPTER, None), (Step.SETTINGS, UNREADABLE)]


@pytest.mark.parametrize("said", [Transient("receiver-unreachable", detail="refused"), Misconfigured("link-unauthorised")])
async def test_what_the_system_answers_is_told_as_it_is(said: Transient | Misconfigured) -> None:
    *_, last = await try_link(OneAdapter(Office(down=said)), PUSHED)
    assert (last.step, last.fault) == (Step.ANSWER, said)


async def test_a_system_that_never_answers_is_waited_for_no_longer_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "TRY_SECONDS", 0.2)
    *_, last = await try_link(OneAdapter(Hanging()), PUSHED)
    assert (last.step, last.fault and last.fault.code) == (Step.ANSWER, "receiver-timeout")
    assert last.seconds < 1


async def test_an_adapter_s_own_mistake_is_a_fault_like_others() -> None:
    class Broken(Office):
        async def health(self) -> None:
            raise KeyError("x")

    *_, last = await try_link(OneAdapter(Broken()), PUSHED)
    assert last.fault is not None and last.fault.code == "adapter-failed"


@dataclass
class Counted(OneAdapter):
    """A catalogue that remembers what was opened beside what is in force, and closed again."""

    events: list[str] = field(default_factory=list)

    async def adapter(self, system: object) -> Office:
        raise AssertionError

    @asynccontextmanager
    async def beside(self, system: object) -> AsyncIterator[Office]:
        self.events.append("opened")
        assert isinstance(self.one, Office)
        yield self.one
        self.events.append("closed")


@pytest.mark.parametrize("down", [None, Transient("receiver-unreachable")])
async def test_a_link_that_is_not_kept_yet_is_tried_beside_the_one_in_force(down: Transient | None) -> None:
    catalogue = Counted(Office(down=down))
    tried = await try_link(catalogue, PUSHED, kept=False)
    assert (len(tried), tried[-1].fault, catalogue.events) == (3, down, ["opened", "closed"])
