"""`inkfield tune` with the real thing on a small scale: pages of one hand, the curve, the weights, and refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner, Result

from inkfield.flows.commands.cli import app
from inkfield.lab.learning import judge, teach, tune
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.recognizers.synthesis.render import render_line
from inkfield.recognizers.synthesis.texts import random_text
from inkfield.recognizers.training.data.labelled_folder import write_labelled_folder


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds, where an archive takes minutes."""
    torch.set_num_threads(1)
    monkeypatch.setattr("os.nice", lambda _: 0)
    few = replace(
        teach.LIMITS, steps=8, columns=2500, pool=10, rendered=0.0, learning_rate=0.0006, average=0.5
    )
    monkeypatch.setattr(teach, "LIMITS", few)
    monkeypatch.setattr(tune, "LIMITS", replace(tune.LIMITS, shares=(0.5, 1.0)))
    monkeypatch.setattr(judge, "LIMITS", replace(judge.LIMITS, rendered=4, forgotten=50.0, sure=0.5))


def pages(folder: Path, count: int, lines: int) -> Path:
    """Pages of lines in one hand, faint and turned upside down: what no network was trained on."""
    random = np.random.default_rng(3)
    pictures = []
    for number in range(count * lines):
        text = random_text(random)[:24].strip()
        picture = render_line(text, random, "hand", held_out=True, hands=UNSEEN_HANDS[:1])
        pictures.append((np.ascontiguousarray(picture[::-1]), "", f"page {number // lines}", text))
    write_labelled_folder(folder, "line", pictures)
    return folder


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["tune", *map(str, arguments)])


def test_pages_become_weights_and_a_curve(tmp_path: Path) -> None:
    target = tmp_path / "ours.safetensors"
    done = call(pages(tmp_path / "truth", 6, 4), "-o", target, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert [point["pages"] for point in found["curve"]] == [0, 2, 4]
    assert (found["kept_pages"], found["kept_lines"]) == (2, 8)
    assert found["curve"][-1]["cer"] < found["curve"][0]["cer"]
    assert load_recognizer(str(target)).read([np.full((40, 200), 255, np.uint8)])
    table = target.with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
    assert table[0] == "pages\tlines\tcer" and len(table) == 4
    assert target.with_suffix(".png").read_bytes()[1:4] == b"PNG"
    assert call(tmp_path / "truth", "-o", target).exit_code == 2  # nothing is overwritten


def test_weights_that_are_no_better_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teach, "LIMITS", replace(teach.LIMITS, steps=1, learning_rate=1e-12))
    monkeypatch.setattr(tune, "LIMITS", replace(tune.LIMITS, shares=(1.0,)))
    done = call(pages(tmp_path / "truth", 5, 2), "-o", tmp_path / "ours.safetensors")
    assert done.exit_code == 3 and "Not written: " in done.stdout
    assert not (tmp_path / "ours.safetensors").exists()


def test_too_few_pages_and_wrong_calls_are_told(tmp_path: Path) -> None:
    done = call(pages(tmp_path / "truth", 4, 1), "-o", tmp_path / "ours.safetensors")
    assert done.exit_code == 3 and "has 4 pages" in done.stderr
    assert call(tmp_path / "truth", "-o", tmp_path / "ours.bin").exit_code == 2
    (tmp_path / "empty").mkdir()
    done = call(tmp_path / "empty", "-o", tmp_path / "ours.safetensors")
    assert done.exit_code == 2 and "no data set" in done.stderr
