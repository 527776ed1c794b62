"""`./dev fuzz`: mutations at every door of a running hub and on the pure functions, for as long as is asked."""

import argparse
import asyncio
import collections
import secrets
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fuzz.run import Result, fuzz

WIDTH = 120


def main() -> int:
    """Run, print what came out, and tell by the exit code whether all was well."""
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument("--seed", type=int, default=None, help="the same seed makes the same cases (default: any)")
    parser.add_argument("--jobs", type=int, default=1, help="hubs that are fuzzed beside each other (default: 1)")
    asked = parser.parse_args()
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    console, folder = Console(width=WIDTH), Path(tempfile.mkdtemp(prefix="lienthong-fuzz-"))
    console.print(f"hạt giống · seed {seed}; {asked.minutes:g} phút · minutes; lỗi tìm thấy được lưu ở · failures go to {folder}")
    seconds = asked.minutes * 60
    jobs = [(folder / f"job-{job}", seed + job, seconds) for job in range(asked.jobs)]
    with ProcessPoolExecutor(asked.jobs) as pool:
        whole = Result.of(map(_job, *zip(*jobs, strict=True)) if len(jobs) == 1 else pool.map(_job, *zip(*jobs, strict=True)))
    _print(console, whole)
    if not whole.failures:
        shutil.rmtree(folder)
        return 0
    console.print(f"[bold red]{sum(whole.failures.values())} lỗi · failures: {folder}[/]")
    return 1


def _job(folder: Path, seed: int, seconds: float) -> Result:
    return asyncio.run(fuzz(folder, seed=seed, until=time.monotonic() + seconds))


def _print(console: Console, result: Result) -> None:
    table = Table("cửa · door", "ca · cases", "trả lời · answers")
    doors: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for (door, answer), count in sorted(result.tally.counts.items()):
        doors[door][answer] += count
    for door, answers in doors.items():
        table.add_row(door, f"{sum(answers.values()):,}", "  ".join(f"{answer}: {count:,}" for answer, count in answers.items()))
    console.print(table)
    tally = result.tally
    console.print(
        f"bộ nhớ cao nhất · peak memory {tally.most_memory / 1024**2:.0f} MB, tệp mở · open files {tally.most_files}, "
        f"chậm nhất · slowest {tally.slowest:.1f} s"
    )
    for (door, said), count in result.failures.most_common():
        console.print(f"[red]{count:>6} × {door}: {said}[/]", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
