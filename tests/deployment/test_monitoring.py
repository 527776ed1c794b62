"""What ships for Prometheus and Grafana names measures that the hub has, and says what to do in both languages."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.api.conftest import Province, clock, hub, settings, working_folder

__all__ = ["clock", "hub", "settings", "working_folder"]

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "config" / "monitoring"
SOURCES = "\n".join(file.read_text("utf-8") for file in (ROOT / "gateway").rglob("*.py"))
METRIC = re.compile(r"lienthong_[a-z_]+")
EVENT = re.compile(r'event=~?"([^"]+)"')


def rules() -> list[dict[str, Any]]:
    loaded = yaml.safe_load((MONITORING / "prometheus-rules.yml").read_text("utf-8"))
    return [rule for group in loaded["groups"] for rule in group["rules"]]


def expressions() -> list[str]:
    panels = json.loads((MONITORING / "grafana.json").read_text("utf-8"))["panels"]
    return [rule["expr"] for rule in rules()] + [target["expr"] for panel in panels for target in panel["targets"]]


async def test_every_measure_that_is_named_exists(hub: Province) -> None:
    hub.hub.ports.telemetry.record("hub.started")
    async with hub.province.session.get(f"{hub.base}/metrics") as response:
        exposed = {line.split()[2] for line in (await response.text()).splitlines() if line.startswith("# TYPE")}
    assert {name for each in expressions() for name in METRIC.findall(each)} - exposed == set()


def test_every_event_that_is_named_is_recorded_somewhere() -> None:
    named = {event for each in expressions() for found in EVENT.findall(each) for event in found.split("|")}
    assert {event for event in named if f'"{event}"' not in SOURCES} == set()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert " · " in rule["annotations"]["summary"]
    assert rule["annotations"]["action"]


def test_the_panels_stand_beside_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads((MONITORING / "grafana.json").read_text("utf-8"))["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
