"""The conformance kit, run by pytest; `lienthong adapter test adapters/soap_edoc` runs the same."""

from pathlib import Path

from gateway.sdk.conformance import Conformance


class TestConformance(Conformance):
    folder = Path(__file__).parents[1]
