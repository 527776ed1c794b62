"""`lienthong adapter new`: the folder of a new adapter, from the template that the SDK ships, which is an adapter itself."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gateway import sdk
from gateway.entry.cli.output import Outcome
from gateway.sdk.manifest import Manifest
from gateway.sdk.shipped import shipped

TEMPLATE: Final = Path(sdk.__file__).parent / "template"
NAME: Final = re.compile(rf"\b{TEMPLATE.name}\b")
"""The template's name: wherever it stands in a file, it becomes that of the new adapter."""
MODULE: Final = "adapter.py"
BLOCKING: Final = "adapter_blocking.py"
"""The same adapter in plain functions; of the two a new adapter gets one."""


def named(name: str) -> bool:
    """Tell whether an adapter may be called so."""
    pattern = next(each.pattern for each in Manifest.model_fields["name"].metadata if hasattr(each, "pattern"))
    return re.fullmatch(pattern, name) is not None


def begin(name: str, folder: Path, *, blocking: bool) -> Outcome:
    """Write the new adapter's folder, whole or not at all; nothing that is there is touched."""
    made = folder / name
    taken = next((each for each in (made, shipped("adapters") / name) if each.exists()), None)
    if taken is not None:
        return Outcome(
            data={"folder": str(taken), "created": False},
            vi=f"✗ Đã có {taken}: chọn tên khác.",
            en=f"{taken} is there already: choose another name.",
            failed=True,
        )
    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
    try:
        for file, text in _written(name, blocking=blocking):
            (beside / file).parent.mkdir(parents=True, exist_ok=True)
            (beside / file).write_text(text, "utf-8")
        beside.chmod(0o755)
        beside.rename(made)
    except BaseException:
        shutil.rmtree(beside)
        raise
    return Outcome(
        data={"folder": str(made), "created": True, "blocking": blocking},
        vi=f"✓ {made}: đọc README.md, rồi tìm «ĐỔI» trong mã. Kiểm thử: lienthong adapter test {made}",
        en=f"Read {made / 'README.md'}, then look for «CHANGE» in the code. To test it: lienthong adapter test {made}",
    )


def _written(name: str, *, blocking: bool) -> Iterator[tuple[Path, str]]:
    """Give each file of the new adapter by its path in the folder."""
    for file in sorted(TEMPLATE.rglob("*")):
        inside = file.relative_to(TEMPLATE)
        if not file.is_file() or "__pycache__" in inside.parts or file.name == (MODULE if blocking else BLOCKING):
            continue
        target = Path(MODULE) if file.name == BLOCKING else inside
        yield target, NAME.sub(name, file.read_text("utf-8"))
