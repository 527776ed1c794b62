"""The machine's clock."""

from datetime import datetime

from gateway.core.model import VIETNAM


class SystemClock:
    """Clock port."""

    def now(self) -> datetime:
        return datetime.now(VIETNAM)
