"""The libraries that only reports need."""

import importlib.util
from typing import Final

from gateway.core.faults import Misconfigured

LIBRARIES: Final = ("xlsxwriter", "reportlab")


def demand() -> None:
    """Hold that what draws the files is installed; say how to get it otherwise."""
    missing = [each for each in LIBRARIES if importlib.util.find_spec(each) is None]
    if missing:
        named = ", ".join(missing)
        raise Misconfigured(
            "misconfigured",
            detail=f"Thiếu thư viện {named}: pip install 'lienthong[reports]'",
            detail_en=f"Missing: {named}. pip install 'lienthong[reports]'",
        )
