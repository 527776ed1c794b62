"""An agency may tighten, never loosen; nobody goes below what the regulation asks for."""

from dataclasses import replace
from datetime import date

import pytest

from gateway.core.directory import Agency
from gateway.core.envelope import DocumentType
from gateway.core.faults import Rejected
from gateway.core.model import OrganId, State, Trust
from gateway.core.policy.catalogue import RULES, Action
from gateway.core.policy.settings import Own, Policy
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document
from tests.judging import UNIT, judge, policy, rules

LATE_ASKED = "V/v đề nghị báo cáo"


def own(organ: str, **fields: object) -> Policy:
    return replace(policy(), own={OrganId(organ): Own(**fields)})  # type: ignore[arg-type]


def unit() -> Agency:
    return Agency(id=UNIT, name="Trạm y tế (mẫu)", parent=OrganId(COMMUNE), trust=Trust.CHANNEL)


def test_without_configuration_each_rule_has_the_action_of_the_catalogue() -> None:
    assert {code: Policy().action(code, ()) for code in RULES} == {code: rule.action for code, rule in RULES.items()}


def test_the_province_may_choose_another_action() -> None:
    by = rules(by=replace(policy(), actions={**policy().actions, "response-due-missing": Action.REFUSE}))
    with pytest.raises(Rejected) as caught:
        judge(document(subject=LATE_ASKED), by=by)
    assert caught.value.code == "response-due-missing"


def test_an_agency_s_harder_action_binds_what_it_sends() -> None:
    by = rules(by=own(PROVINCE, actions={"response-due-missing": Action.HOLD}))
    taken = judge(document(subject=LATE_ASKED), by=by)
    assert {each.state for each in taken.deliveries} == {State.SUSPENDED}
    assert taken.deliveries[0].why == RULES["response-due-missing"].vi


def test_an_agency_s_harder_action_binds_nobody_else() -> None:
    by = rules(by=own(DEPARTMENT, actions={"response-due-missing": Action.REFUSE}))
    assert judge(document(subject=LATE_ASKED), by=by).deliveries[0].state is State.AVAILABLE


def test_an_agency_s_decision_binds_those_below_it() -> None:
    """Articles 4.3 and 5.2: an agency decides for the units that belong to it."""
    by = rules(by=own(COMMUNE, with_paper=frozenset({"hợp đồng"})), agencies=(unit(),))
    contract = document(sender=UNIT, to=(PROVINCE,), document_type=DocumentType(type=1, type_name="Hợp đồng"), document_id="u")
    assert "paper-required" in {each.code for each in judge(contract, by=by).document.findings}


@pytest.mark.parametrize("code", ["state-secret", "complaint-paper", "attachment-infected"])
@pytest.mark.parametrize("action", [Action.FINDING, Action.HOLD])
def test_what_the_regulation_forbids_cannot_be_let_through(code: str, action: Action) -> None:
    with pytest.raises(ValueError, match=code):
        Policy(actions={code: action}).demand_harder()


def test_an_agency_cannot_be_milder_than_the_province() -> None:
    with pytest.raises(ValueError, match="tighten"):
        Policy(own={OrganId(COMMUNE): Own(actions={"attachment-macro": Action.FINDING})}).demand_harder()


def test_a_rule_that_does_not_exist_is_named() -> None:
    for wrong in (Policy(actions={"abc": Action.HOLD}), Policy(own={OrganId(COMMUNE): Own(actions={"abc": Action.HOLD})})):
        with pytest.raises(ValueError, match="abc"):
            wrong.demand_harder()


def test_a_response_with_a_due_date_is_not_held() -> None:
    by = rules(by=own(PROVINCE, actions={"response-due-missing": Action.HOLD}))
    taken = judge(document(subject=LATE_ASKED, due_date=date(2026, 12, 1)), by=by)
    assert {each.state for each in taken.deliveries} == {State.AVAILABLE}
