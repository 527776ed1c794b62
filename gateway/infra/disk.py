"""The disk of a folder."""

import shutil
from pathlib import Path


class FolderDisk:
    """Disk port: the file system that a folder lies on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def filled(self) -> float:
        usage = shutil.disk_usage(self._folder)
        return 100.0 * (1 - usage.free / usage.total)
