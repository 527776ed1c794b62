"""The words that a document is found by: without accents and case, as people type who are in a hurry."""

import re
import unicodedata
from typing import Final

from gateway.core.model import Document
from gateway.core.vietnamese import plain

MOST_WORDS: Final = 20
"""Of a query: more than a subject that somebody types has."""
_WORD: Final = re.compile(r"[^\W_]+")
_CROSSED: Final = str.maketrans("đ", "d")
"""The one letter whose accent does not come off by decomposition."""


def words(text: str) -> tuple[str, ...]:
    """Split text into its words, folded: «Kế hoạch số 12/KH-UBND» is ke hoach so 12 kh ubnd."""
    decomposed = unicodedata.normalize("NFD", plain(text).translate(_CROSSED))
    return tuple(_WORD.findall("".join(each for each in decomposed if not unicodedata.combining(each))))


def found_by(document: Document) -> str:
    """Give the words of a document: of its number, notation, subject and id."""
    return " ".join(words(f"{document.number} {document.notation} {document.subject} {document.document_id} {document.id}"))


def sought(text: str) -> tuple[str, ...]:
    """Give the words of a query; what it names twice is sought once."""
    return tuple(dict.fromkeys(words(text)))[:MOST_WORDS]
