"""compose.yaml, the settings and nginx.conf say the same. No engine runs here: what is read is the file."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from gateway.config import Settings
from gateway.entry import serve, worker

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PRODUCTION = Settings.load(ROOT / "config" / "production.toml")
NGINX = (ROOT / "config" / "nginx.conf").read_text("utf-8")
OURS = {name: each for name, each in SERVICES.items() if each["image"].startswith("lienthong")}
HUBS = {name: each for name, each in OURS.items() if each["command"] == ["lienthong", "serve"]}
WORKERS = {name: each for name, each in OURS.items() if each["command"] == ["lienthong", "work"]}
ONE_SHOT = {"migrate", "lienthong"}
UNITS = {"s": 1, "m": 60}
OPERATORS_OWN = "./province"


def seconds(text: str) -> int:
    return int(text[:-1]) * UNITS[text[-1]]


def mounts() -> list[str]:
    """Give what each service mounts: volumes by name, and paths with the default of their variable."""
    volumes = [volume for each in SERVICES.values() for volume in each.get("volumes", ())]
    return [re.sub(r"\$\{\w+:-([^}]+)\}", r"\1", volume).partition(":")[0] for volume in volumes]


def address(name: str) -> str:
    found: str = SERVICES[name]["networks"]["inside"]["ipv4_address"]
    return found


def test_there_are_two_of_each_process() -> None:
    assert (len(HUBS), len(WORKERS)) == (2, 2)


def test_only_nginx_publishes_a_port() -> None:
    assert [name for name, each in SERVICES.items() if "ports" in each or each.get("network_mode")] == ["nginx"]


def test_the_database_and_the_broker_are_on_the_closed_network_alone() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert [SERVICES[name]["networks"] for name in ("database", "broker")] == [["inside"]] * 2


@pytest.mark.parametrize("command", sorted({each["command"][1] for each in OURS.values() if len(each["command"]) > 1}))
def test_every_command_is_one_of_the_program_s(command: str) -> None:
    ran = subprocess.run([sys.executable, "-m", "gateway", command, "--help"], cwd=ROOT, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_every_file_that_is_mounted_is_in_the_repository_or_the_operator_s_own() -> None:
    paths = [each for each in mounts() if each.startswith(".")]
    assert "./config/nginx.conf" in paths
    assert [each for each in paths if not each.startswith(OPERATORS_OWN) and not (ROOT / each).is_file()] == []


def test_every_named_volume_and_secret_is_declared_and_used() -> None:
    assert {each for each in mounts() if not each.startswith(".")} == set(COMPOSE["volumes"])
    assert {secret for each in SERVICES.values() for secret in each.get("secrets", ())} == set(COMPOSE["secrets"])


def test_the_operator_s_own_folder_is_never_committed() -> None:
    assert "/province/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


def test_every_secret_is_a_file_of_the_operator_s_and_none_has_a_value_here() -> None:
    assert [each for each in COMPOSE["secrets"].values() if not each["file"].startswith(f"{OPERATORS_OWN}/secrets/")] == []
    environments = [each.get("environment", {}) for each in SERVICES.values()]
    said = {name: value for each in environments for name, value in each.items() if re.search("PASS|SECRET|TOKEN|KEY", name)}
    assert said == {"POSTGRES_PASSWORD_FILE": "/run/secrets/database-password"}


def test_no_service_starts_without_its_password() -> None:
    """RabbitMQ's image takes none from a file: an empty one must stop it."""
    shell, option, script = SERVICES["broker"]["entrypoint"]
    script = script.replace("$$", "$").replace("exec docker-entrypoint.sh rabbitmq-server", "exec env")
    assert "/run/secrets/broker-password" in script
    for content, starts in (("a password\n", True), ("", False), (None, False)):
        cat = "false" if content is None else f"printf '{content.strip()}'"
        ran = subprocess.run([shell, option, re.sub(r"cat \S+?(?=\))", cat, script)], capture_output=True, text=True, check=False)
        assert (ran.returncode == 0, "RABBITMQ_DEFAULT_PASS=a password" in ran.stdout) == (starts, starts)


def test_the_settings_name_the_secrets_that_are_mounted() -> None:
    assert PRODUCTION.database and PRODUCTION.broker and PRODUCTION.server.proxy
    files = (PRODUCTION.database.password_file, PRODUCTION.broker.password_file, PRODUCTION.server.proxy.secret_file)
    wanted = {f"/run/secrets/{secret}" for secret in OURS["hub-1"]["secrets"]}
    assert {str(file) for file in files} == wanted


