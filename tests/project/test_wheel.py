"""The wheel: what it needs is in it, and nothing that its licence does not cover."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.lab.evaluate import research_weights
from inkfield.recognizers.recognizer import available_weights
from tests.support.checkout import EXAMPLES, ROOT

ROOMS = ("flows", "lab", "pipeline", "recognizers", "schemas")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that is built of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    unwanted = shutil.ignore_patterns(
        ".*", "build", "*.egg-info", "__pycache__", "demo-output", "tests", "examples"
    )
    shutil.copytree(ROOT, source, ignore=unwanted, symlinks=True)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(source)], check=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The names of the files in it."""
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_nothing_for_research_only_is_in_it(names: set[str]) -> None:
    assert not [
        name for name in names if re.search(r"(^|[/_-])(iam|research)[/_.-]", name) and "safetensors" in name
    ]
    assert not [name for name in names if name.startswith("research/")]


def test_all_that_runs_is_in_it(names: set[str]) -> None:
    for room in ROOMS:
        kinds = (".py", ".yaml", ".html", ".mako", ".safetensors", ".json", ".gz", ".ttf")
        needed = [path for path in (ROOT / room).rglob("*") if path.suffix in kinds]
        missing = {
            f"inkfield/{path.relative_to(ROOT).as_posix()}"
            for path in needed
            if "__pycache__" not in path.parts
        } - names
        assert not missing
    assert {
        "inkfield/py.typed",
        "inkfield/recognizers/weights/default.safetensors",
        "inkfield/flows/reports/templates/explain.html",
        "inkfield/schemas/forms/claim.png",
    } <= names


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but what the wheel installs."""
    folder = tmp_path_factory.mktemp("installed")
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_installed(folder: Path, code: str) -> str:
    """What a Python program prints that has the wheel, its libraries, and no checkout."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [
        sys.executable,
        "-c",
        f"import inkfield; assert inkfield.__file__.startswith({str(folder)!r})\n{code}",
    ]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_installed_it_reads_a_document(installed: Path) -> None:
    code = f"""
from pathlib import Path
from inkfield import Settings, read_document
reading = read_document(Path({str(EXAMPLES / "cheque-single.pdf")!r}), Settings())
print(reading.status, [page.form for page in reading.pages])
"""
    assert "cheque_in" in run_installed(installed, code)


def test_installed_it_has_the_flows_that_prefect_yaml_deploys(installed: Path) -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    entrypoints = [deployment["entrypoint"] for deployment in deployments]
    code = f"""
from prefect.flows import load_flow_from_entrypoint
for entrypoint in {entrypoints!r}:
    print(load_flow_from_entrypoint(entrypoint).name)
"""
    assert run_installed(installed, code).split() == [deployment["name"] for deployment in deployments]


def test_every_public_name_can_be_imported(installed: Path) -> None:
    run_installed(
        installed, "for name in inkfield.__all__:\n    assert getattr(inkfield, name).__doc__, name"
    )


def test_importing_it_costs_nothing(installed: Path) -> None:
    code = "import sys\nassert not {'torch', 'cv2', 'prefect', 'sqlalchemy'} & set(sys.modules)"
    run_installed(installed, code)


def test_it_tells_its_licence(names: set[str]) -> None:
    assert any(name.endswith("LICENSE") for name in names)
    assert any(name.endswith("NOTICE") for name in names)


def test_weights_for_research_are_no_choice_of_the_commands() -> None:
    assert "default" in available_weights()
    assert not [name for name in available_weights() if "research" in name]


def test_where_they_are_not_evaluate_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(research_weights, "FOLDER", tmp_path)  # as installed from a wheel
    done = CliRunner().invoke(app, ["evaluate", "--weights", "iam-research", "--lines", str(tmp_path)])
    assert done.exit_code == 2
    assert "checkout" in done.stderr and "research only" in done.stderr


def test_in_a_checkout_they_are_found_with_their_terms() -> None:
    path = Path(research_weights.weights_to_measure("iam-research"))
    assert path.is_file()
    assert "non-commercial research" in (path.parents[1] / "README.md").read_text(encoding="utf-8")
    assert research_weights.weights_to_measure("default") == "default"
