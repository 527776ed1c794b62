"""The suite as a certification runs it: pytest collects this file, and the plugin says which adapter is meant."""

import pytest

from gateway.sdk.conformance.suite import Conformance
from gateway.sdk.conformance.trial import Subject


class TestConformance(Conformance):
    """Every check, on the adapter that is certified."""

    @pytest.fixture
    def subject(self, certified: Subject) -> Subject:
        """Take the adapter from the plugin."""
        return certified
