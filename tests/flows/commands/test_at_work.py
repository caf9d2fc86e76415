"""A command says at once that it works: in a terminal and in a pipe, before anything heavy is loaded."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import ROOT

STALLED = (
    "import sys, time\n"
    "class Stall:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        if name in ('numpy', 'cv2', 'torch', 'sqlalchemy', 'prefect'):\n"
    "            sys.stderr.flush(); time.sleep(600)\n"
    "sys.meta_path.insert(0, Stall())\n"
    "from inkfield.flows.commands.cli import main\n"
    "sys.argv = ['inkfield', *sys.argv[1:]]\n"
    "main()\n"
)
"""The command line on a machine where the heavy packages take for ever to load."""


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("command", ["read", "explain", "process"])
def test_a_command_says_at_once_that_it_works(tmp_path: Path, command: str, terminal: bool) -> None:
    (tmp_path / "letter.png").write_bytes(b"")
    ours, theirs = pty.openpty() if terminal else os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", STALLED, command, "letter.png"],
        stderr=theirs,
        stdout=subprocess.DEVNULL,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
    )
    try:
        wanted, said = "Starting" if command == "process" else "Reading letter.png", ""
        while wanted not in said and select.select([ours], [], [], 100)[0]:
            said += os.read(ours, 1000).decode(errors="replace")
        assert wanted in said
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)
