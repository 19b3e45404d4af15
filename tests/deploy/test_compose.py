"""compose.yaml holds to its schema and to the portal's own settings, and what it calls works."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import NAMES, read_settings
from tests.postgres import Server, ServerMissing, binary, free_port
from tests.worlds import environment, portaal_command

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("portal", "migrate")
IN_CONTAINER = "/run/secrets/"


def test_it_is_what_the_specification_of_compose_says() -> None:
    command = (ROOT / ".venv/bin/check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yaml")
    said = subprocess.run(command, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize("service", OURS)
def test_it_sets_what_can_be_set(service: str) -> None:
    assert set(SERVICES[service]["environment"]) <= NAMES


@pytest.mark.parametrize("service", SERVICES)
def test_a_secret_is_a_file_that_the_service_gets(service: str) -> None:
    its = SERVICES[service]
    files = {
        value for name, value in its.get("environment", {}).items() if name.endswith("_FILE") and "secret" in value
    }
    assert files <= {IN_CONTAINER + name for name in its.get("secrets", [])}
    assert {f"./secrets/{name}" for name in its.get("secrets", [])} <= {
        each["file"] for each in COMPOSE["secrets"].values()
    }


@pytest.mark.parametrize("service", SERVICES)
def test_each_has_limits_and_comes_back_or_runs_once(service: str) -> None:
    its = SERVICES[service]
    assert {"cpus", "memory"} <= set(its["deploy"]["resources"]["limits"])
    assert its["restart"] in ({"no"} if service == "migrate" else {"unless-stopped"})


def test_the_portal_is_nobody_and_writes_nowhere() -> None:
    for service in OURS:
        its = SERVICES[service]
        assert its["read_only"] is True
        assert its["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in its["security_opt"]
        assert "privileged" not in its


def test_what_is_not_for_outside_is_not_outside() -> None:
    assert {service for service, its in SERVICES.items() if "ports" in its} == {"proxy"}
    assert SERVICES["database"]["networks"] == ["behind"]
    assert COMPOSE["networks"]["behind"]["internal"] is True
    assert "behind" not in SERVICES["proxy"]["networks"]


def test_who_stands_before_the_portal_is_believed_about_addresses_and_nobody_else() -> None:
    [front] = COMPOSE["networks"]["front"]["ipam"]["config"]
    assert SERVICES["portal"]["environment"]["TRUSTED_PROXIES"] == front["subnet"]


def test_the_schema_is_there_before_the_portal_and_migrated_by_its_owner() -> None:
    assert SERVICES["portal"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "migrate_database_url" not in SERVICES["portal"]["secrets"]


def test_what_it_mounts_is_there() -> None:
    mounts = [mount for its in SERVICES.values() for mount in its.get("volumes", []) if mount.startswith("./")]
    assert mounts
    assert all((ROOT / mount.split(":")[0]).is_file() for mount in mounts)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    subprocess.run([ROOT / "deploy/secrets", tmp_path / "secrets"], check=True)
    return tmp_path / "secrets"


def test_the_secrets_are_made_once_and_are_what_the_portal_asks(secrets: Path) -> None:
    assert {path.name for path in secrets.iterdir()} == set(COMPOSE["secrets"])
    assert secrets.stat().st_mode & 0o077 == 0
    before = {path: path.read_text() for path in secrets.iterdir()}
    subprocess.run([ROOT / "deploy/secrets", secrets], check=True)
    assert {path: path.read_text() for path in secrets.iterdir()} == before
    environment = {
        name: str(value).replace(IN_CONTAINER, f"{secrets}/")
        for name, value in SERVICES["migrate"]["environment"].items()
    }
    chosen = {"BASE_URL": "https://portaal.example.nl", "SMTP_URL": "", "MAIL_FROM": ""}
    settings = read_settings(environment | chosen)
    assert settings.database_url != settings.migrate_database_url
    assert len({before[secrets / name] for name in ("secret_key", "factor_key", "metrics_key")}) == 3


@pytest.fixture
def server() -> Iterator[Server]:
    """PostgreSQL without roles of ours, as its image starts it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        server = Server(Path(folder) / "postgres", free_port())
        try:
            server.start()
        except ServerMissing as missing:
            pytest.skip(str(missing))
        server.execute("DROP ROLE portaal", "DROP ROLE portaal_owner")
        yield server
        server.stop()


def test_the_roles_are_made_and_migrate(server: Server, secrets: Path, tmp_path: Path) -> None:
    script = (ROOT / "deploy/roles.sh").read_text().replace(IN_CONTAINER, f"{secrets}/")
    path = f"{binary('psql').parent}:{os.environ['PATH']}"
    at = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PATH": path}
    subprocess.run(["/bin/sh", "-c", script], check=True, env=os.environ | at)
    urls = {
        name: (secrets / name.lower()).read_text().replace("@database/", f"@127.0.0.1:{server.port}/")
        for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL")
    }
    said = subprocess.run(
        portaal_command("migrate"), env=os.environ | environment("") | urls, capture_output=True, text=True, cwd=ROOT
    )
    assert said.returncode == 0, said.stderr
    assert "migrations ran" in said.stdout
