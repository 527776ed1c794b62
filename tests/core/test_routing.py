"""Receivers are resolved by the directory, all or none."""

from datetime import date

import pytest

from gateway.core.directory import Agency, Directory
from gateway.core.envelope import Organisation
from gateway.core.faults import Rejected
from gateway.core.model import OrganId
from gateway.core.routing import plan

TODAY = date(2026, 11, 23)
DIRECTORY = Directory.of(
    (
        Agency(id=OrganId("000.00.15.H56"), name="Sở A", aliases=("H56.15",)),
        Agency(id=OrganId("H56.40.02"), name="UBND xã B"),
        Agency(id=OrganId("000.00.40.H56"), name="UBND huyện C", valid_to=date(2025, 7, 1), successor=OrganId("H56.40.02")),
        Agency(id=OrganId("000.00.16.H56"), name="Sở D", locked="sáp nhập hệ thống"),
        Agency(id=OrganId("H56.77"), name="UBND phường E", valid_from=date(2027, 1, 1)),
    )
)


def _plan(*organs: str) -> tuple[tuple[OrganId, ...], set[str]]:
    receivers, findings = plan(tuple(Organisation(organ_id=organ) for organ in organs), DIRECTORY, TODAY)
    return receivers, {finding.code for finding in findings}


def _refusal(*organs: str) -> Rejected:
    with pytest.raises(Rejected) as caught:
        _plan(*organs)
    return caught.value


def test_receivers_keep_the_order_of_the_document() -> None:
    assert _plan("H56.40.02", "000.00.15.H56")[0] == ("H56.40.02", "000.00.15.H56")


def test_an_alias_is_resolved_to_the_agency_s_own_id() -> None:
    assert _plan("H56.15")[0] == ("000.00.15.H56",)


def test_one_agency_named_by_two_ids_is_served_once_with_a_finding() -> None:
    assert _plan("000.00.15.H56", "H56.15") == (("000.00.15.H56",), {"receiver-duplicate"})


def test_a_dissolved_receiver_is_answered_with_its_successor() -> None:
    assert "H56.40.02" in _refusal("000.00.40.H56").problems[0].vi


def test_an_agency_that_is_not_yet_in_force_cannot_receive() -> None:
    assert _refusal("H56.77").code == "receiver-dissolved"


def test_a_locked_receiver_is_told_with_the_reason() -> None:
    refusal = _refusal("000.00.16.H56")
    assert (refusal.code, "sáp nhập hệ thống" in refusal.problems[0].vi) == ("receiver-locked", True)


def test_every_receiver_that_cannot_be_served_is_named() -> None:
    refusal = _refusal("000.00.15.H56", "X.1", "000.00.16.H56", "000.00.40.H56")
    assert [problem.code for problem in refusal.problems] == ["receiver-unknown", "receiver-locked", "receiver-dissolved"]


def test_an_id_that_merely_looks_alike_is_unknown() -> None:
    assert _refusal("000.00.15.h56").code == "receiver-unknown"
