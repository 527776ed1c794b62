"""What a file is by its octets, whatever its name and its sender say."""

from collections.abc import Iterable
from typing import BinaryIO, Final

from gateway.core import archives

HEAD: Final = 4096
"""Octets from the beginning that tell."""
PDF: Final = "application/pdf"
OLE: Final = "application/x-ole-storage"
EXECUTABLE: Final = "application/x-executable"
ZIP: Final = "application/zip"

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_POWERPOINT: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_MAGIC: Final = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"{\\rtf", "application/rtf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x7fELF", EXECUTABLE),
    (b"\xca\xfe\xba\xbe", EXECUTABLE),
    (b"\xfe\xed\xfa", EXECUTABLE),
    (b"\xce\xfa\xed\xfe", EXECUTABLE),
    (b"\xcf\xfa\xed\xfe", EXECUTABLE),
    (b"L\x00\x00\x00\x01\x14\x02\x00", EXECUTABLE),
    (b"#!/", EXECUTABLE),
    (b"<?xml", "application/xml"),
)
_OOXML: Final = {"word/": _WORD, "xl/": _EXCEL, "ppt/": _POWERPOINT}
_OFFICE: Final = frozenset({OLE, "application/rtf", "application/xml", "text/plain"})
"""What word processors have written under the old extensions."""
_BY_EXTENSION: Final[dict[str, frozenset[str]]] = {
    "pdf": frozenset({PDF}),
    "doc": _OFFICE | {_WORD},
    "xls": _OFFICE | {_EXCEL},
    "ppt": _OFFICE | {_POWERPOINT},
    "docx": frozenset({_WORD}),
    "docm": frozenset({_WORD}),
    "xlsx": frozenset({_EXCEL}),
    "xlsm": frozenset({_EXCEL}),
    "pptx": frozenset({_POWERPOINT}),
    "pptm": frozenset({_POWERPOINT}),
    "rtf": frozenset({"application/rtf"}),
    "png": frozenset({"image/png"}),
    "jpg": frozenset({"image/jpeg"}),
    "jpeg": frozenset({"image/jpeg"}),
    "gif": frozenset({"image/gif"}),
    "tif": frozenset({"image/tiff"}),
    "tiff": frozenset({"image/tiff"}),
    "zip": frozenset({ZIP}),
    "rar": frozenset({"application/vnd.rar"}),
    "7z": frozenset({"application/x-7z-compressed"}),
    "xml": frozenset({"application/xml", "text/plain"}),
    "txt": frozenset({"text/plain", "application/xml"}),
    "csv": frozenset({"text/plain"}),
}


def media_type(content: BinaryIO, names: Iterable[str] | None = None) -> str:
    """Tell the media type; `names` are an archive's entries where they are known already."""
    content.seek(0)
    head = content.read(HEAD)
    if head.startswith(archives.MAGIC):
        return _zip_type(_names(content) if names is None else names)
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if head.startswith(b"MZ") and b"\x00" in head[:64]:
        return EXECUTABLE
    return "text/plain" if _is_text(head) else "application/octet-stream"


def extension(name: str) -> str:
    """Give the extension of a file name, in lower case, without its dot."""
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def is_as_named(name: str, found: str) -> bool:
    """Tell whether the media type found is one that the name promises; an unknown extension promises nothing."""
    return found in _BY_EXTENSION.get(extension(name), {found})


def _names(content: BinaryIO) -> tuple[str, ...]:
    try:
        return tuple(entry.filename for entry in archives.contents(content) or ())
    except archives.Overfull:
        return ()


def _zip_type(names: Iterable[str]) -> str:
    """Office documents are ZIPs too."""
    listed = tuple(names)
    if "[Content_Types].xml" in listed:
        for folder, found in _OOXML.items():
            if any(name.startswith(folder) for name in listed):
                return found
    return ZIP


def _is_text(start: bytes) -> bool:
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(start) - 4 and b"\x00" not in start
    return b"\x00" not in start
