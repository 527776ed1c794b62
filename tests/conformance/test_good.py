"""A good adapter passes every check of the kit."""

from gateway.sdk.conformance.field_names import NAMES
from gateway.sdk.conformance.report import GROUPS, OWN, Verdict
from tests.conformance.trying import failed, tried


def test_a_good_adapter_passes_every_check() -> None:
    report = tried()
    assert failed(report) == set()
    assert {each.en for each in report.of(Verdict.SKIPPED)} == {"a document just below the limit passes"}
    assert report.passed


def test_every_part_of_the_suite_is_run() -> None:
    assert {group for group, _ in tried().groups()} == GROUPS.keys() - {OWN}


def test_what_the_manifest_does_not_claim_is_skipped_and_says_so() -> None:
    report = tried(push=False, statuses=False)
    skipped = {each.words for each in report.of(Verdict.SKIPPED)}
    assert failed(report) == set()
    assert {"manifest: push = false", "manifest: statuses = false"} <= skipped


def test_a_smaller_limit_is_tried_instead_of_200_mb() -> None:
    report = tried(max_size=1_000_000, separate=False)
    said = {each.en: each.verdict for each in report.checks if each.group == "checks_size"}
    assert said == {
        "an attachment of 200 mb passes in bounded memory": Verdict.SKIPPED,
        "a document just below the limit passes": Verdict.PASSED,
    }


def test_the_report_of_losses_covers_every_field_of_the_golden_documents() -> None:
    (loss,) = tried().losses.values()
    assert (loss.dropped, loss.changed, loss.invented) == ((), (), ())
    assert set(loss.kept) == NAMES.keys()
