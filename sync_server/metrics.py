"""Figures for Prometheus: requests by route, what sync moves, and what is measured at the moment of asking.

Each process that serves has its own and is asked by its own address; Prometheus adds them up by `instance`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lms_core.errors import LmsError

log = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
UNMATCHED = "unmatched"


@dataclass(frozen=True)
class Gauge:
    """Something that is measured when it is asked for: one value, or one for each value of a label."""

    name: str
    help: str
    measure: Callable[[], float | dict[str, float]]
    label: str = ""


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self._gauges: dict[str, Gauge] = {}
        self._registry = registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("lms_requests", "Requests answered.", labels, registry=registry)
        self._seconds = Histogram(
            "lms_request_seconds", "Time to the last byte.", labels[:2], buckets=SECONDS, registry=registry
        )
        self._ops = Counter("lms_sync_ops", "Changes that laptops sent.", registry=registry)
        self._rows = Counter("lms_sync_rows", "Rows that laptops were told.", registry=registry)
        ProcessCollector(registry=registry)
        registry.register(_Measured(self._gauges))

    def measure(self, *gauges: Gauge) -> None:
        """Measure these, too, from now on; one of the same name takes the other's place."""
        self._gauges.update({each.name: each for each in gauges})

    def answered(self, method: str, route: str, *, status: int, seconds: float) -> None:
        """Count a request; `route` is its template, empty for a path that nobody serves."""
        if not route:
            method, route = "", UNMATCHED  # both are the caller's own words
        self._requests.labels(method, route, status).inc()
        if status != 101:  # a line stays open for hours
            self._seconds.labels(method, route).observe(seconds)

    def moved(self, ops: int, rows: int) -> None:
        """Count what an exchange brought and told."""
        self._ops.inc(ops)
        self._rows.inc(rows)

    def text(self) -> bytes:
        """Everything, in Prometheus's text format."""
        return generate_latest(self._registry)


class _Measured(Collector):
    def __init__(self, gauges: dict[str, Gauge]) -> None:
        self._gauges = gauges

    def describe(self) -> Iterable[Metric]:
        """Nothing is measured for a name."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Measure everything; what cannot be measured now is left out."""
        for each in self._gauges.values():
            family = GaugeMetricFamily(each.name, each.help, labels=[each.label] if each.label else [])
            try:
                found = each.measure()
            except LmsError as error:
                log.warning("%s cannot be measured: %s", each.name, error)
                continue
            for value, count in found.items() if isinstance(found, dict) else [("", found)]:
                family.add_metric([value] if each.label else [], count)
            yield family
