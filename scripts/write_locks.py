"""Writes requirements.lock and requirements-dev.lock: the exact versions that are installed here.

    .venv/bin/python scripts/write_locks.py

The first holds what runs (the dependencies of pyproject.toml and of its extras s3 and engine), the second what only
tests and checks need (its extras dev and train). Run it in a new environment, made without the locks:
`pip install -e '.[s3,engine,train,dev]'`.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
BUILD = ("setuptools>=77",)
"""scripts/setup.sh installs inkfield itself without a build environment of its own."""
NOT_LOCKED = ("inkfield", "pip", "triton")
"""Builds of torch for a graphics card bring packages of their own, which the CPU build has not."""
HEAD = (
    "# Exact versions that resolve together on Python 3.11. Written by scripts/write_locks.py: do not edit."
)


def closure(requirements: Iterable[str]) -> set[str]:
    """The names of all packages that these need here, themselves among them. Raises PackageNotFoundError."""
    found: set[tuple[str, str]] = set()
    left = [(Requirement(text), extra) for text in requirements for extra in ("", *Requirement(text).extras)]
    while left:
        requirement, extra = left.pop()
        name = canonicalize_name(requirement.name)
        if (name, extra) in found or name in NOT_LOCKED or name.startswith("nvidia-"):
            continue
        found.add((name, extra))
        for text in distribution(name).requires or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                left += [(needed, wanted) for wanted in ("", *needed.extras)]
    return {name for name, _ in found}


def split() -> tuple[set[str], set[str]]:
    """The names that run, and those that only tests need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    runs = closure([*BUILD, *project["dependencies"], *extras["s3"], *extras["engine"]])
    return runs, closure([*extras["dev"], *extras["train"]]) - runs


def main() -> None:
    try:
        runs, tests = split()
    except PackageNotFoundError as error:
        sys.exit(f"{error.name} is not installed: pip install -e '.[s3,engine,train,dev]' first")
    for file, names in (("requirements.lock", runs), ("requirements-dev.lock", tests)):
        pins = sorted(f"{name}=={version(name).partition('+')[0]}" for name in names)
        (ROOT / file).write_text("\n".join([HEAD, *pins]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
