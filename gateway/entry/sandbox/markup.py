"""HTML that cannot be broken by what it shows: text is escaped unless it was made here."""

from html import escape

VOID = frozenset({"link", "meta", "input", "br"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(element: str, /, *inside: str, **attributes: str | bool | None) -> Html:
    """Make an element. `cls` is class, a trailing underscore is dropped, other underscores are hyphens; True has no value."""
    given = {_named(key): value for key, value in attributes.items() if value is not None and value is not False}
    said = "".join(f" {key}" if value is True else f' {key}="{escape(str(value))}"' for key, value in given.items())
    return Html(f"<{element}{said}>" if element in VOID else f"<{element}{said}>{together(*inside)}</{element}>")


def together(*inside: str) -> Html:
    """Put markup and text together."""
    return Html("".join(each if isinstance(each, Html) else escape(each) for each in inside))


def _named(key: str) -> str:
    return "class" if key == "cls" else key.rstrip("_").replace("_", "-")


def prose(words: str) -> Html:
    """Write words in which `backticks` mark code."""
    pieces = words.split("`")
    return together(*(tag("code", each) if number % 2 else each for number, each in enumerate(pieces)))


def english(words: str) -> Html:
    """Write the English that follows the Vietnamese."""
    return tag("span", prose(words), cls="en", lang="en")
