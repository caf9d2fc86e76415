"""Runs the steps of the Dockerfile without Docker, where there is no engine: to see that they work.

/opt/inkfield and /app of the image become folders of the same names below --root, in one place for all stages.
apt steps are checked, not run: the packages have to be installed here. Steps that change users are skipped.

    python scripts/rehearse_dockerfile.py --root /var/tmp/inkfield-image --build-arg INKFIELD_TORCH_INDEX=https://...
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
IMAGE_FOLDERS = ("/opt/inkfield", "/app")


@dataclass(frozen=True)
class Instruction:
    word: str
    text: str


def parse(dockerfile: str) -> list[Instruction]:
    """The instructions in order, comments out, continued lines joined."""
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    found = (line.strip().partition(" ") for line in joined.splitlines() if line.strip())
    return [Instruction(word.upper(), text.strip()) for word, _, text in found]


def apt_packages(command: str) -> list[str]:
    """The packages that a RUN step installs by apt."""
    return [
        word
        for part in command.split("&&")
        if "apt-get install" in part
        for word in shlex.split(part.partition("install")[2])
        if not word.startswith("-")
    ]


class Rehearsal:
    """Does what the instructions say, below ``root``."""

    def __init__(self, root: Path, arguments: dict[str, str]) -> None:
        self.root, self.arguments = root, arguments
        self.environment = {**os.environ}
        self.folder = root
        self.entry: list[str] = []

    def do(self, step: Instruction) -> None:
        print(f"--- {step.word} {step.text}", flush=True)
        getattr(self, f"_{step.word.lower()}", self._nothing)(step.text)

    def here(self, text: str) -> str:
        """The text with the folders of the image below ``root``."""
        for folder in IMAGE_FOLDERS:
            text = re.sub(rf"(?<![\w.]){re.escape(folder)}(?!\w)", str(self.root) + folder, text)
        return text

    def _run(self, text: str) -> None:
        packages = apt_packages(text)
        if packages:
            subprocess.run(["dpkg", "-s", *packages], check=True, stdout=subprocess.DEVNULL)
            print("    installed here: " + " ".join(packages))
        elif "useradd" in text:
            print("    skipped: it would make a user on this machine")
        else:
            subprocess.run(
                ["/bin/sh", "-ec", self.here(text)], cwd=self.folder, env=self.environment, check=True
            )

    def _workdir(self, text: str) -> None:
        self.folder = Path(self.here(text))
        self.folder.mkdir(parents=True, exist_ok=True)

    def _copy(self, text: str) -> None:
        sources = text.split()
        if sources[0].startswith("--from="):
            missing = [path for path in sources[1:-1] if not Path(self.here(path)).exists()]
            if missing:
                raise FileNotFoundError(f"no earlier stage made {missing}")
            return
        for source in sources[:-1]:
            if source == ".":
                copy_context(self.folder)
            else:
                shutil.copy(REPOSITORY / source, self.folder)

    def _arg(self, text: str) -> None:
        name, _, value = text.partition("=")
        self.environment[name] = self.arguments.get(name, value)

    def _env(self, text: str) -> None:
        for pair in shlex.split(self.here(text)):
            name, _, value = pair.partition("=")
            self.environment[name] = value.replace("$PATH", self.environment["PATH"])

    def _entrypoint(self, text: str) -> None:
        self.entry = json.loads(text)

    def _cmd(self, text: str) -> None:
        command = [*self.entry, *json.loads(text)]
        subprocess.run(command, cwd=self.folder, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def _nothing(self, text: str) -> None:
        """FROM and USER: the machine and the user stay what they are."""


def copy_context(target: Path) -> None:
    """Copies what .dockerignore lets through: after a star what is wanted, then names left out of it."""
    rules = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    ignored = shutil.ignore_patterns(*(rule[3:] for rule in rules if rule.startswith("**/")))
    for wanted in (rule[1:] for rule in rules if rule.startswith("!")):
        source, copy = REPOSITORY / wanted, target / wanted
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, dirs_exist_ok=True, ignore=ignored)
        else:
            shutil.copy(source, copy)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, required=True, help="an empty folder")
    parser.add_argument("--build-arg", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args()
    options.root.mkdir(parents=True)
    arguments = dict(given.split("=", 1) for given in options.build_arg)
    rehearsal = Rehearsal(options.root.resolve(), arguments)
    for step in parse((REPOSITORY / "Dockerfile").read_text(encoding="utf-8")):
        rehearsal.do(step)
    size = subprocess.run(["du", "-sh", str(options.root)], capture_output=True, text=True, check=True).stdout
    print(f"Every step went well; the two folders take {size.split()[0]}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
