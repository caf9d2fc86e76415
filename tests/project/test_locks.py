"""The locks: users get what runs, the tests get their tools besides."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from types import ModuleType

import pytest
from packaging.utils import canonicalize_name

from tests.support.checkout import ROOT


@pytest.fixture(scope="module")
def locks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_locks", ROOT / "scripts" / "write_locks.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names(file: str) -> set[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(line.partition("==")[0]) for line in lines if line and not line.startswith("#")}


def test_the_tools_of_the_tests_are_no_dependencies(locks: ModuleType) -> None:
    runs, tests = locks.split()
    assert not runs & tests
    assert {"pytest", "mypy", "ruff", "moto", "flask"} <= tests
    assert {"torch", "prefect", "sqlalchemy", "typer", "s3fs", "distributed"} <= runs


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = names("requirements.lock") | names("requirements-dev.lock")
    for text in (
        *project["dependencies"],
        *(t for e in ("s3", "engine", "train", "dev") for t in project["optional-dependencies"][e]),
    ):
        name = re.match(r"[\w.-]+", text)
        assert name and canonicalize_name(name[0]) in locked, text


def test_the_demo_installs_no_test_tools() -> None:
    script = (ROOT / "scripts" / "setup.sh").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    demo = makefile.partition("\ndemo:")[2].partition("\n\n")[0]
    assert "setup.sh\n" in demo  # without `test`
    packages = script.partition("install_python_packages()")[2].partition("\n}")[0]
    assert "requirements-dev.lock" not in packages
