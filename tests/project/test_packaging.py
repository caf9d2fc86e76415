"""docker-compose.yml, Dockerfile and prefect.yaml, as far as they can be tested without an engine."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.checkout import ROOT

LASTING = ("postgres", "prefect-server", "engine-head", "worker", "watcher", "scheduler")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture(scope="module")
def rehearse() -> Any:
    """scripts/rehearse_dockerfile.py as a module."""
    spec = importlib.util.spec_from_file_location("rehearse", ROOT / "scripts" / "rehearse_dockerfile.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["rehearse"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def dockerfile(rehearse: Any) -> list[Any]:
    """The instructions as scripts/rehearse_dockerfile.py takes them."""
    return list(rehearse.parse((ROOT / "Dockerfile").read_text(encoding="utf-8")))


def test_compose_keeps_to_the_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, "docker-compose.yml"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_service_runs_with_as_little_as_it_needs(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), f"{name} runs as root"
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert not service.get("privileged"), name
        assert {"cpus", "memory"} <= set(service["deploy"]["resources"]["limits"]), name
        assert ":" in service["image"] and not service["image"].endswith(":latest"), name
        assert "docker.sock" not in str(service), name


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_watched_and_started_again(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"


def test_only_this_machine_reaches_the_open_ports(compose: dict[str, Any]) -> None:
    services = compose["services"]
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert all(port.startswith("127.0.0.1:") for opened in ports.values() for port in opened)
    networks = compose["networks"]
    assert networks["back"]["internal"] is True
    # Docker opens no port of a service that is on internal networks only; this network leads nowhere either.
    assert networks["desk"]["driver_opts"]["com.docker.network.bridge.enable_ip_masquerade"] == "false"
    for name, service in services.items():
        assert set(service["networks"]) == ({"back", "desk"} if name in ports else {"back"}), name


def folders(service: dict[str, Any]) -> set[str]:
    """Where the volumes of a service are seen in it."""
    return {re.sub(r":r[ow]$", "", volume).rpartition(":")[2] for volume in service.get("volumes", [])}


def test_forms_of_ones_own_have_a_place_wherever_something_is_read(compose: dict[str, Any]) -> None:
    for name in ("worker", "watcher", "scheduler", "deployments"):
        service = compose["services"][name]
        assert service["environment"]["INKFIELD_FORMS"] in folders(service), name


def test_deployments_read_a_folder_that_their_workers_see(compose: dict[str, Any]) -> None:
    loaded = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    for deployment in loaded["deployments"]:
        for path in deployment.get("parameters", {}).get("paths", []):
            for service in ("scheduler", "worker"):  # reads, or has the engine read
                assert path in folders(compose["services"][service]), deployment["name"]


def test_no_weights_of_research_data_are_in_the_image(rehearse: Any, tmp_path: Path) -> None:
    rehearse.copy_context(tmp_path)
    assert (tmp_path / "recognizers" / "weights" / "default.safetensors").is_file()
    weights = [
        path for path in tmp_path.rglob("*") if path.suffix in (".safetensors", ".pt", ".pth", ".onnx")
    ]
    assert not [path.name for path in weights if re.search("iam|research", str(path.relative_to(tmp_path)))]
    for card in (tmp_path / "recognizers" / "weights").rglob("*.md"):
        assert "may be used for non-commercial research. So may these" not in card.read_text(encoding="utf-8")


def test_passwords_come_from_files_only(compose: dict[str, Any]) -> None:
    used = {secret for service in compose["services"].values() for secret in service.get("secrets", [])}
    assert used == set(compose["secrets"])
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())
    for service in compose["services"].values():
        for key, value in (service.get("environment") or {}).items():
            assert "PASSWORD" not in key or key.endswith("_FILE"), key
            assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), key


def test_all_that_is_named_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        assert set(service["networks"]) <= set(compose["networks"]), name
        sources = [volume.split(":")[0] for volume in service.get("volumes", []) if "$" not in volume]
        assert {s for s in sources if s[0] not in "./"} <= set(compose["volumes"]), name
        assert all((ROOT / s).exists() for s in sources if s.startswith("./")), name
        scripts = [word for word in service.get("entrypoint", []) if word.startswith("scripts/")]
        assert all((ROOT / script).is_file() for script in scripts), name


def test_the_image_has_no_compiler_and_no_root(dockerfile: list[Any]) -> None:
    starts = [number for number, step in enumerate(dockerfile) if step.word == "FROM"]
    last = dockerfile[starts[-1] :]
    assert len(starts) == 2
    assert not any("g++" in step.text for step in last)
    users = [step.text for step in last if step.word == "USER"]
    assert users and re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1])
    assert all(":" in step.text and ":latest" not in step.text for step in dockerfile if step.word == "FROM")
    assert sum("requirements.lock" in step.text for step in dockerfile if step.word == "RUN") == 2


def test_the_image_gets_what_it_runs_and_no_secret() -> None:
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    wanted = [rule[1:] for rule in rules if rule.startswith("!")]
    assert "*" in rules  # nothing but what is named
    assert all((ROOT / path).exists() for path in wanted)
    assert {"flows", "schemas", "scripts/start_worker.sh", "prefect.yaml"} <= set(wanted)


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "scripts").glob("*.sh")))
def test_the_scripts_parse(script: str) -> None:
    subprocess.run(["bash", "-n", str(ROOT / "scripts" / script)], check=True)


def test_the_deployments_are_flows() -> None:
    from prefect import Flow
    from prefect.flows import load_flow_from_entrypoint

    loaded = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    for deployment in loaded["deployments"]:
        flow: Flow[..., Any] = load_flow_from_entrypoint(deployment["entrypoint"])
        assert flow.name == deployment["name"]
        assert set(deployment.get("parameters", {})) <= set(flow.parameters.properties)
