"""Certifying a folder: the kit's suite and the adapter's own tests in one run, and what is written of it."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from gateway.sdk.conformance import certification, certify
from gateway.sdk.conformance.report import Verdict
from tests.conformance.trying import OFFICE, tried

OWN_TESTS = """
from pathlib import Path

from gateway.sdk.conformance import Conformance

from ..adapter import Settings


class TestConformance(Conformance):
    folder = Path(__file__).parents[1]

    async def test_health_is_quiet_and_changes_nothing_while_all_is_well(self) -> None:
        raise AssertionError("the kit runs its own suite, not what was made of it")


class TestAnother(Conformance):
    folder = Path(__file__).parents[1]
    other_side = "Another"


def test_it_has_settings() -> None:
    assert Settings


async def test_one_of_its_own_fails() -> None:
    raise AssertionError("<b>bí mật?</b>")
"""


@dataclass(frozen=True, kw_only=True)
class Certified:
    code: int
    printed: str
    folder: Path

    @property
    def read(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.folder / "report.json").read_text("utf-8"))
        return read


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """Certify an office with tests of its own, of which one fails."""
    folder = tmp_path_factory.mktemp("certified")
    office = shutil.copytree(OFFICE, folder / "office", ignore=shutil.ignore_patterns("__pycache__"))
    side = office / "tests" / "other_side.py"
    side.write_text(f"{side.read_text('utf-8')}\n\nclass Another(OtherSide):\n    pass\n", "utf-8")
    (office / "tests" / "test_own.py").write_text(OWN_TESTS, "utf-8")
    files = {"junit": folder / "report.xml", "json": folder / "report.json", "html": folder / "report.html"}
    with pytest.MonkeyPatch.context() as patch:
        printed = folder / "printed"
        patch.setenv("COLUMNS", "100")
        with printed.open("w", encoding="utf-8") as file:
            patch.setattr("sys.stdout", file)
            code = certify(str(office), **files)
    return Certified(code=code, printed=printed.read_text("utf-8"), folder=folder)


def test_a_failure_of_the_adapters_own_tests_counts(certified: Certified) -> None:
    failures = [each["en"] for each in certified.read["checks"] if each["verdict"] == "failed"]
    assert (certified.code, failures) == (1, ["one of its own fails"])


def test_the_suite_cannot_be_weakened_by_the_adapter(certified: Certified) -> None:
    checks = [each for each in certified.read["checks"] if each["en"].startswith("health is quiet")]
    assert {each["verdict"] for each in checks} == {"passed"}


def test_another_kind_of_other_side_is_tried_too(certified: Certified) -> None:
    cases = {each["case"] for each in certified.read["checks"] if each["en"] == "a golden document arrives whole"}
    assert {"plain", "Another plain"} <= cases
    assert certified.read["losses"].keys() == {"", "Another"}


def test_the_table_says_what_failed_and_how_it_ended(certified: Certified) -> None:
    assert "✗ one of its own fails" in certified.printed
    assert "bí mật?" in certified.printed
    assert "KHÔNG ĐẠT · FAILED" in certified.printed
    assert "test session starts" not in certified.printed


def test_the_json_says_whose_report_it_is(certified: Certified) -> None:
    assert certified.read["adapter"]["name"] == "office"
    assert (certified.read["passed"], certified.read["partial"], certified.read["counts"]["failed"]) == (False, False, 1)


def test_the_junit_file_has_every_check(certified: Certified) -> None:
    (suite,) = ElementTree.parse(certified.folder / "report.xml").getroot().iter("testsuite")  # noqa: S314  our own
    assert (suite.get("name"), suite.get("failures")) == ("office", "1")
    assert int(suite.get("tests", 0)) == len(certified.read["checks"])


def test_the_page_needs_nothing_else_and_shows_texts_as_texts(certified: Certified) -> None:
    page = (certified.folder / "report.html").read_text("utf-8")
    assert "Cần sửa (1)" in page and "Văn bản mẫu đến nơi nguyên vẹn" in page
    assert "&lt;b&gt;bí mật?" in page and "<b>bí" not in page
    assert not any(f'{name}="' in page for name in ("src", "href"))


def test_the_folder_is_left_as_it_was(certified: Certified) -> None:
    left = {file.name for file in (certified.folder / "office").rglob("*") if "__pycache__" not in file.parts}
    assert left == {"manifest.toml", "adapter.py", "memory.py", "tests", "other_side.py", "test_own.py"}


def test_a_folder_without_an_adapter_is_said_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert certify(str(tmp_path)) == certification.IMPOSSIBLE
    assert "manifest.toml" in capsys.readouterr().out


def test_an_adapter_without_its_other_side_cannot_be_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    office = shutil.copytree(OFFICE, tmp_path / "office", ignore=shutil.ignore_patterns("tests"))
    assert certify(str(office)) == certification.IMPOSSIBLE
    assert "tests" in capsys.readouterr().out


def test_without_the_test_libraries_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(certification, "NEEDED", ("khong_co_thu_vien_nay",))
    assert certify(str(OFFICE)) == certification.IMPOSSIBLE
    printed = capsys.readouterr().out
    assert "Cài: pip install 'lienthong[test]'" in printed and "Install: pip install 'lienthong[test]'" in printed


def test_a_file_of_tests_that_cannot_be_loaded_is_a_failure(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    folder.mkdir()
    (folder / "test_own.py").write_text("import khong_co_thu_vien_nay\n", "utf-8")
    (failure,) = tried(tests=(folder,), max_size=100_000).of(Verdict.FAILED)
    assert "khong_co_thu_vien_nay" in failure.words
