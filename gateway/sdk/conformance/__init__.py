"""The conformance kit proves that an adapter keeps the contract: its `tests/test_conformance.py` subclasses `Conformance`.

It needs pytest and pytest-asyncio (the extra `test`), which are imported with what is asked for, and no sooner.
"""

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway.sdk.conformance.certification import certify
    from gateway.sdk.conformance.suite import Conformance

__all__ = ["Conformance", "certify"]

_MODULES: Final = {"Conformance": "suite", "certify": "certification"}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
