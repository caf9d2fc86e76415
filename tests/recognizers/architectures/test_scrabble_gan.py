"""The writer of the survey: it learns, writes any text in any style, and what it writes can be trained on."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.architectures.scrabble_gan import Discriminator, Generator
from inkfield.recognizers.architectures.trainable import make_batch
from inkfield.recognizers.architectures.writer import load_writer, thicken
from inkfield.recognizers.normalise import normalise
from inkfield.recognizers.training.data.folder import read_lines
from inkfield.recognizers.training.model_recipe import ModelRecipe
from inkfield.recognizers.training.writer_learner import WriterLearner, balanced
from inkfield.recognizers.weights_file import write_weights

TEXTS = ["on", "tot", "a"]


def small(**changed: object) -> ModelRecipe:
    arguments = {"style": 4, "width": 8}
    return ModelRecipe.model_validate(
        {"model": "scrabble_gan", "arguments": arguments, "minutes": 1, "learning_rate": 0.001, **changed}
    )


def picture(text: str) -> np.ndarray:
    page = np.full((40, 20 + 20 * len(text)), 240, np.uint8)
    cv2.putText(page, text, (8, 28), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2)
    return page


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[WriterLearner, Path]:
    """A few steps, with unlabelled pictures, and its weights file."""
    folder = tmp_path_factory.mktemp("writer")
    (folder / "unlabelled").mkdir()
    cv2.imwrite(str(folder / "unlabelled" / "x.png"), picture("what"))
    torch.manual_seed(1)
    learner = WriterLearner(small(unlabelled=[folder / "unlabelled"]))
    batch = make_batch([normalise(picture(t)) for t in TEXTS], [DEFAULT.encode(t) for t in TEXTS])
    for _ in range(3):
        assert torch.isfinite(learner.step(batch, 0.001))
    write_weights(folder / "weights.safetensors", learner.stored())
    return learner, folder / "weights.safetensors"


def test_all_three_networks_learn_and_a_run_goes_on_where_it_was(trained: tuple[WriterLearner, Path]) -> None:
    learner, _ = trained
    torch.manual_seed(1)
    fresh = WriterLearner(small())
    for name, network in learner.networks.items():
        for now, before in zip(network.parameters(), fresh.networks[name].parameters(), strict=True):
            assert now.grad is not None and not now.equal(before), name
    fresh.restore(learner.state())
    for name, tensor in fresh.stored().tensors.items():
        assert tensor.equal(learner.stored().tensors[name])


def test_a_text_is_as_wide_as_it_is_long_and_a_style_is_a_number(trained: tuple[WriterLearner, Path]) -> None:
    writer = load_writer(trained[1])
    word = writer.write("tot", 7)
    assert word.shape == (32, 48) and word.dtype == np.uint8
    assert writer.write("on at", 7).shape == (32, 2 * 32 + 10)
    assert (writer.write("tot", 7) == word).all() and (writer.write("tot", 8) != word).any()
    with pytest.raises(ValueError, match="漢"):
        writer.write("漢", 1)


def test_padding_and_neighbours_in_the_batch_change_no_word() -> None:
    torch.manual_seed(2)
    generator, styles = Generator(10, 4, 8).eval(), torch.randn(2, 4)
    with torch.inference_mode():
        both = generator(torch.tensor([[1, 2, 0], [3, 4, 5]]), torch.tensor([2, 3]), styles)
        alone = generator(torch.tensor([[1, 2]]), torch.tensor([2]), styles[:1])
    assert both[0, :, :, :32].allclose(alone[0], atol=1e-6) and not both[0, :, :, 32:].any()


def test_thicker_strokes_are_thicker() -> None:
    ink = np.zeros((32, 40), np.float32)
    ink[:, 18:21] = 1
    widths = [thicken(ink, thickness).sum(1).mean() for thickness in (0.5, 1.0, 2.0)]
    assert widths[0] < widths[1] == 3 < widths[2]


def test_neither_loss_drowns_the_other() -> None:
    torch.manual_seed(5)
    ink = torch.rand(2, 1, 32, 32, requires_grad=True)
    looks = -Discriminator(8)(ink).mean()
    by_looks = torch.autograd.grad(looks, ink, retain_graph=True)[0]
    by_text = balanced(ink, looks, 1e6 * (ink**2).sum()) - by_looks
    assert float(by_text.std()) == pytest.approx(float(by_looks.std()), rel=1e-3)


def test_sheets_and_data_sets_are_written_from_the_command_line(
    trained: tuple[WriterLearner, Path], tmp_path: Path
) -> None:
    def run(*words: str) -> int:
        return CliRunner().invoke(app, ["generate", *words, "--weights", str(trained[1])]).exit_code

    sheet, folder = tmp_path / "sheet.png", tmp_path / "set"
    assert run("on", "tot", "--style", "3", "--thickness", "1.5", "-o", str(sheet)) == 0
    assert cv2.imread(str(sheet)).shape[0] >= 32
    assert run("on", "tot", "--count", "5", "-o", str(folder)) == 0
    lines = list(read_lines(folder, "train"))
    assert [line.text for line in lines] == ["on", "tot", "on", "tot", "on"]
    assert all(line.read().shape[0] == 32 for line in lines)
    assert run("漢", "-o", str(sheet)) == 2 and run("-o", str(sheet)) == 2
    gone = CliRunner().invoke(app, ["generate", "on", "--weights", str(tmp_path / "none.safetensors")])
    assert gone.exit_code == 2
