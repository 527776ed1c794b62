"""The kit's checks, on a folder of this machine and on a real SFTP server."""

from pathlib import Path

from gateway.sdk.conformance import Conformance


class TestConformance(Conformance):
    folder = Path(__file__).parents[1]


class TestConformanceOverSftp(Conformance):
    folder = Path(__file__).parents[1]
    other_side = "SftpSide"
