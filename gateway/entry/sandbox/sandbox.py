"""A running sandbox: what its page and its calls speak to."""

from dataclasses import dataclass, field

from gateway.core.model import OrganId
from gateway.entry.api.hub import Hub
from gateway.entry.sandbox.calls import CallLog
from gateway.entry.sandbox.clock import MovableClock
from gateway.entry.sandbox.layout import Laid
from gateway.entry.sandbox.observing import Observing
from gateway.entry.sandbox.office import Office
from gateway.entry.sandbox.switches import Switches


@dataclass(slots=True, kw_only=True)
class Sandbox:
    """All that the page and its calls speak to. `switches` is replaced as a whole."""

    laid: Laid
    clock: MovableClock
    log: CallLog
    hub: Hub
    observing: Observing
    office: Office
    url: str = ""
    switches: Switches = field(default_factory=Switches)

    @property
    def organs(self) -> frozenset[OrganId]:
        """Give my agency, as the ledger asks for it."""
        return frozenset({OrganId(self.laid.mine.organ)})
