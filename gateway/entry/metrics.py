"""What is measured at the moment of being asked, in the Prometheus text format, below the counters of the process."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from gateway.core.circuit import CircuitState
from gateway.core.model import State
from gateway.flows.measure import Standings

_QUEUE = ["system", "lane"]


def exposition(standings: Standings) -> bytes:
    """Render how everything stands. Each number is true for the whole ledger, whichever process is asked."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Standings(standings))
    return generate_latest(registry)


class _Standings:
    def __init__(self, standings: Standings) -> None:
        self._standings = standings

    def collect(self) -> Iterator[Metric]:
        yield from self._ledger()
        yield from self._queues()
        yield from self._circuits()
        yield from self._untold()
        yield from self._silent()
        up = GaugeMetricFamily("lienthong_broker_up", "1 while notes can be published", labels=["code"])
        fault = self._standings.broker
        up.add_metric([fault.code if fault else ""], 0 if fault else 1)
        yield up

    def _ledger(self) -> Iterator[Metric]:
        tally = self._standings.tally
        yield GaugeMetricFamily("lienthong_documents", "Documents in the ledger", value=tally.documents)
        yield GaugeMetricFamily("lienthong_refusals", "Inputs that were refused", value=tally.refusals)
        deliveries = GaugeMetricFamily("lienthong_deliveries", "Deliveries by state", labels=["state"])
        for state in State:
            deliveries.add_metric([state], tally.deliveries.get(state, 0))
        yield deliveries

    def _queues(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("lienthong_queue_waiting", "Deliveries that are not handed over", labels=_QUEUE)
        published = GaugeMetricFamily("lienthong_queue_published", "Of these, what the broker should hold", labels=_QUEUE)
        attempted = GaugeMetricFamily("lienthong_queue_attempted", "Of these, attempts under way", labels=_QUEUE)
        oldest = GaugeMetricFamily("lienthong_queue_oldest_seconds", "Age of the oldest waiting delivery", labels=_QUEUE)
        for each in self._standings.queues:
            names = [each.queue.system, each.queue.lane]
            waiting.add_metric(names, each.waiting)
            published.add_metric(names, each.published)
            attempted.add_metric(names, each.attempted)
            if each.oldest_at is not None:
                oldest.add_metric(names, max(0.0, (self._standings.at - each.oldest_at).total_seconds()))
        yield from (waiting, published, attempted, oldest)

    def _circuits(self) -> Iterator[Metric]:
        held = GaugeMetricFamily(
            "lienthong_system_held_back", "1 while a system takes nothing", labels=["system", "state", "cause"]
        )
        for each in self._standings.circuits:
            if each.state is not CircuitState.CLOSED:
                held.add_metric([each.system, each.state, each.cause or ""], 1)
        yield held

    def _silent(self) -> Iterator[Metric]:
        silent = GaugeMetricFamily("lienthong_agency_silent", "1 while an agency does not look for documents", labels=["agency"])
        for each in self._standings.silent:
            silent.add_metric([each.agency.id], 1)
        yield silent

    def _untold(self) -> Iterator[Metric]:
        untold = GaugeMetricFamily(
            "lienthong_system_untold_seconds",
            "Age of the oldest news that a system could not be told",
            labels=["system", "cause"],
        )
        for each in self._standings.untold:
            untold.add_metric([each.system, each.cause], max(0.0, (self._standings.at - each.oldest_at).total_seconds()))
        yield untold
