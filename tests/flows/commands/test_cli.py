"""The command line as users and scripts meet it: names, exit codes, help that teaches."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.schemas.database.connection import open_database
from tests.support.checkout import ROOT

RUNNER = CliRunner()
COMMANDS = ["process", "read", "explain", "query", "export", "doctor", "forms"]


def call(*arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `inkfield ARGUMENTS`."""
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test in a folder of its own, so that the default database is new. Restores the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INKFIELD_DATABASE_URL", f"sqlite:///{tmp_path / 'inkfield.db'}")


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    image = np.full((500, 1400), 250, np.uint8)
    cv2.putText(image, "Received with thanks", (80, 250), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.2, 20, 3)
    path = tmp_path / "letter.png"
    cv2.imwrite(str(path), image)
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_itself(command: str) -> None:
    code, printed, _ = call(command, "--help")
    assert code == 0
    assert re.search(rf"Usage: \S+ {command} ", printed)
    about = printed.partition("Usage:")[2].partition("╭")[0].splitlines()[1:]
    assert len(" ".join(about).split()) >= 5  # a sentence, before the list of options


def test_help_shows_the_main_job_first_and_the_laboratory_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    printed = call("--help")[1]
    panels = re.findall(r"─ ([A-Z][\w ]+) ─", printed)
    assert panels == ["Options", "Read and ask", "By day and by night", "Set up", "Laboratory"]
    commands = re.findall(r"^│ ([a-z][a-z-]*)  ", printed, re.MULTILINE)
    assert commands[0] == "process"
    assert commands[-6:] == ["evaluate", "train", "generate", "render", "sensitivity", "data"]
    assert sorted(commands) == sorted(set(commands))


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from typer.testing import CliRunner; from inkfield.flows.commands.cli import app;"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0;"
        "print(*[name for name in ('torch', 'prefect', 'cv2', 'sqlalchemy', 'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["process", "no-such-file.pdf"],
        ["process", "."],
        ["process", ".", "--form", "no-such-form"],
        ["process"],
        ["read", "no-such-file.pdf"],
        ["explain", "no-such-file.pdf"],
        ["query", "SELECT 1"],
        ["query", "SELECT 1", "--db", "no url"],
        ["export", "--form", "no-such-form", "-o", "rows.csv"],
        ["forms", "show", "no-such-form"],
        ["forms", "check", "no-such-file.yaml"],
        ["no-such-command"],
    ],
)
def test_a_wrong_call_has_exit_code_2_and_says_why(arguments: list[str]) -> None:
    code, printed, problem = call(*arguments)
    assert code == 2
    assert (printed + problem).strip()
    assert "Traceback" not in problem


def test_a_wrong_form_name_is_told_with_those_that_exist(letter: Path) -> None:
    _, _, problem = call("process", letter, "--form", "chek_in")
    assert "cheque_in" in problem


def test_a_query_cannot_change_anything(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'inkfield.db'}").dispose()
    for statement in (
        "DELETE FROM documents",
        "DROP TABLE fields",
        "INSERT INTO batches (name) VALUES ('x')",
    ):
        assert call("query", statement)[0] == 2
    code, printed, _ = call("query", "SELECT count(*) AS n FROM documents", "--format", "json")
    assert code == 0
    assert json.loads(printed) == [{"n": 0}]


def test_an_apostrophe_or_percent_sign_in_a_query_is_taken_as_it_is(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'inkfield.db'}").dispose()
    code, printed, _ = call("query", "SELECT '50% :x [bold]' AS text")
    assert code == 0
    assert "50% :x [bold]" in printed


def test_forms_are_listed_shown_and_checked() -> None:
    assert "cheque_in" in call("forms", "list")[1]
    shown = call("forms", "show", "cheque_in")[1]
    assert "courtesy_amount" in shown and "equal" in shown
    form = ROOT / "schemas" / "forms" / "cheque_in.yaml"
    assert call("forms", "check", form)[0] == 0
    Path("bad.yaml").write_text("name: cheque\nfeilds: []\n")
    code, printed, _ = call("forms", "check", form, "bad.yaml")
    assert code == 2
    assert "feilds" in printed


def test_read_prints_text_json_and_alto(letter: Path) -> None:
    code, text, _ = call("read", letter)
    assert code == 0 and text.strip()
    pages = json.loads(call("read", letter, "--format", "json")[1])["pages"]
    assert pages[0]["lines"][0]["text"] in text
    x, y, width, height = pages[0]["lines"][0]["box"]
    assert 0 <= x < x + width <= pages[0]["width"] and 0 <= y < y + height <= pages[0]["height"]
    assert call("read", letter, "--format", "alto")[1].startswith("<?xml")


def test_a_file_that_cannot_be_read_has_exit_code_3_and_a_reason() -> None:
    Path("bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    for command in ("read", "explain"):
        code, _, problem = call(command, "bad.pdf")
        assert code == 3
        doing, reason = problem.splitlines()
        assert doing == "Reading bad.pdf ..."
        assert reason.startswith("truncated:")


def test_explain_writes_into_a_folder_or_a_file(letter: Path) -> None:
    Path("pages").mkdir()
    assert call("explain", letter, "-o", "pages")[0] == 0
    assert call("explain", letter, "-o", "shown.html")[0] == 0
    assert Path("pages/letter.html").stat().st_size > 1000
    assert Path("shown.html").stat().st_mode & 0o077 == 0


def test_process_reads_into_the_default_database_and_reports_as_json(letter: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path / "prefect"), "PREFECT_API_URL": ""}
    del environment["INKFIELD_DATABASE_URL"], environment["PREFECT_API_URL"]
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "bad.yaml").write_text("name: bad\nlanguage: klingon\n")
    environment["INKFIELD_FORMS"] = str(tmp_path / "forms")
    command = [
        sys.executable,
        "-m",
        "inkfield.flows.commands.cli",
        "process",
        str(tmp_path),
        "--json",
        "--workers",
        "1",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("Starting ...\n")
    assert f"This form is not used: {tmp_path / 'forms' / 'bad.yaml'}" in done.stderr
    documents = json.loads(done.stdout)["documents"]
    assert [(Path(d["path"]).name, d["status"]) for d in documents] == [
        ("bad.pdf", "failed"),
        ("letter.png", "review"),
    ]
    code, printed, _ = call("query", "SELECT file_name, status FROM documents ORDER BY 1", "--format", "csv")
    assert code == 0
    assert printed.split() == ["file_name,status", "bad.pdf,failed", "letter.png,review"]


def test_amounts_in_csv_have_their_cents(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    open_database(url).dispose()
    sql = "SELECT 91000.0 AS total, 0.875 AS share, 3 AS pages, NULL AS note"
    shown = CliRunner().invoke(app, ["query", sql, "--db", url, "--format", "csv"])
    assert shown.stdout.split() == ["total,share,pages,note", "91000.00,0.875,3,"]
