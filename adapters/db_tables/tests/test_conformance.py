"""The kit's checks, on a real PostgreSQL with the tables of each vendor whose mapping ships."""

from pathlib import Path

from gateway.sdk.conformance import Conformance


class TestConformance(Conformance):
    folder = Path(__file__).parents[1]


class TestConformanceOfPhuTho(Conformance):
    folder = Path(__file__).parents[1]
    other_side = "PhuTho"
