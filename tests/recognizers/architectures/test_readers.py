"""The readers of the survey: each learns, reads the same in any batch, and answers every question of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from inkfield.recognizers.alphabet import DEFAULT, Alphabet
from inkfield.recognizers.architectures.convolve_attend_spell import ConvolveAttendSpell
from inkfield.recognizers.architectures.mdlstm import MDLSTM
from inkfield.recognizers.architectures.paragraph import count_lines
from inkfield.recognizers.architectures.spelling_model import SpellingModel, SpellingOutput
from inkfield.recognizers.architectures.trainable import make_batch, stack_images
from inkfield.recognizers.grammars.automaton import from_strings
from inkfield.recognizers.line_model import LineModel
from inkfield.recognizers.normalise import normalise
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.model_recipe import ModelRecipe, load_model_recipe, model_names
from inkfield.recognizers.training.reader_learner import NETWORKS, ReaderLearner
from inkfield.recognizers.weights_file import write_weights

pytestmark = pytest.mark.slow
WORDS = ["on", "at", "to", "no", "ox", "us", "ah", "me", "hm", "oo"]
SMALL: dict[str, dict[str, Any]] = {
    "convolve_attend_spell": {"channels": [6, 8, 12, 16], "hidden": 48, "ctc": 0.5, "dropout": 0.0},
    "mdlstm": {"sizes": [6, 32], "windows": [8], "dropout": 0.0},
    "scan_attend_read": {
        "sizes": [4, 24],
        "windows": [8],
        "hidden": 64,
        "ctc": 1.0,
        "smoothing": 0.0,
        "dropout": 0.0,
    },
    "transformer": {"channels": [6, 8, 12, 16], "size": 64, "layers": 1},
}
RATES = {"convolve_attend_spell": 0.008, "mdlstm": 0.01, "scan_attend_read": 0.014, "transformer": 0.004}
MOST_STEPS = 240
READERS = sorted(SMALL)
SPELLERS = ["convolve_attend_spell", "scan_attend_read", "transformer"]


def draw(text: str) -> np.ndarray:
    """A word in narrow print, grey uint8."""
    page = np.full((40, 20 + 20 * len(text)), 240, np.uint8)
    cv2.putText(page, text, (8, 28), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2)
    return cv2.resize(page, (page.shape[1] // 3, 40), interpolation=cv2.INTER_AREA)


def recipe(model: str) -> ModelRecipe:
    return ModelRecipe(model=model, arguments=SMALL[model], minutes=1, learning_rate=RATES[model], ema=0.8)


def load(learner: ReaderLearner, folder: Path) -> LineModel:
    """By way of a weights file."""
    path = folder / f"{learner.recipe.model}{learner.steps}.safetensors"
    write_weights(path, learner.stored())
    return load_recognizer(str(path))


def read(model: LineModel) -> list[str]:
    return [output.best().text for output in model.read([draw(word) for word in WORDS])]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, LineModel]:
    """Each reader, when it has learnt the ten words by heart or its steps are over."""
    folder = tmp_path_factory.mktemp("weights")
    images = [normalise(draw(word)) for word in WORDS]
    batch = make_batch(images, [DEFAULT.encode(word) for word in WORDS])
    found = {}
    for name in READERS:
        torch.manual_seed(2)
        learner = ReaderLearner(recipe(name))
        while True:
            learner.step(batch, RATES[name])
            if learner.steps >= 50 and learner.steps % 10 == 0:
                found[name] = load(learner, folder)
                if read(found[name]) == WORDS or learner.steps == MOST_STEPS:
                    break
    return found


def speller(models: Mapping[str, LineModel], name: str) -> SpellingModel:
    model = models[name]
    assert isinstance(model, SpellingModel)
    return model


@pytest.mark.parametrize("name", READERS)
def test_ten_words_are_learnt_by_heart_and_read_with_the_weights_file(
    models: Mapping[str, LineModel], name: str
) -> None:
    assert read(models[name]) == WORDS


@pytest.mark.parametrize("name", READERS)
def test_what_else_is_in_the_batch_changes_nothing(models: Mapping[str, LineModel], name: str) -> None:
    model, wide = models[name], np.hstack([draw("on")] * 5)
    alone = [model.read([crop])[0] for crop in (draw("to"), draw("oo"))]
    beside = model.read([draw("to"), wide, draw("oo")])
    for one, other in zip(alone, [beside[0], beside[2]], strict=True):
        assert one.score(WORDS) == pytest.approx(other.score(WORDS), abs=1e-3)
        assert one.best().text == other.best().text


@pytest.mark.parametrize("name", READERS)
def test_every_weight_has_a_part_in_the_loss(name: str) -> None:
    network = NETWORKS[name](len(DEFAULT), **SMALL[name])
    images = [normalise(draw(word)) for word in WORDS[:3]]
    network.loss(make_batch(images, [DEFAULT.encode(word) for word in WORDS[:3]])).backward()
    idle = [n for n, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not idle


@pytest.mark.parametrize("name", SPELLERS)
def test_the_attention_to_a_character_sums_to_one_within_the_picture(
    models: Mapping[str, LineModel], name: str
) -> None:
    network = speller(models, name).network
    images, widths = stack_images([normalise(draw(word)) for word in ("on", "on on on")])
    memory = network.encode(images, widths)
    state, previous = network.start(memory), torch.full((2,), network.classes)
    for character in DEFAULT.encode("on"):
        _, attention, state = network.step(memory, state, previous)
        assert attention.sum((1, 2)).tolist() == pytest.approx([1.0, 1.0], abs=1e-5)
        assert not attention[~memory.mask].any()
        previous = torch.full((2,), character)


@pytest.mark.parametrize("name", SPELLERS)
def test_a_speller_answers_what_the_pipeline_asks(models: Mapping[str, LineModel], name: str) -> None:
    output = speller(models, name).read([draw("to")])[0]
    best = output.best()
    assert output.score([best.text, "zz", "t漢"])[0] == pytest.approx(best.log_probability, abs=1e-4)
    assert output.score(["to"])[0] > output.score(["no"])[0] and output.score(["漢"])[0] == -np.inf
    ranked = output.n_best(None, 5)
    assert ranked[0].text == "to" and ranked == sorted(ranked, key=lambda one: -one.log_probability)
    assert output.n_best("english", 3, frozenset({"to"}))[0].text == "to"
    assert [h.text for h in output.within(from_strings(["no", "me"]))] == ["no", "me"]
    assert output.within(from_strings(["to"], fold_case=True))[0].text == "to"
    assert 0 <= output.doubt < 2
    spans = output.spans("to")
    assert [span.text for span in spans.characters] == ["t", "o"] and spans.words[0].text == "to"
    assert spans.characters[0].left < spans.characters[0].right <= spans.characters[1].right
    assert output.favour_first("n", 30.0).best().text[0] == "n"
    with pytest.raises(KeyError):
        output.spans("漢")


def test_a_beam_without_end_finds_what_trying_every_text_finds() -> None:
    torch.manual_seed(3)
    alphabet = Alphabet("ab")
    network = ConvolveAttendSpell(3, channels=[2, 2, 2, 2], hidden=4).eval()
    images, widths = stack_images([np.full((48, 8), 200, np.uint8)])
    with torch.inference_mode():
        memory = network.encode(images, widths).one(0)
    output = SpellingOutput(SpellingModel("tiny", network, alphabet), memory, np.arange(3.0))
    every = ["".join(c) for length in range(output.longest + 1) for c in product("ab", repeat=length)]
    scores = output.score(every)
    wanted = sorted(zip(scores.tolist(), every, strict=True), reverse=True)
    found = output.beam(len(every))
    assert [one.text for one in found] == [text for _, text in wanted]
    assert [one.log_probability for one in found] == pytest.approx([score for score, _ in wanted])


def test_the_lstm_in_two_dimensions_is_what_nested_loops_make_of_it() -> None:
    torch.manual_seed(4)
    layer, features = MDLSTM(3, 2), torch.randn(2, 3, 4, 3)
    mask = torch.ones(2, 3, 4, dtype=torch.bool)
    mask[1, :, 3:] = False
    assert layer(features, mask).allclose(nested_loops(layer, features, mask), atol=1e-6)


def nested_loops(layer: MDLSTM, features: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Place by place, as Graves and Schmidhuber write it: (N, rows, columns, 4 x size)."""
    count, rows, columns, _ = features.shape
    size = layer.size
    written = torch.zeros(count, rows, columns, 4 * size)
    for n, (direction, (down, right)) in product(range(count), enumerate(product((1, -1), (1, -1)))):
        cells = torch.zeros(rows + 2, columns + 2, size)  # a margin of nothing on all sides
        hidden = torch.zeros(rows + 2, columns + 2, size)
        for r, c in product(range(rows)[::down], range(columns)[::right]):
            if not mask[n, r, c]:
                continue
            above, left = (r + 1 - down, c + 1), (r + 1, c + 1 - right)
            gates = layer.of_input(features[n, r, c]).view(4, -1)[direction]
            gates = gates + torch.cat([hidden[left], hidden[above]]) @ layer.of_past[direction]
            take, keep_left, keep_above, give, new = gates.view(5, size)
            content = take.sigmoid() * new.tanh()
            content = content + keep_left.sigmoid() * cells[left] + keep_above.sigmoid() * cells[above]
            cells[r + 1, c + 1] = content
            hidden[r + 1, c + 1] = give.sigmoid() * content.tanh()
        written[n, :, :, direction * size : (direction + 1) * size] = hidden[1:-1, 1:-1]
    return written


def test_the_lines_of_a_paragraph_are_counted() -> None:
    line = np.hstack([draw("tone"), draw("snow")])
    assert count_lines(line) == 1
    assert count_lines(np.vstack([line, line])) == 2


def test_every_recipe_builds_its_network() -> None:
    readers = [name for name in model_names() if name in NETWORKS]
    assert set(readers) == set(NETWORKS)
    for name in readers:
        recipe = load_model_recipe(name)
        assert recipe.model == name
        ReaderLearner(recipe)
    with pytest.raises(FileNotFoundError, match="transformer"):
        load_model_recipe("abacus")
