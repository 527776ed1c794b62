"""What the audience sees: a live board on a terminal, plain lines elsewhere."""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gateway.core.model import VIETNAM
from gateway.entry.demo.cast import Role

LINES = 12
"""Latest lines on the board: what fits under the table on a small terminal."""


@dataclass(kw_only=True)
class Counter:
    """What one agency has done."""

    sent: int = 0
    received: int = 0
    reported: int = 0
    refused: int = 0


class Board:
    """Counters, progress and the latest lines. `silent` shows nothing, for machines."""

    def __init__(self, console: Console, cast: Iterable[Role], *, steps: int, silent: bool = False) -> None:
        self.console = console
        self.silent = silent
        self.counters = {role.organ: Counter() for role in cast}
        self._names = {role.organ: role.name for role in cast}
        self._steps = steps
        self._done = 0
        self._drawing = False
        self._lines: deque[str] = deque(maxlen=LINES)

    @property
    def live(self) -> bool:
        """Tell whether there is a terminal to draw on."""
        return self.console.is_terminal and not self.silent

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Draw while the block runs."""
        if not self.live:
            yield
            return
        self._drawing = True
        with Live(get_renderable=self._render, console=self.console, refresh_per_second=8):
            yield
        self._drawing = False

    def say(self, vi: str, en: str = "") -> None:
        """Tell what happens."""
        line = f"{datetime.now(VIETNAM):%H:%M:%S}  {vi}{f' · {en}' if en else ''}"
        self._lines.append(line)
        if not self._drawing and not self.silent:
            self.console.print(escape(line), soft_wrap=True)

    def step(self) -> None:
        """Move the progress bar."""
        self._done += 1

    def _render(self) -> RenderableType:
        agencies = Table(
            "Cơ quan · Agency", "Mã · Id", "Gửi · Sent", "Nhận · Received", "Trạng thái · Statuses", "Từ chối · Refused",
            box=None, header_style="bold",
        )  # fmt: skip
        for organ, counter in self.counters.items():
            numbers = (counter.sent, counter.received, counter.reported, counter.refused)
            agencies.add_row(escape(self._names[organ]), organ, *map(str, numbers))
        bar = ProgressBar(total=self._steps, completed=min(self._done, self._steps))
        return Group(agencies, bar, Panel(Group(*map(_line, self._lines)), height=LINES + 2))


def _line(text: str) -> Text:
    style = "red" if "✗" in text else "yellow" if "KHẨN" in text or "HỎA TỐC" in text else ""
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
