"""The loss report: which fields of edXML an adapter's mapping keeps, drops, changes or invents."""

import json
from contextlib import suppress

import pytest

from gateway.core.faults import Undeliverable
from gateway.sdk import BusinessType, Consignment
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import check, expect
from gateway.sdk.conformance.checks_whole import business_of
from gateway.sdk.conformance.comparing import DUE_DATE, ESSENTIAL, Difference, difference, fields, fields_held, octets
from gateway.sdk.conformance.trial import Trial

LOSS = "kit.loss"
"""The property of the test under which its report is found."""


class LossChecks:
    """A report, not a verdict: it fails where nobody could tell the document any more."""

    @check("Báo cáo mất mát: không mất số, ký hiệu, trích yếu, nơi gửi, ngày tháng", "push")
    async def test_the_loss_report_shows_no_loss_of_what_is_essential(self, trial: Trial, request: pytest.FixtureRequest) -> None:
        found = [await _lost(trial, golden.consignment(golden.document("41")))]
        for number, kind in (("42", BusinessType.UPDATE), ("43", BusinessType.REPLACE)):
            with suppress(Undeliverable):  # a format that cannot say it loses nothing silently
                found.append(await _lost(trial, golden.consignment(golden.document(number, business=business_of(kind)))))
        whole = _united(found)
        declared = dict(getattr(trial.other, "losses", {}))
        request.node.user_properties.append((LOSS, json.dumps(_told(whole, declared), ensure_ascii=False)))
        essential = {*ESSENTIAL, DUE_DATE} - ({DUE_DATE} & declared.keys())
        lost = sorted((whole.dropped | whole.changed) & essential)
        expect(not lost, f"mất: {', '.join(lost)}", f"lost: {', '.join(lost)}")


async def _lost(trial: Trial, consignment: Consignment) -> Difference:
    await trial.deliver(consignment)
    held = (await trial.held())[-1]
    return difference(fields(await octets(consignment.open)), fields_held(held))


def _united(found: list[Difference]) -> Difference:
    """Take the worst that happens to a field in any document."""
    dropped = frozenset().union(*(each.dropped for each in found))
    changed = frozenset().union(*(each.changed for each in found)) - dropped
    kept = frozenset().union(*(each.kept for each in found)) - dropped - changed
    return Difference(
        kept=kept,
        dropped=dropped,
        changed=changed,
        invented=frozenset().union(*(each.invented for each in found)) - kept - dropped - changed,
    )


def _told(found: Difference, declared: dict[str, str]) -> dict[str, object]:
    return {
        "kept": sorted(found.kept),
        "dropped": sorted(found.dropped),
        "changed": sorted(found.changed),
        "invented": sorted(found.invented),
        "declared": declared,
    }
