"""What can go wrong: four exception classes say what to do, a stable code says what happened.

The catalogue (`fault_codes`) gives each code its words, its owner and its next step; `docs/faults.md` is generated from it.
"""

from collections.abc import Iterable

from gateway.core.model import Problem


class Fault(Exception):  # noqa: N818  a word of the field, not an error of the program
    """Base of everything that the hub raises on purpose. `code` is a key of `fault_codes.FAULTS`."""

    def __init__(
        self,
        code: str,
        *,
        path: str = "",
        line: int | None = None,
        detail: str = "",
        detail_en: str = "",
        problems: Iterable[Problem] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail_en or detail}" if detail else code)
        self.code = code
        self.path = path
        self.line = line
        self.detail = detail
        self.detail_en = detail_en or detail
        self.retry_after = retry_after
        self._problems = tuple(problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All reasons at once; a fault that was given none is its own single reason."""
        if self._problems:
            return self._problems
        return (Problem(code=self.code, path=self.path, line=self.line, vi=self.detail, en=self.detail_en),)


class Rejected(Fault):
    """The input is refused and nothing of it is kept: its sender must change it before it is sent again."""


class Transient(Fault):
    """Nothing is wrong with the input: the same bytes may be sent again later (`retry_after` seconds)."""


class Undeliverable(Fault):
    """The receiver's system refused for good: stop at once and tell the sender."""


class Misconfigured(Fault):
    """A setting, key or certificate of the hub is wrong: an operator must mend it; `detail` names it."""
