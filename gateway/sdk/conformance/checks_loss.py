"""The loss report: which fields of edXML an adapter's mapping keeps, drops, changes or invents."""

import json
from collections.abc import Callable

from gateway.sdk import BusinessType
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
    async def test_the_loss_report_shows_no_loss_of_what_is_essential(
        self, trial: Trial, record_property: Callable[[str, object], None]
    ) -> None:
        consignment = golden.consignment(golden.document("41", business=business_of(BusinessType.NEW)))
        sent = fields(await octets(consignment.open))
        await trial.deliver(consignment)
        found = difference(sent, fields_held(await trial.only()))
        declared = dict(getattr(trial.other, "losses", {}))
        record_property(LOSS, json.dumps(_told(found, declared), ensure_ascii=False))
        lost = sorted((found.dropped | found.changed) & ({*ESSENTIAL, DUE_DATE} - ({DUE_DATE} & declared.keys())))
        expect(not lost, f"mất: {', '.join(lost)}", f"lost: {', '.join(lost)}")


def _told(found: Difference, declared: dict[str, str]) -> dict[str, object]:
    return {
        "kept": sorted(found.kept),
        "dropped": sorted(found.dropped),
        "changed": sorted(found.changed),
        "invented": sorted(found.invented),
        "declared": declared,
    }
