"""What the packages import: only what pyproject.toml declares, and of each other only what lies below them."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
ROOMS = {
    "recognizers": set(),
    "schemas": set(),
    "pipeline": {"recognizers", "schemas"},
    "flows": {"recognizers", "schemas", "pipeline"},
}
"""Our packages, and those that each may import."""
COMES_WITH = {"markupsafe": "jinja2"}
"""Distributions that are the public interface of a declared one, which always brings them along."""


def imports_of(room: str) -> Iterator[tuple[Path, str, bool]]:
    """File, top-level name, and whether it is imported as soon as the file is: not only when a function runs."""
    for path in sorted((ROOT / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        late = {id(n) for f in ast.walk(tree) if isinstance(f, functions) for n in ast.walk(f)}
        for node in ast.walk(tree):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert not node.level and node.module, f"{path}: a relative import"
                modules = [node.module]
            for module in modules:
                yield path.relative_to(ROOT), module.partition(".")[0], id(node) not in late


def declared(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = [*project["dependencies"], *(t for e in extras for t in project["optional-dependencies"][e])]
    return {canonicalize_name(Requirement(text).name) for text in texts}


def test_what_is_imported_is_declared() -> None:
    distributions = packages_distributions()
    always, at_call = declared(), declared("s3", "peers", "dev")
    for room in ROOMS:
        for path, module, at_once in imports_of(room):
            if module in sys.stdlib_module_names or module in ROOMS:
                continue
            providers = {canonicalize_name(name) for name in distributions.get(module, [module])}
            wanted = {COMES_WITH.get(name, name) for name in providers}
            # What only some users install is imported where it is used, never with its file.
            assert wanted & (always if at_once else always | at_call), f"{path} imports {module}"


@pytest.mark.parametrize(("part", "whole"), COMES_WITH.items())
def test_what_comes_along_is_required_by_what_is_declared(part: str, whole: str) -> None:
    needed = [Requirement(text) for text in requires(whole) or ()]
    assert any(canonicalize_name(need.name) == part and need.marker is None for need in needed)


@pytest.mark.parametrize("room", ROOMS)
def test_packages_import_only_what_lies_below_them(room: str) -> None:
    for path, module, _ in imports_of(room):
        assert module not in ROOMS or module == room or module in ROOMS[room], f"{path} imports {module}"
        assert module != "sqlalchemy" or room in ("schemas", "flows"), path
        assert module != "prefect" or room == "flows", path
