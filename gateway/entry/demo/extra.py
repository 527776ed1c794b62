"""The one library that only the demonstration needs."""

import importlib.util

from gateway.core.faults import Misconfigured


def demand() -> None:
    """Hold that reportlab, which prints the PDFs, is installed; say how to get it otherwise."""
    if importlib.util.find_spec("reportlab") is None:
        raise Misconfigured(
            "misconfigured",
            detail="Thiếu thư viện reportlab: pip install 'lienthong[demo]'",
            detail_en="The library reportlab is missing: pip install 'lienthong[demo]'",
        )
