"""Tools and services that some tests need."""

import os
import shutil
from pathlib import Path

import pytest


def require(tool: str, install: str) -> Path:
    """Find a program on the PATH. A missing one skips the test, naming how to install it; in CI it fails the test."""
    found = shutil.which(tool)
    if found is None:
        missing = f"{tool} is not installed: {install}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing, allow_module_level=True)
    return Path(found)
