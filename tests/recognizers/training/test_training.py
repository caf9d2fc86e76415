"""A real, tiny training: on words that the test draws, in the layout of the data sets."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from inkfield.lab.evaluate.line_errors import evaluate_lines
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.synthesis.fonts import BUNDLED
from inkfield.recognizers.training.batches import collate, fits
from inkfield.recognizers.training.data.folder import read_lines
from inkfield.recognizers.training.export import export
from inkfield.recognizers.training.pack import pack
from inkfield.recognizers.training.parallel import Group, run_processes
from inkfield.recognizers.training.recipe import load_recipe
from inkfield.recognizers.training.trainer import Trainer, train
from inkfield.recognizers.training.training_lines import is_figures, training_lines
from inkfield.recognizers.weights_file import StoredNetwork, read_weights, write_weights
from tests.support.recipes import recipe

WORDS = ["one", "two", "ten", "six", "net", "tin"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "drawn"
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(1)
    rows = ["id\tsplit\tpage_or_writer\ttext"]
    for i in range(60):
        text = WORDS[i % len(WORDS)]
        page = np.full((70, 40 + 40 * len(text)), 240, np.uint8)
        cv2.putText(page, text, (12, 48), cv2.FONT_HERSHEY_SIMPLEX, rng.uniform(1.2, 1.5), 20, 3)
        cv2.imwrite(str(folder / "images" / f"l{i}.png"), page)
        rows.append(f"l{i}\t{'val' if i >= 48 else 'train'}\thand{i % 3}\t{text}")
    (folder / "labels.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path / "data"


def _log(run: Path) -> list[dict]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


def test_training_learns_and_goes_on_where_it_was_cut_off(data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    Trainer(recipe(data, 55), run).train()
    again = Trainer(recipe(data, 165), run)
    assert again.steps == 55 == _log(run)[-1]["steps"]
    again.train()
    losses = [entry["loss"] for entry in _log(run) if "loss" in entry]
    assert losses[-1] < 0.8 * losses[0]
    recognizer = load_recognizer(str(run / "weights.safetensors"))
    evaluation = evaluate_lines(read_lines(data / "drawn", "val"), recognizer)
    assert evaluation.summary()["lines"] == 12
    assert len(evaluation.by_hand()) == 3


def test_two_networks_train_on_the_same_lines(data: Path, tmp_path: Path) -> None:
    networks = {"narrow": {"hidden": 32}, "wide": {"hidden": 64}}
    Trainer(recipe(data, 3, networks=networks), tmp_path).train()
    assert {entry["network"] for entry in _log(tmp_path) if "network" in entry} == {"narrow", "wide"}
    assert read_weights(tmp_path / "narrow.safetensors").tensors["head.weight"].shape[1] == 64
    assert load_recognizer(str(tmp_path / "narrow.safetensors")).name == "narrow"


def test_training_stops_by_the_clock_and_is_saved(data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    Trainer(recipe(data, None, minutes=60), run).train(at_most=0.001)
    assert _log(run)[-1]["steps"] >= 1 and (run / "checkpoint.pt").exists()
    Trainer(recipe(data, None, minutes=0.001), run).train()  # all its minutes are used
    assert _log(run)[-1]["steps"] == _log(run)[0]["steps"]


def test_two_processes_train_one_network(data: Path, tmp_path: Path) -> None:
    run_processes(2, train, recipe(data, 4), tmp_path / "run")
    assert [set(entry) >= {"steps", "drawn"} for entry in _log(tmp_path / "run")] == [
        True
    ]  # one speaks for both
    state = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert state["steps"] == 4


def test_gradients_are_averaged_over_the_processes(tmp_path: Path) -> None:
    run_processes(2, _average, tmp_path)
    assert [float((tmp_path / f"{rank}").read_text()) for rank in (0, 1)] == [1.5, 1.5]


def _average(folder: Path) -> None:
    group, weight = Group(), torch.nn.Parameter(torch.zeros(3))
    weight.grad = torch.full((3,), 1.0 + group.rank)
    group.average_gradients([weight])
    (folder / str(group.rank)).write_text(str(float(weight.grad[2])))


def test_hands_that_write_in_capitals_are_labelled_so(data: Path) -> None:
    lines = list(training_lines(data / "drawn", ["hand1"]))
    assert {line.text for line in lines if line.hand == "hand1"} == {"TWO", "NET"}
    assert {line.text for line in lines if line.hand != "hand1"} == {"one", "ten", "six", "tin"}


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("1945.", True),
        ("10 000$", True),
        ("7 Avril 1905", True),
        ("7 December 1905", False),
        ("3 le", False),
        ("two", False),
    ],
)
def test_lines_for_the_network_of_figures_are_mostly_digits(text: str, figures: bool) -> None:
    assert is_figures(text) is figures


def test_a_line_too_short_for_its_text_is_left_out() -> None:
    assert not fits(np.zeros((48, 16), np.uint8), [1, 1, 1, 2])
    assert fits(np.zeros((48, 16), np.uint8), [1, 1])


def test_batches_are_padded_with_paper() -> None:
    images, columns, labels, lengths = collate(
        [(np.full((48, 18), 255, np.uint8), [1]), (np.ones((48, 40), np.uint8), [2, 3])]
    )
    assert images.shape == (2, 1, 48, 40) and images[0, 0, :, 18:].max() == 0
    assert columns.tolist() == [5, 10] and labels.tolist() == [1, 2, 3] and lengths.tolist() == [1, 2]


def test_a_packed_run_trains_with_nothing_but_the_pack(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKFIELD_FONTS", str(BUNDLED))
    size = pack(recipe(data, 4), tmp_path / "pack", minutes=0.03, texts=50)
    assert size < 20e6
    shutil.rmtree(data)
    monkeypatch.setenv("INKFIELD_FONTS", str(tmp_path / "pack" / "fonts"))
    packed = load_recipe(tmp_path / "pack" / "recipe.yaml")
    changed = {"rendered_share": 0.5, "columns_per_batch": 1200, "pool": 16, "loaders": 0}
    small = packed.model_copy(update=changed)
    Trainer(small, tmp_path / "run").train()
    assert (tmp_path / "run" / "weights.safetensors").exists()


def test_the_mean_of_several_runs_is_handed_out(tmp_path: Path) -> None:
    for number, value in enumerate((1.0, 2.0, 6.0)):
        tensors = {"w": torch.full((3,), value), "n": torch.tensor(number)}
        write_weights(tmp_path / f"{number}.safetensors", StoredNetwork("crnn", {"hidden": 8}, tensors))
    written = export([tmp_path / f"{k}.safetensors" for k in range(3)], "mean", tmp_path)
    stored = read_weights(written)
    mean = stored.tensors
    assert (stored.architecture, stored.arguments) == ("crnn", {"hidden": 8})
    assert mean["w"].tolist() == [3.0, 3.0, 3.0] and mean["w"].dtype == torch.float16
    assert int(mean["n"]) == 2


def test_only_weights_of_one_network_have_a_mean(tmp_path: Path) -> None:
    for hidden in (8, 16):
        stored = StoredNetwork("crnn", {"hidden": hidden}, {"w": torch.zeros(hidden)})
        write_weights(tmp_path / f"{hidden}.safetensors", stored)
    with pytest.raises(ValueError, match="different networks"):
        export([tmp_path / f"{hidden}.safetensors" for hidden in (8, 16)], "mean", tmp_path)
