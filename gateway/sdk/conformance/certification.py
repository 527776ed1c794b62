"""Certifying an adapter: the suite and the adapter's own tests in one run, away from any configuration, and the reports of it."""

import asyncio
import importlib
import importlib.util
import io
from contextlib import redirect_stdout
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from rich.console import Console

from gateway.core.faults import Misconfigured

if TYPE_CHECKING:
    from gateway.sdk.conformance.report import Report
    from gateway.sdk.conformance.trial import Subject

NEEDED: Final = ("pytest", "pytest_asyncio", "psutil")
SUITE: Final = Path(__file__).with_name("certified.py")
CONFIGURATION: Final = Path(__file__).with_name("certify.ini")
IMPOSSIBLE: Final = 2
"""The exit code where nothing could be tried."""


def certify(folder_or_url: str, *, junit: Path | None = None, json: Path | None = None, html: Path | None = None) -> int:
    """Try an adapter, print what came of it, and write the reports that are asked for. Gives the exit code: 0, 1 or 2."""
    console = Console()
    lacking = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if lacking:
        console.print(f"Thiếu {', '.join(lacking)}. Cài: pip install 'lienthong\\[test]'", highlight=False)
        console.print(f"{', '.join(lacking)} missing. Install: pip install 'lienthong\\[test]'", highlight=False)
        return IMPOSSIBLE
    try:
        subject, tests = _subject(folder_or_url)
        name = subject.found.manifest.name
        console.print(f"Đang thử bộ nối {name} … · Trying {name} …", highlight=False)
        report = run(subject, folder_or_url, tests, junit)
    except Misconfigured as fault:
        console.print(f"{folder_or_url}: {fault.detail}", markup=False, soft_wrap=True)
        if fault.detail_en != fault.detail:
            console.print(f"{folder_or_url}: {fault.detail_en}", markup=False, soft_wrap=True)
        return IMPOSSIBLE
    tables = importlib.import_module("gateway.sdk.conformance.report_table")
    tables.show(report, console)
    if json is not None:
        json.write_text(report.to_json(), "utf-8")
    if html is not None:
        page = importlib.import_module("gateway.sdk.conformance.report_page")
        html.write_text(page.page(report), "utf-8")
    return 0 if report.passed else 1


def run(subject: "Subject", target: str, tests: tuple[Path, ...] = (), junit: Path | None = None) -> "Report":
    """Run the suite and the adapter's own tests. Raises `Misconfigured` where they cannot be run."""
    import pytest

    from gateway.sdk.conformance.plugin import Certification

    certification = Certification(subject, target)
    root = subject.found.folder.parent
    written = () if junit is None else (f"--junitxml={junit}", "-o", f"junit_suite_name={subject.found.manifest.name}")
    isolated = ("-c", str(CONFIGURATION), f"--rootdir={root}", f"--confcutdir={root}", "--import-mode=importlib")
    quiet = ("-p", "no:cacheprovider", "--continue-on-collection-errors", "-q", "--tb=short", "--show-capture=no")
    with TemporaryDirectory(prefix="lienthong-") as scratch, redirect_stdout(io.StringIO()):
        arguments = (*isolated, f"--basetemp={scratch}/t", *quiet, *written, str(SUITE), *map(str, tests))
        code = pytest.main(list(arguments), plugins=[certification])
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise Misconfigured("misconfigured", detail=f"pytest: {code!r}")
    return certification.report()


def _subject(target: str) -> tuple["Subject", tuple[Path, ...]]:
    """Find the adapter in a folder, or what speaks for a service at an address; and the tests of its own."""
    from gateway.sdk.conformance.suite import MODULE, OTHER_SIDE
    from gateway.sdk.conformance.trial import Subject
    from gateway.sdk.opening import find
    from gateway.sdk.shipped import shipped

    if target.startswith(("http://", "https://")):
        from gateway.sdk.conformance.remote_side import RemoteSide, meet

        service = asyncio.run(meet(target))
        speaking = replace(find(shipped("adapters") / "remote"), manifest=service.manifest)
        return Subject(found=speaking, side=partial(RemoteSide, service)), ()
    found = find(Path(target))
    tests = found.folder / "tests"
    return Subject(found=found, side=found.part(MODULE, OTHER_SIDE)), (tests,) if tests.is_dir() else ()
