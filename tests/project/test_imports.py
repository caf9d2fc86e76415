"""What the packages import: only what pyproject.toml declares, and of each other only what lies below them."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from inkfield.flows.commands.lab_commands import TRAINING_PACKAGES
from tests.support.checkout import ROOT

ROOMS = {
    "recognizers": set(),
    "schemas": set(),
    "pipeline": {"recognizers", "schemas"},
    "flows": {"recognizers", "schemas", "pipeline"},
    "lab": {"recognizers", "schemas", "pipeline", "flows"},
}
"""Our packages, and those that each may import; commands besides may import the lab."""
FOR_TRAINING = ("recognizers/training", "recognizers/synthesis", "recognizers/language/corpora.py")
"""Beside the lab, what may need the packages of the extra ``train``."""
ON_THE_ENGINE = ("flows/engine/machines.py", "flows/engine/hand_out.py")
"""What needs the package of the extra ``engine``; imported only where the engine is asked for."""
COMES_WITH = {"markupsafe": "jinja2", "dask": "distributed"}
"""Distributions that are the public interface of a declared one, which always brings them along."""


@cache
def parsed(room: str) -> dict[Path, ast.Module]:
    """The files of a room, from the root."""
    paths = sorted((ROOT / room).rglob("*.py"))
    return {path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@cache
def imports_of(room: str) -> tuple[tuple[Path, str, bool], ...]:
    """File, top-level name, and whether it is imported as soon as the file is: not only when a function runs."""
    found = []
    for path, tree in parsed(room).items():
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        late = {id(n) for f in ast.walk(tree) if isinstance(f, functions) for n in ast.walk(f)}
        for node in ast.walk(tree):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert not node.level and node.module, f"{path}: a relative import"
                modules = [node.module]
            for module in modules:
                assert module.partition(".")[0] not in ROOMS, f"{path}: write inkfield.{module}"
                found.append((path, module, id(node) not in late))
    return tuple(found)


def room_of(module: str) -> str | None:
    """The room that a module of ours lies in; None for a library."""
    first, _, rest = module.partition(".")
    return rest.partition(".")[0] if first == "inkfield" else None


@cache
def declared(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = [*project["dependencies"], *(t for e in extras for t in project["optional-dependencies"][e])]
    return {canonicalize_name(Requirement(text).name) for text in texts}


def test_what_is_imported_is_declared() -> None:
    distributions = packages_distributions()
    always, at_call = declared(), declared("s3", "peers", "dev")
    for room in ROOMS:
        for path, module, at_once in imports_of(room):
            library = module.partition(".")[0]
            if library in sys.stdlib_module_names or library == "inkfield":
                continue
            providers = {canonicalize_name(name) for name in distributions.get(library, [library])}
            trains = path.parts[0] == "lab" or path.as_posix().startswith(FOR_TRAINING)
            here = always | (declared("train") if trains else set())
            here |= declared("engine") if path.as_posix() in ON_THE_ENGINE else set()
            wanted = {COMES_WITH.get(name, name) for name in providers}
            # What only some users install is imported where it is used, never with its file.
            assert wanted & (here if at_once else here | at_call), f"{path} imports {module}"


def test_reading_needs_none_of_the_packages_for_training() -> None:
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    blocked = [Requirement(text).name for text in extra["train"]]
    assert set(blocked) == set(TRAINING_PACKAGES)
    rooms = [room for room in ROOMS if room not in ("lab", "recognizers")]
    code = f"""
import sys, pkgutil, importlib
for name in {blocked}:
    sys.modules[name] = None  # importing it fails
import inkfield
for room in {rooms}:
    package = importlib.import_module("inkfield." + room)
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("part", "whole"), COMES_WITH.items())
def test_what_comes_along_is_required_by_what_is_declared(part: str, whole: str) -> None:
    needed = [Requirement(text) for text in requires(whole) or ()]
    assert any(canonicalize_name(need.name) == part and need.marker is None for need in needed)


@pytest.mark.parametrize("room", ROOMS)
def test_packages_import_only_what_lies_below_them(room: str) -> None:
    for path, module, _ in imports_of(room):
        below = ROOMS[room] | ({"lab"} if path.parent.name == "commands" else set())
        assert room_of(module) in {None, room, *below}, f"{path} imports {module}"
        library = module.partition(".")[0]
        assert library != "sqlalchemy" or room in ("schemas", "flows", "lab"), path
        assert library != "prefect" or room == "flows", path


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Each module can be imported first. What a function imports when it runs does not count."""
    needs = {
        "inkfield." + ".".join(path.with_suffix("").parts): {module for module in modules if module}
        for path, modules in at_once().items()
    }
    done: set[str] = set()

    def follow(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way, module))
        if module not in done:
            for needed in needs.get(module, ()):
                follow(needed, (*way, module))
            done.add(module)

    for module in needs:
        follow(module, ())


HANDS_ON = (
    "flows.batch.process_batch",
    "flows.nightly.nightly_claims",
    "flows.inbox.watch",
    "flows.server.app",
)
"""What has worker processes read, and waits."""
FOUND_BY_WALKING = ("schemas/kinds", "pipeline/fields/kinds", "pipeline/cheques/standards")
"""Folders whose modules are all loaded with the first."""


def test_what_only_hands_documents_on_loads_no_network() -> None:
    """torch takes two seconds and 200 MB, in each of its processes."""
    needs = {"inkfield." + ".".join(path.with_suffix("").parts): names for path, names in at_once().items()}
    walked = {
        name for name in needs if name.startswith(tuple(_package(folder) for folder in FOUND_BY_WALKING))
    }
    loaded, queue = set(), [f"inkfield.{name}" for name in HANDS_ON]
    assert set(queue) <= needs.keys()
    while queue:
        module = queue.pop()
        if module not in loaded:
            loaded.add(module)
            queue += [name for name in needs.get(module, ()) if name]
            queue += walked if module in walked else ()
            if module.startswith("inkfield.") and not module.endswith("__init__"):
                queue += [f"{module}.__init__", f"{module.rpartition('.')[0]}.__init__"]
    assert walked <= loaded
    assert not loaded & {"torch", "torch.nn", "skimage", "scipy.signal"}


def _package(folder: str) -> str:
    return f"inkfield.{folder.replace('/', '.')}"


def at_once() -> dict[Path, set[str]]:
    """Of each file the modules that it names when it is imported, those of ``from package import module`` included."""
    found: dict[Path, set[str]] = {}
    for room in ROOMS:
        for path, tree in parsed(room).items():
            imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
            names = {f"{node.module}.{alias.name}" for node in imports for alias in node.names}
            plain = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
            found[path] = names | plain | {node.module or "" for node in imports}
    return found
