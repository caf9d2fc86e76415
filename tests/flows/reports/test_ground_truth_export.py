"""Corrected lines of the archive as ground truth: what comes out is what `inkfield data check` and training take."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import pytest
import yaml
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from inkfield.flows.commands.cli import app
from inkfield.recognizers.training.data.datasets import read_dataset
from inkfield.schemas.archive.browse import find_page
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.store.corrections import correct_line
from tests.support.letters import archived, letter

LINES = ("Dear Mr Mitler", "the harvest was good", "Yours faithfully")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'archive.db'}")


@pytest.fixture
def scan(engine: Engine, tmp_path: Path) -> Path:
    """A letter in the archive of which a person corrected the first line, confirmed the second, and said of the third
    that it is no writing."""
    path, reading = letter(tmp_path / "letters 1897", LINES)
    number = archived(engine, path, reading)
    for line, typed in enumerate(("Dear Mr Miller", LINES[1], ""), start=1):
        correct(engine, number, line, LINES[line - 1], typed)
    return path


def correct(engine: Engine, number: int, line: int, read: str, typed: str) -> None:
    with transaction(engine) as session:
        correct_line(session, find_page(session, number, 1)[1], line, read, typed, "anna")


def call(engine: Engine, *arguments: object) -> Result:
    url = engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(app, ["data", "export", *map(str, arguments), "--db", url])


def check(folder: Path) -> tuple[int, list[str]]:
    done = CliRunner().invoke(app, ["data", "check", str(folder), "--json"])
    return done.exit_code, [one["message"] for one in json.loads(done.stdout)["parts"]["lines"]["defects"]]


@pytest.mark.parametrize("layout", ["alto", "page"])
def test_lines_that_a_person_vouches_for_come_back_with_their_ink(
    engine: Engine, scan: Path, tmp_path: Path, layout: str
) -> None:
    done = call(engine, tmp_path / "truth", "--format", layout)
    assert done.exit_code == 0, done.output
    assert "1 page with 2 lines" in done.stdout
    rows = list(read_dataset(tmp_path / "truth"))
    assert [row.text for row in rows] == ["Dear Mr Miller", LINES[1]]
    ink = cv2.imread(str(scan), cv2.IMREAD_GRAYSCALE)
    x, y, width, height = rows[0].box or (0, 0, 0, 0)
    assert (rows[0].read() == ink[y : y + height, x : x + width]).all() and rows[0].read().min() < 60


def test_the_catalogue_tells_what_a_person_must_fill_in_and_is_then_taken_over(
    engine: Engine, scan: Path, tmp_path: Path
) -> None:
    told = call(engine, tmp_path / "may").stdout
    code, missing = check(tmp_path / "may")
    assert code == 3 and sorted(missing) == ["language is missing", "license is missing", "url is missing"]
    assert all(one in told for one in missing)
    file = tmp_path / "may" / "htr-united.yml"
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert entries["time"] == {"notBefore": "1897", "notAfter": "1897"}
    assert {one["metric"]: one["count"] for one in entries["volume"]} == {
        "pages": 1,
        "lines": 2,
        "characters": 34,
    }
    filled = {"title": "Letters", "language": ["eng"], "url": "https://example.org/letters",
              "license": {"name": "CC-BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}}  # fmt: skip
    file.write_text(yaml.safe_dump(entries | filled), encoding="utf-8")
    assert check(tmp_path / "may") == (0, [])

    path, reading = letter(tmp_path / "1902", ("Miller came at noon",))
    correct(engine, archived(engine, path, reading), 1, "Miller came at noon", "Miller came at night")
    assert call(engine, tmp_path / "june", "--format", "page", "--catalogue", file).exit_code == 0
    assert check(tmp_path / "june") == (0, [])
    later = yaml.safe_load((tmp_path / "june" / "htr-united.yml").read_text(encoding="utf-8"))
    assert (later["title"], later["format"], later["volume"][0]["count"]) == ("Letters", "Page-XML", 2)


def test_a_catalogue_that_is_wrong_is_told_by_its_entries(engine: Engine, scan: Path, tmp_path: Path) -> None:
    call(engine, tmp_path / "truth")
    file = tmp_path / "truth" / "htr-united.yml"
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    wrong = {
        "url": "letters",
        "language": ["english"],
        "license": {"name": "CC0"},
        "time": {"notBefore": 1897},
    }
    entries["volume"][1]["count"] = 20
    file.write_text(yaml.safe_dump(entries | wrong), encoding="utf-8")
    told = "\n".join(check(tmp_path / "truth")[1])
    assert all(
        entry in told
        for entry in ("url is", "language.0 is", "time.notBefore is", "time.notAfter is missing")
    )
    file.write_text("title: [", encoding="utf-8")
    assert check(tmp_path / "truth")[1] == ["htr-united.yml, line 1: no YAML"]


def test_a_catalogue_of_the_first_schema_is_taken(engine: Engine, scan: Path, tmp_path: Path) -> None:
    """As in the README of HTR-United's catalogue."""
    call(engine, tmp_path / "truth")
    (tmp_path / "truth" / "htr-united.yml").write_text(
        """schema: https://htr-united.github.io/schema/2021-10-15/schema.json
title: My Example Dataset
url: http://link.to.repository
authors: [{name: John, surname: Doe, roles: [transcriber]}]
description: A short description of the content of the dataset.
language: [fra]
script: [Latn]
script-type: only-manuscript
time: {notBefore: '1830', notAfter: '1875'}
hands: {count: '1', precision: exact}
license: [{name: CC-BY 4.0, url: 'https://creativecommons.org/licenses/by/4.0/'}]
format: Page-XML
volume: [{metric: pages, count: 1}, {metric: lines, count: 3}]
""",
        encoding="utf-8",
    )
    assert check(tmp_path / "truth")[1] == ["volume tells 3 lines, the files have 2 with a text"]


def test_a_scan_that_is_gone_or_another_file_is_named_and_the_others_are_written(
    engine: Engine, scan: Path, tmp_path: Path
) -> None:
    for folder in ("1902", "1903"):
        path, reading = letter(tmp_path / folder, (f"Miller came in {folder}",))
        correct(engine, archived(engine, path, reading), 1, f"Miller came in {folder}", "Miller came")
    scan.unlink()
    shutil.copy(tmp_path / "1902" / "letter.png", tmp_path / "1903" / "letter.png")
    done = call(engine, tmp_path / "truth")
    assert done.exit_code == 3 and done.stderr.count("letter.png, page 1: the scan is no longer") == 2
    assert [row.text for row in read_dataset(tmp_path / "truth")] == ["Miller came"]


def test_a_folder_in_use_and_an_archive_without_corrections_are_refused(
    engine: Engine, tmp_path: Path
) -> None:
    done = call(engine, tmp_path / "truth")
    assert done.exit_code == 2 and "no line of the archive is corrected" in done.stderr
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("keep")
    done = call(engine, tmp_path / "notes")
    assert done.exit_code == 2 and "not empty" in done.stderr
