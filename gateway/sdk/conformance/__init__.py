"""The conformance kit proves that an adapter keeps the contract: its `tests/test_conformance.py` subclasses `Conformance`.

It needs pytest and pytest-asyncio (the extra `test`), which are imported with what is asked for, and no sooner.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.sdk.conformance.suite import Conformance

__all__ = ["Conformance"]


def __getattr__(name: str) -> object:
    if name != "Conformance":
        raise AttributeError(name)
    return importlib.import_module("gateway.sdk.conformance.suite").Conformance
