"""Checks that settings are described, and that a wrong one is named and never quoted."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from gateway.core.faults import Fault, Misconfigured
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import check, expect, expect_fault, fail
from gateway.sdk.conformance.trial import CALL_SECONDS, Trial

UNKNOWN: Final = "khong_co"
VALUE: Final = "gia-tri-bi-mat-7f3a"
"""A value that could be a secret which somebody put into the wrong setting."""


class SettingsChecks:
    """An operator reads what is wrong with a link, and so does whoever sees their screen."""

    @check("Mỗi thiết lập có mô tả để bảng điều khiển vẽ thành ô nhập")
    async def test_every_setting_is_described(self, trial: Trial) -> None:
        bare = [name for name, about in _properties(trial).items() if not about.get("description")]
        expect(not bare, f"chưa có mô tả: {', '.join(bare)}", f"without a description: {', '.join(bare)}")

    @check("Thiếu một thiết lập bắt buộc → Misconfigured, nêu tên nó")
    async def test_a_missing_setting_is_named(self, trial: Trial) -> None:
        for name in trial.found.settings().model_json_schema().get("required", ()):
            fault = await _opening(trial, {key: value for key, value in trial.other.settings.items() if key != name})
            _expect_named(fault, name)

    @check("Thiết lập lạ → Misconfigured, nêu tên nó, không nhắc giá trị")
    async def test_an_unknown_setting_is_named_and_not_quoted(self, trial: Trial) -> None:
        fault = await _opening(trial, {**trial.other.settings, UNKNOWN: VALUE})
        _expect_named(fault, UNKNOWN)
        _expect_not_quoted(fault, UNKNOWN)

    @check("Giá trị sai của thiết lập không bao giờ bị nhắc lại")
    async def test_a_wrong_value_of_a_setting_is_never_quoted(self, trial: Trial) -> None:
        for name, about in _properties(trial).items():
            if _is_path(about):
                continue  # the path of a file is no secret, and has to be named
            for value in (VALUE, {VALUE: VALUE}, [VALUE]):
                fault = await _opening(trial, {**trial.other.settings, name: value})
                if fault is not None:
                    _expect_not_quoted(fault, name)


def _properties(trial: Trial) -> Mapping[str, Mapping[str, Any]]:
    properties: Mapping[str, Mapping[str, Any]] = trial.found.settings().model_json_schema().get("properties", {})
    return properties


def _is_path(about: Mapping[str, Any]) -> bool:
    kinds = (about, *about.get("anyOf", ()), about.get("items", {}))
    return any(each.get("format") in {"path", "file-path", "directory-path"} for each in kinds)


async def _opening(trial: Trial, settings: Mapping[str, object]) -> Fault | None:
    """Open it with settings that may be wrong; give the fault."""
    try:
        async with asyncio.timeout(CALL_SECONDS), trial.found.opened(settings, golden.context(trial.folder)):
            pass
    except Fault as fault:
        return fault
    return None


def _expect_named(fault: Fault | None, name: str) -> None:
    if fault is None:
        fail(f"{name}: không báo lỗi", f"{name}: raised nothing")
    expect_fault(fault, Misconfigured, "link-misconfigured")
    expect(name in fault.detail, f"lỗi không nêu tên {name}: {fault.detail!r}", f"{name} is not named: {fault.detail!r}")


def _expect_not_quoted(fault: Fault | None, name: str) -> None:
    said = "" if fault is None else f"{fault} {fault.detail} {fault.detail_en}"
    expect(VALUE not in said, f"{name}: lỗi nhắc lại giá trị", f"{name}: the value is quoted")
