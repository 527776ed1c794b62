"""One call gives the log line and the metric, so that they cannot disagree."""

import sys

import structlog
from prometheus_client import CollectorRegistry, Counter, generate_latest


class LoggedTelemetry:
    """Telemetry port: JSON lines on standard error by structlog, counters by prometheus-client.

    `registry` is where others put what they measure beside the counters.
    """

    def __init__(self) -> None:
        self._log = structlog.wrap_logger(
            structlog.PrintLogger(sys.stderr),
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=False),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
        self.registry = CollectorRegistry()
        self._events = Counter(
            "lienthong_events", "What happened, by event and fault code", ["event", "code"], registry=self.registry
        )

    def record(self, event: str, **facts: str | int | float | None) -> None:
        self._events.labels(event=event, code=str(facts.get("code", ""))).inc()
        self._log.info(event, **facts)

    def exposition(self) -> bytes:
        """Give the counters in the Prometheus text format."""
        return generate_latest(self.registry)
