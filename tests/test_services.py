"""A missing service skips a test on a laptop, and fails it in CI."""

import pytest

from tests.services import require


def test_a_missing_tool_skips_the_test_and_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install no-such-tool"):
        require("no-such-tool", "apt-get install no-such-tool")


def test_a_missing_tool_fails_the_test_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install no-such-tool"):
        require("no-such-tool", "apt-get install no-such-tool")


def test_a_tool_that_is_there_is_found() -> None:
    assert require("sh", "apt-get install dash").is_file()
