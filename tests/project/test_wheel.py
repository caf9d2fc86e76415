"""The wheel: what it needs is in it, and nothing that its licence does not cover."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.lab.evaluate import research_weights
from inkfield.recognizers.recognizer import available_weights
from tests.support.checkout import ROOT

PACKAGES = ("flows", "pipeline", "recognizers", "schemas")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel that is built of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    unwanted = shutil.ignore_patterns(
        ".*", "build", "*.egg-info", "__pycache__", "demo-output", "tests", "examples"
    )
    shutil.copytree(ROOT, source, ignore=unwanted)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(source)], check=True, timeout=300)
    (built,) = folder.glob("*.whl")
    with ZipFile(built) as archive:
        return set(archive.namelist())


def test_nothing_for_research_only_is_in_it(wheel: set[str]) -> None:
    assert not [
        name for name in wheel if re.search(r"(^|[/_-])(iam|research)[/_.-]", name) and "safetensors" in name
    ]
    assert not [name for name in wheel if name.startswith("research/")]


def test_all_that_runs_is_in_it(wheel: set[str]) -> None:
    for package in PACKAGES:
        kinds = (".py", ".yaml", ".html", ".mako", ".safetensors", ".json", ".gz", ".ttf")
        needed = [path for path in (ROOT / package).rglob("*") if path.suffix in kinds]
        missing = {
            path.relative_to(ROOT).as_posix() for path in needed if "__pycache__" not in path.parts
        } - wheel
        assert not missing
    assert {
        "recognizers/weights/default.safetensors",
        "flows/reports/templates/explain.html",
        "schemas/forms/claim.png",
    } <= wheel


def test_it_tells_its_licence(wheel: set[str]) -> None:
    assert any(name.endswith("LICENSE") for name in wheel)
    assert any(name.endswith("NOTICE") for name in wheel)


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
