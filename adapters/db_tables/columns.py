"""One column of a mapping: how the text of an edXML field becomes its value, and comes back."""

import re
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Final, Self

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.types import TypeEngine

VIETNAM: Final = timezone(timedelta(hours=7))
"""The time that vendors' columns are in; they have no zone."""
DAY: Final = "yyyy/MM/dd"
MOMENT: Final = "yyyy/MM/dd HH:mm:ss"
_TOKENS: Final = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_TOKEN: Final = re.compile("|".join(_TOKENS))


class Type(StrEnum):
    """What a column holds. `long` is text of any length (CLOB)."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    BYTES = "bytes"


_TYPES: Final[dict[Type, type[TypeEngine[Any]]]] = {
    Type.TEXT: sa.Unicode,
    Type.LONG: sa.UnicodeText,
    Type.NUMBER: sa.BigInteger,
    Type.DATE: sa.Date,
    Type.MOMENT: sa.DateTime,
    Type.BYTES: sa.LargeBinary,
}


class Column(BaseModel):
    """A column: `from` a field, or a constant `value`.

    `codes` gives for the field's text the column's value; `format` is how a text column writes a day or a moment (yyyy, MM, dd,
    HH, mm, ss); `default` is written where the document has no such field.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str | None = Field(default=None, alias="from")
    value: int | str | None = None
    type: Type = Type.TEXT
    format: str | None = None
    codes: dict[str, int | str] = {}
    default: int | str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: object) -> object:
        """Take a text for a field's name, and a number for a constant."""
        if isinstance(given, str):
            return {"from": given}
        if isinstance(given, int):
            return {"value": given, "type": Type.NUMBER}
        return given

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.source is None) == (self.value is None):
            raise ValueError("from | value")
        if len(set(self.codes.values())) < len(self.codes):
            raise ValueError("codes: one value for two codes")
        return self

    @property
    def sql_type(self) -> TypeEngine[Any]:
        return sql_type(self.type)

    def write(self, text: str | None) -> Any:
        """Make the column's value of a field's text. Raises ValueError where it has none."""
        if self.value is not None:
            return self.value
        if not text:
            return self.default
        if self.codes:
            if text not in self.codes:
                raise ValueError(f"{text[:30]!r} ∉ {', '.join(self.codes)}")
            return self.codes[text]
        return self._converted(text)

    def read(self, value: Any) -> str | None:
        """Make a field's text of the column's value; None where it is empty. Raises ValueError."""
        if value is None or value == "":
            return None
        if self.codes:
            return self._code(value)
        if self.type is Type.NUMBER:
            return str(int(value))
        if self.type in {Type.DATE, Type.MOMENT}:
            return value.strftime(_pattern(DAY if self.type is Type.DATE else MOMENT)).rjust(_width(self.type), "0")  # type: ignore[no-any-return]
        return str(value) if self.format is None else self._reformatted(str(value))

    def _converted(self, text: str) -> Any:
        if self.type is Type.NUMBER:
            return int(text)
        if self.type is Type.DATE:
            return _moment(text[: len(DAY)], DAY).date()
        if self.type is Type.MOMENT:
            return _moment(text, MOMENT).replace(tzinfo=None)
        if self.format is None:
            return text
        return _moment(text, _edxml(text)).strftime(_pattern(self.format))

    def _reformatted(self, text: str) -> str:
        shown = self.format or ""
        return _moment(text.strip(), shown).strftime(_pattern(MOMENT if "HH" in shown else DAY))

    def _code(self, value: Any) -> str:
        known = {str(each): code for code, each in self.codes.items()}
        text = str(value).strip() if isinstance(value, str) else str(int(value))
        if text not in known:
            raise ValueError(f"{text[:30]!r} ∉ {', '.join(known)}")
        return known[text]


def sql_type(kind: Type) -> TypeEngine[Any]:
    """Give the SQLAlchemy type that each dialect has its own of."""
    return _TYPES[kind]()


def moment(text: str) -> datetime:
    """Read a moment of edXML, in Vietnam's time. Raises ValueError."""
    return _moment(text, MOMENT)


def text_of(at: datetime | date) -> str:
    """Write a day or a moment as edXML does."""
    if isinstance(at, datetime):
        return at.astimezone(VIETNAM).strftime(_pattern(MOMENT))
    return at.strftime(_pattern(DAY))


def _moment(text: str, shown: str) -> datetime:
    return datetime.strptime(text, _pattern(shown)).replace(tzinfo=VIETNAM)


def _edxml(text: str) -> str:
    return MOMENT if len(text) > len(DAY) else DAY


def _width(kind: Type) -> int:
    return len(DAY if kind is Type.DATE else MOMENT)


def _pattern(shown: str) -> str:
    return _TOKEN.sub(lambda found: _TOKENS[found.group()], shown.replace("%", "%%"))
