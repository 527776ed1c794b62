"""Dissolutions and mergers: who may end on a day, and who may take their place."""

from datetime import date

import pytest

from gateway.core.directory import Agency, Directory
from gateway.core.faults import Rejected
from gateway.core.model import OrganId
from gateway.core.succession import end, predecessors

TODAY, DAY = date(2025, 6, 2), date(2025, 7, 1)
OLD, NEW = "000.05.40.H56", "H56.40.05"
DISTRICT, SUCCESSOR = "000.00.40.H56", "H56.112"


def province(**changes: dict[str, object]) -> Directory:
    """Two communes of a district that is dissolved too, and the commune that they become."""
    agencies: dict[str, dict[str, object]] = {
        "xa_a": {"id": NEW, "name": "UBND xã A", "aliases": (OLD,), "parent": DISTRICT},
        "xa_b": {"id": "000.06.40.H56", "name": "UBND xã B", "parent": DISTRICT},
        "huyen": {"id": DISTRICT, "name": "UBND huyện"},
        "moi": {"id": SUCCESSOR, "name": "UBND xã mới", "valid_from": DAY},
    }
    return Directory.of(Agency(**(fields | changes.get(name, {}))) for name, fields in agencies.items())  # type: ignore[arg-type]


def refused(directory: Directory, organs: list[str], successor: str | None = SUCCESSOR, day: date = DAY) -> list[str]:
    with pytest.raises(Rejected) as caught:
        end(directory, organs, successor, day, TODAY)
    return [each.code for each in caught.value.problems]


def test_communes_named_by_old_and_new_codes_end_in_favour_of_one_that_begins_that_day() -> None:
    ending = end(province(), [OLD, "000.06.40.H56", NEW], SUCCESSOR, DAY, TODAY)
    assert ([each.id for each in ending.agencies], ending.successor and ending.successor.id) == (
        [NEW, "000.06.40.H56"],
        SUCCESSOR,
    )


def test_a_district_may_end_without_a_successor() -> None:
    assert end(province(), [DISTRICT], None, DAY, TODAY).successor is None


def test_every_reason_is_given_at_once() -> None:
    directory = province(xa_a={"valid_to": TODAY}, xa_b={"valid_from": date(2026, 1, 1)})
    assert refused(directory, [OLD, "000.06.40.H56", "H99"]) == ["entry-unknown", "agency-ended", "malformed-request"]
    assert refused(directory, []) == ["malformed-request"]


def test_an_agency_that_is_to_end_may_be_given_another_day() -> None:
    directory = province(xa_a={"valid_to": date(2025, 8, 1), "successor": OrganId(DISTRICT)})
    assert end(directory, [OLD], SUCCESSOR, DAY, TODAY).agencies[0].id == NEW


def test_a_successor_is_in_force_on_the_day() -> None:
    assert refused(province(), [OLD], day=date(2025, 6, 30)) == ["successor-unfit"]
    assert refused(province(moi={"valid_to": DAY}), [OLD]) == ["successor-unfit"]


def test_no_agency_succeeds_itself_or_one_that_is_to_succeed_it() -> None:
    assert refused(province(), [OLD], successor=NEW) == ["successor-unfit"]
    circular = province(moi={"valid_to": date(2025, 9, 1), "successor": OrganId(DISTRICT)})
    assert refused(circular, [DISTRICT]) == ["successor-unfit"]


def test_those_whose_place_one_takes_are_found_by_any_of_its_ids() -> None:
    directory = province(
        xa_a={"valid_to": DAY, "successor": OrganId("H56.112.1")},
        xa_b={"valid_to": date(2026, 1, 1), "successor": OrganId(SUCCESSOR)},
        moi={"aliases": ("H56.112.1",)},
    )
    successor = directory.find(SUCCESSOR)
    assert successor is not None
    assert [each.name for each in predecessors(directory, successor)] == ["UBND xã B", "UBND xã A"]
