"""Where an error arose, for the log."""

import traceback
from pathlib import Path


def place(error: BaseException) -> str:
    """Say what went wrong where; never the error's own words, which may repeat a token or a document."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join((type(error).__name__, *(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))))
