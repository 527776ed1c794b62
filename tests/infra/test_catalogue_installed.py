"""Adapters of installed packages are found by their entry point, and imported only when they are used."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.core.faults import Misconfigured
from gateway.sdk.shipped import shipped
from tests.catalogues import catalogue, linked


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that Python looks for packages in."""
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield tmp_path
    for name in [each for each in sys.modules if each.startswith("vendor_x")]:
        del sys.modules[name]


def install(site: Path, value: str = "vendor_x") -> None:
    """Lay out a package as pip would, with the loopback adapter in it."""
    source, package, info = shipped("adapters") / "loopback", site / "vendor_x", site / "vendor_x-1.0.dist-info"
    package.mkdir()
    info.mkdir()
    (package / "__init__.py").write_text("")
    (package / "adapter.py").write_text((source / "adapter.py").read_text("utf-8"), "utf-8")
    manifest = (source / "manifest.toml").read_text("utf-8").replace('name = "loopback"', 'name = "vendor_x"')
    (package / "manifest.toml").write_text(manifest, "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vendor-x\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[lienthong.adapters]\nvendor_x = {value}\n")


async def test_an_installed_adapter_is_found_without_an_edit_elsewhere(site: Path) -> None:
    install(site)
    opened = catalogue(site)
    assert opened.found["vendor_x"].package == "vendor_x"
    assert (await opened.adapter(linked("vendor_x"))) is not None
    await opened.close()


def test_a_package_is_not_imported_before_it_is_used(site: Path) -> None:
    install(site)
    catalogue(site)
    assert "vendor_x.adapter" not in sys.modules


def test_an_entry_point_that_leads_nowhere_is_named(site: Path) -> None:
    install(site, "nothing_of_that_name")
    with pytest.raises(Misconfigured, match="vendor_x = nothing_of_that_name"):
        catalogue(site)
