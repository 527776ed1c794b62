"""The kit's checks, on a folder of this machine and on a real SFTP server."""

from pathlib import Path

import pytest

from gateway.sdk.conformance import Conformance
from gateway.sdk.conformance.trial import Subject
from gateway.sdk.opening import find


class TestConformance(Conformance):
    folder = Path(__file__).parents[1]


class TestConformanceOverSftp(Conformance):
    folder = Path(__file__).parents[1]

    @pytest.fixture
    def subject(self) -> Subject:
        found = find(self.folder)
        return Subject(found=found, side=found.part("tests.sftp_side", "SftpSide"))
