"""Training the networks of the survey from the command line, on words that the test draws."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from typer.testing import CliRunner, Result

from inkfield.flows.commands.cli import app
from inkfield.recognizers.training.data.folder import read_lines
from inkfield.recognizers.training.model_recipe import ModelRecipe
from inkfield.recognizers.training.paragraph_images import write_paragraphs
from inkfield.recognizers.training.word_images import write_word_images
from inkfield.recognizers.training.word_source import WordSource, read_pictures

WORDS = ["one", "two", "ten", "six"]
SMALL = {
    "model": "convolve_attend_spell",
    "arguments": {"channels": [4, 4, 8, 8], "hidden": 8},
    "minutes": 1,
    "learning_rate": 0.003,
    "batch": 4,
    "pool": 8,
}


def draw(text: str) -> np.ndarray:
    page = np.full((60, 30 + 26 * len(text)), 240, np.uint8)
    cv2.putText(page, text, (12, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 20, 2)
    return page


def write_data(folder: Path, texts: Sequence[str]) -> Path:
    """The last two pictures are of validation hands."""
    (folder / "images").mkdir(parents=True)
    rows = ["id\tsplit\tpage_or_writer\ttext"]
    for number, text in enumerate(texts):
        cv2.imwrite(str(folder / "images" / f"{number}.png"), draw(text))
        split = "val" if number >= len(texts) - 2 else "train"
        rows.append(f"{number}\t{split}\t{split}{number % 2}\t{text}")
    (folder / "labels.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data") / "drawn", WORDS * 3)


def inkfield(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_model_trains_goes_on_and_is_evaluated(data: Path, tmp_path: Path) -> None:
    recipe, run = tmp_path / "small.yaml", tmp_path / "run"
    recipe.write_text(yaml.safe_dump(SMALL))
    call = ("train", "--model", SMALL["model"], "--recipe", recipe, "--data", data, "--run", run)
    for _ in range(2):
        assert inkfield(*call, "--at-most", 0.004).exit_code == 0
    log = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert 0 < log[0]["steps"] < log[-1]["steps"] and log[-1]["cer"] >= 0
    recipe.write_text(yaml.safe_dump({**SMALL, "arguments": {"hidden": 12}}))
    assert "another network" in inkfield(*call).stderr
    done = inkfield("evaluate", "--lines", data, "--weights", run / "weights.safetensors", "--json")
    assert done.exit_code == 0 and json.loads(done.stdout)["lines"] == 2


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("--model", "abacus"), "transformer"),
        (("--model", "transformer", "--processes", "2"), "--data"),
        (("--run", "x"), "--recipe"),
    ],
)
def test_a_wrong_call_is_told_what_is_there(data: Path, call: tuple[str, ...], said: str) -> None:
    done = inkfield("train", "--data", data, *call)
    assert done.exit_code == 2 and said in done.output + done.stderr


def test_lines_and_paragraphs_come_when_their_time_has_come(data: Path) -> None:
    recipe = ModelRecipe.model_validate({**SMALL, "lines_after": 5, "paragraphs_after": 9})
    source = WordSource(recipe, read_pictures([data], "train"))
    rng, seen = np.random.default_rng(1), {}
    for minutes in (0, 6, 10):
        source.minutes = minutes
        batches = source.batches(rng)
        drawn = [next(batches) for _ in range(6)]
        seen[minutes] = ({b.images.shape[2] for b in drawn}, max(int(b.lengths.max()) for b in drawn))
    assert seen[0] == ({48}, 3)
    assert seen[6] == ({48}, 7)
    assert seen[10][0] == {48, 96} and seen[10][1] > 7


def test_words_are_cut_from_lines_and_paragraphs_set_from_words(tmp_path: Path) -> None:
    lines = write_data(tmp_path / "lines", ["nine men", "two hats", "one man", "ten cats"])
    assert write_word_images([lines], tmp_path / "words") >= 6
    cut = list(read_lines(tmp_path / "words"))
    assert {line.text for line in cut} <= set(["nine", "men", "two", "hats", "one", "man", "ten", "cats"])
    assert {line.split for line in cut} == {"train", "val"}
    assert all(line.hand.startswith(f"lines/{line.split}") for line in cut)
    write_paragraphs(tmp_path / "words", tmp_path / "paragraphs", 3)
    paragraphs = list(read_lines(tmp_path / "paragraphs", "val"))
    assert len(paragraphs) == 3
    for paragraph in paragraphs:
        assert paragraph.read().shape[0] == 96
        assert set(paragraph.text.split()) <= set(["one", "man", "ten", "cats"])
