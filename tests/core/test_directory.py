"""The directory: ids of both grammars, aliases, dates of validity and of exceptions."""

from datetime import date

import pytest

from gateway.core.directory import NEW_GRAMMAR, OLD_GRAMMAR, Agency, Directory, Link, System, Systems
from gateway.core.model import OrganId, SystemId, Trust


def agency(**more: object) -> Agency:
    fields: dict[str, object] = {"id": OrganId("000.00.15.H56"), "name": "Sở A"}
    return Agency(**(fields | more))  # type: ignore[arg-type]  # the test names real fields


@pytest.mark.parametrize("organ", ["000.00.15.H56", "001.00.10.H47", "000.00.00.G22"])
def test_an_id_of_the_old_grammar_is_recognised(organ: str) -> None:
    assert OLD_GRAMMAR.fullmatch(organ)


@pytest.mark.parametrize("organ", ["H56", "H56.40.02", "H37.DN.001"])
def test_an_id_of_the_new_grammar_is_recognised(organ: str) -> None:
    assert NEW_GRAMMAR.fullmatch(organ)


def test_two_agencies_cannot_claim_one_id() -> None:
    with pytest.raises(ValueError, match=r"H56\.15"):
        Directory.of((agency(aliases=("H56.15",)), agency(id=OrganId("H56.15"))))


def test_an_agency_is_in_force_from_its_first_day_until_the_day_before_its_end() -> None:
    one = agency(valid_from=date(2025, 7, 1), valid_to=date(2026, 1, 1))
    days = [date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [one.in_force(day) for day in days] == [False, True, True, False]


def test_an_exception_of_trust_ends_with_its_last_day() -> None:
    one = agency(trust=Trust.CHANNEL, trust_until=date(2026, 12, 31))
    assert one.trusted_as(date(2026, 12, 31)) is Trust.CHANNEL
    assert one.trusted_as(date(2027, 1, 1)) is Trust.SIGNED


def test_the_old_code_of_an_agency_is_found_among_its_ids() -> None:
    assert agency(id=OrganId("H56.15"), aliases=("000.00.15.H56",)).old_code == "000.00.15.H56"
    assert agency(id=OrganId("H56.15")).old_code is None


def chain(*links: tuple[str, str | None, date | None]) -> Directory:
    """Agencies that follow each other: id, successor, last day (exclusive)."""
    return Directory.of(
        Agency(
            id=OrganId(organ),
            name=organ,
            successor=OrganId(after) if after else None,
            parent=OrganId(after) if after else None,
            valid_to=end,
        )
        for organ, after, end in links
    )


ENDED = date(2025, 7, 1)
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ((("A", "B", ENDED), ("B", None, None)), "B"),
        ((("A", "B", ENDED), ("B", "C", ENDED), ("C", None, None)), "C"),
        ((("A", "B", ENDED), ("B", None, ENDED)), None),
        ((("A", "B", ENDED), ("B", "A", ENDED)), None),
        ((("A", "A", ENDED),), None),
        ((("A", "X", ENDED),), None),
        ((("A", None, ENDED),), None),
    ],
)
def test_the_successor_is_the_one_in_force_at_the_end_of_the_links(
    links: tuple[tuple[str, str | None, date | None], ...], found: str | None
) -> None:
    directory = chain(*links)
    start = directory.find("A")
    assert start is not None
    after = directory.successor_of(start, TODAY)
    assert (after.id if after else None) == found


def test_those_above_an_agency_are_given_nearest_first_and_a_circle_ends() -> None:
    directory = chain(("A", "B", None), ("B", "C", None), ("C", "B", None))
    start = directory.find("A")
    assert start is not None
    assert [each.id for each in directory.ancestors(start)] == ["B", "C"]


def test_documents_of_a_system_that_only_sends_wait_in_the_inbox() -> None:
    link = Link(adapter="folder", settings={}, push=False)
    systems = Systems.of([System(id=SystemId("office"), organs=frozenset({OrganId("H56.40.02")}), link=link)])
    assert systems.route(OrganId("H56.40.02")) is None
    assert systems.linked() == tuple(systems)
