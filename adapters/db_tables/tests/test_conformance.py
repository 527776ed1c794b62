from pathlib import Path

import pytest

from gateway.sdk.conformance import Conformance
from gateway.sdk.conformance.trial import Subject
from gateway.sdk.opening import find

FOLDER = Path(__file__).parents[1]


class TestConformance(Conformance):
    folder = FOLDER


class TestConformanceOfPhuTho(Conformance):
    folder = FOLDER

    @pytest.fixture
    def subject(self) -> Subject:
        found = find(self.folder)
        return Subject(found=found, side=found.part("tests.other_side", "PhuTho"))