def test_the_settings_name_the_database_and_the_broker_as_they_are_here() -> None:
    assert PRODUCTION.database and PRODUCTION.broker
    database, broker = urlsplit(PRODUCTION.database.url), urlsplit(PRODUCTION.broker.url)
    made = SERVICES["database"]["environment"], SERVICES["broker"]["environment"]
    assert {database.hostname, broker.hostname} <= set(SERVICES)
    assert (database.username, database.path) == (made[0]["POSTGRES_USER"], f"/{made[0]['POSTGRES_DB']}")
    assert (broker.username, broker.path) == (made[1]["RABBITMQ_DEFAULT_USER"], f"/{made[1]['RABBITMQ_DEFAULT_VHOST']}")


def test_the_settings_lie_where_the_image_looks_for_them() -> None:
    where = re.search(r"LIENTHONG_CONFIG=(\S+)", (ROOT / "Dockerfile").read_text("utf-8"))
    assert where
    wanted = f"${{LIENTHONG_SETTINGS:-./config/production.toml}}:{where[1]}:ro"
    assert [name for name, each in OURS.items() if wanted not in each["volumes"]] == []


def test_the_processes_share_the_vault_and_no_worker_is_in_the_api() -> None:
    assert [name for name, each in OURS.items() if f"data:{PRODUCTION.storage.data}" not in each["volumes"]] == []
    assert PRODUCTION.work.in_serve is False


def test_the_hub_believes_nginx_by_its_address_and_nobody_else() -> None:
    assert PRODUCTION.server.proxy
    assert [str(each) for each in PRODUCTION.server.proxy.addresses] == [f"{address('nginx')}/32"]


def test_nginx_finds_both_hubs_even_while_one_is_down() -> None:
    assert re.findall(r"^ +server (\S+?) max_fails", NGINX, re.MULTILINE) == [f"{name}:{PRODUCTION.server.port}" for name in HUBS]
    assert SERVICES["nginx"]["extra_hosts"] == [f"{name}:{address(name)}" for name in HUBS]


def test_nginx_reads_what_is_mounted_for_it() -> None:
    targets = [volume.removesuffix(":ro").rpartition(":")[2] for volume in SERVICES["nginx"]["volumes"]]
    assert targets == ["/etc/nginx/nginx.conf", "/etc/nginx/lienthong"]
    read = re.findall(r"^ +(?:ssl_certificate|ssl_certificate_key|ssl_client_certificate|include) +(\S+);", NGINX, re.MULTILINE)
    assert {str(Path(each).parent) for each in read} == {targets[1]}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_SHOT))
def test_a_service_that_stays_is_checked_and_started_again(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert "test" in SERVICES[name]["healthcheck"]


def test_health_is_asked_where_the_processes_listen() -> None:
    for group, port in ((HUBS, PRODUCTION.server.port), (WORKERS, PRODUCTION.work.port)):
        assert [name for name, each in group.items() if f":{port}/" not in each["healthcheck"]["test"][-1]] == []


def test_a_process_has_the_time_to_drain() -> None:
    for group, drain in ((HUBS, serve.DRAIN_SECONDS), (WORKERS, worker.DRAIN_SECONDS)):
        assert [name for name, each in group.items() if seconds(each["stop_grace_period"]) < 1.5 * drain] == []


def test_nothing_of_ours_starts_before_the_ledger_is_migrated() -> None:
    for each in (*HUBS.values(), *WORKERS.values()):
        assert each["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"


def test_every_image_is_pinned_by_its_major_version() -> None:
    others = {each["image"] for each in SERVICES.values()} - {each["image"] for each in OURS.values()}
    assert [image for image in others if not re.fullmatch(r"[a-z]+:\d+(\.\d+)?", image)] == []


def test_the_image_has_the_driver_of_the_database_and_is_no_root() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert '".[alerts,calendar,fast,mail,oidc,postgres,reports,sftp,soap,tables-postgresql]"' in dockerfile
    assert re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE) == ["lienthong"]


def test_the_image_can_dump_the_database_that_it_is_used_with() -> None:
    version = SERVICES["database"]["image"].partition(":")[2]
    assert f"postgresql-client-{version} " in (ROOT / "Dockerfile").read_text("utf-8")
