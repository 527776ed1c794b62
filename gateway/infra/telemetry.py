"""One call gives the log line and the metric, so that they cannot disagree."""

import sys

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from gateway.ports import Tally


class LoggedTelemetry:
    """Telemetry port: JSON lines on standard error by structlog, counters by prometheus-client."""

    def __init__(self) -> None:
        self._log = structlog.wrap_logger(
            structlog.PrintLogger(sys.stderr),
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=False),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
        self._registry = CollectorRegistry()
        self._events = Counter(
            "lienthong_events", "What happened, by event and fault code", ["event", "code"], registry=self._registry
        )
        self._deliveries = Gauge("lienthong_deliveries", "Deliveries by state", ["state"], registry=self._registry)
        self._documents = Gauge("lienthong_documents", "Documents in the ledger", registry=self._registry)

    def record(self, event: str, **facts: str | int | float | None) -> None:
        self._events.labels(event=event, code=str(facts.get("code", ""))).inc()
        self._log.info(event, **facts)

    def exposition(self, tally: Tally) -> bytes:
        """Give the counters, and the ledger's tally beside them, in the Prometheus text format."""
        self._documents.set(tally.documents)
        for state, count in tally.deliveries.items():
            self._deliveries.labels(state=state).set(count)
        return generate_latest(self._registry)
