"""`inkfield separators`: what is printed is known again when it is scanned."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.pipeline.intake import open_pages
from inkfield.pipeline.separators.parts import SeparatorRules, see

RUNNER = CliRunner()


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_each_printed_sheet_says_its_label(tmp_path: Path, paper: str) -> None:
    (tmp_path / "labels.txt").write_text("\ufeffZürich 3\n\n B 4\n", encoding="utf-8")
    output = tmp_path / "sheets.pdf"
    more = ["--from", tmp_path / "labels.txt", "--plain", 1, "--paper", paper, "-o", output]
    done = RUNNER.invoke(app, ["separators", "A-1", *map(str, more)])
    assert done.exit_code == 0 and "4 separator sheets" in done.stdout
    seen = [see(page, SeparatorRules()) for page in open_pages(output)]
    assert [one.labels for one in seen] == [("A-1",), ("Zürich 3",), ("B 4",), ()]
    assert all(one.begins and one.dropped for one in seen)


@pytest.mark.parametrize("labels", [[], ["x" * 201], ["A\nB"]])
def test_what_cannot_be_printed_is_said(tmp_path: Path, labels: list[str]) -> None:
    done = RUNNER.invoke(app, ["separators", *labels, "-o", str(tmp_path / "sheets.pdf")])
    assert done.exit_code == 2 and "label" in done.output
    assert not (tmp_path / "sheets.pdf").exists()
