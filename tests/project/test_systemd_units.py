"""The systemd units in scripts/systemd: what they start can be started, and systemd takes them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from tests.support.checkout import ROOT

FOLDER = ROOT / "scripts" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
BIN = "/opt/inkfield/.venv/bin/"


def start_of(unit: Path) -> list[str]:
    (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    return shlex.split(line)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_there_is(unit: Path) -> None:
    program, *arguments = start_of(unit)
    assert program.startswith(BIN) and (Path(sys.executable).parent / program.removeprefix(BIN)).exists()
    if program.endswith("/inkfield"):
        done = CliRunner().invoke(app, [*arguments, "--help"])
        assert done.exit_code == 0, done.output


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace(BIN, f"{Path(sys.executable).parent}/")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    verify = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.glob("*.service")))]
    done = subprocess.run(verify, capture_output=True, text=True, timeout=60)
    ours = [line for line in done.stderr.splitlines() if "inkfield" in line]
    assert not ours, done.stderr


def test_the_settings_are_assignments_and_hold_no_secret() -> None:
    lines = (FOLDER / "inkfield.env").read_text(encoding="utf-8").splitlines()
    assignments = [line for line in lines if line and not line.startswith("# ")]
    assert all(re.fullmatch(r"#?[A-Z_]+=\S+", line) for line in assignments)
    set_here = dict(line.split("=", 1) for line in assignments if not line.startswith("#"))
    assert set_here["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert "PASSWORD" not in "".join(name for name in set_here if not name.endswith("_FILE"))


def test_all_services_share_the_settings_and_come_back_by_themselves() -> None:
    assert len(UNITS) == 5
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        assert "EnvironmentFile=/etc/inkfield/inkfield.env" in text and "Restart=always" in text, unit.name
        assert "User=inkfield" in text and "ProtectSystem=strict" in text, unit.name
