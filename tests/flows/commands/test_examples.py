"""The shipped examples are read as they were written, and the demo shows it on one screen or two."""

from __future__ import annotations

import csv
import os
import re
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from inkfield.flows.commands import demo
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.reader_process import Job, ReaderProcess, ReaderSetup
from inkfield.lab.evaluate.expected_values import Compared
from tests.support.checkout import ROOT

SCANS = sorted(demo.EXAMPLES.glob("*.pdf"))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Compared], str, Path]:
    """Every field of the examples, read by a worker process; what the demo prints of them; and its folder."""
    folder = tmp_path_factory.mktemp("demo")
    url = f"sqlite:///{folder / 'rows.db'}"
    batch = batch_rows.begin(url, "examples")
    reader = ReaderProcess(ReaderSetup(url))
    try:
        for scan in SCANS:
            assert reader.read(Job(scan, batch), 600).status in ("done", "review")
    finally:
        reader.close()
    before = Path.cwd()
    os.chdir(folder)
    try:
        demo.OUTPUT.mkdir()
        with pytest.MonkeyPatch.context() as patch, (folder / "printed").open("w+", encoding="utf-8") as file:
            patch.setattr("sys.stdout", file)
            patch.setenv("COLUMNS", "80")
            compared = demo.show(Console(), url, SCANS)
            file.seek(0)
            return compared, file.read(), folder
    finally:
        os.chdir(before)


def test_the_examples_are_read_as_they_were_written(shown: tuple[list[Compared], str, Path]) -> None:
    compared, _, _ = shown
    assert {field.file_name for field in compared} == {scan.name for scan in SCANS}
    wrong = [(field.file_name, field.field) for field in compared if not field.exact]
    assert len(wrong) <= len(compared) // 50, wrong
    assert not [field.field for field in compared if field.status == "accepted" and not field.exact]
    accepted = sum(field.status == "accepted" for field in compared)
    assert accepted >= 0.85 * len(compared)


def test_the_summary_of_the_demo_is_not_scrolled_away(shown: tuple[list[Compared], str, Path]) -> None:
    compared, printed, folder = shown
    assert len(printed.splitlines()) <= 60
    assert f"of {len(compared)} fields exact" in printed.splitlines()[-2] + printed.splitlines()[-1]
    with (folder / demo.OUTPUT / "fields.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == len(compared) + 1


def test_amounts_have_two_decimals_wherever_they_are_shown(shown: tuple[list[Compared], str, Path]) -> None:
    compared, printed, folder = shown
    rows = list(csv.DictReader((folder / demo.OUTPUT / "fields.csv").open(encoding="utf-8", newline="")))
    amounts = {field.field for field in compared if field.kind in ("amount", "amount_words")}
    assert amounts >= {"amount", "total"}
    assert all(
        re.fullmatch(r"\d+\.\d\d", row["read"]) for row in rows if row["field"] in amounts and row["read"]
    )
    assert not re.search(r"│ *\d+(\.\d)? *│", printed.partition("Fields that were")[0])


def test_the_overview_is_drawn_with_nothing_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = ROOT / "scripts" / "make_overview.py"
    picture = tmp_path / "overview.png"
    monkeypatch.setattr(
        "sys.argv", ["make_overview.py", str(demo.EXAMPLES / "cheque-single.pdf"), str(picture)]
    )
    runpy.run_path(str(script), run_name="__main__")
    drawn = np.asarray(Image.open(picture).convert("L"))
    for edge in (drawn[:10], drawn[-10:], drawn[:, :10], drawn[:, -10:]):
        assert edge.min() == 255
    assert np.asarray(Image.open(script.parents[1] / "docs" / "overview.png")).shape[:2] == drawn.shape
