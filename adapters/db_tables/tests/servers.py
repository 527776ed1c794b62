"""The PostgreSQL of this process that plays the vendors' databases, with a template of each vendor's tables."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from tests.postgres import PostgresServer, find

SAMPLES: Final = Path(__file__).parents[1] / "samples"
USER: Final = "vendor"
PASSWORD: Final = "mat-khau-cua-nha-cung-cap-51c"
MAPPINGS: Final = ("voffice", "phu_tho")


@cache
def server() -> PostgresServer:
    """Start it once; it dies with the process. Skips the test where PostgreSQL is not installed."""
    find("postgres")
    folder = Path(tempfile.mkdtemp(prefix="lienthong-vendors-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    started = PostgresServer(folder, fsync=False)
    atexit.register(started.kill)
    started.start()
    started.create_role(USER, PASSWORD)
    for mapping in MAPPINGS:
        started.sql(f"CREATE DATABASE {mapping}")
        for sample in (mapping, "keys"):
            started.sql((SAMPLES / f"{sample}.postgresql.sql").read_text("utf-8"), mapping)
    return started
