"""Recipes: the shipped ones are read, and what is misspelt in one is named."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.recognizers.training import recipe as module
from inkfield.recognizers.training.recipe import RecipeError, load_recipe

RECIPES = sorted(Path(module.__file__).parent.glob("recipe*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_the_shipped_recipes_are_read(path: Path) -> None:
    recipe = load_recipe(path)
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert recipe.model_dump(mode="json", include=set(written)) == written
    assert recipe.networks["weights"].hidden == 192


def _changed(tmp_path: Path, **changed: object) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(RECIPES[0].read_text()), **changed}), encoding="utf-8")
    return path


def test_a_misspelt_key_is_an_error_that_names_key_and_file(tmp_path: Path) -> None:
    path = _changed(tmp_path, rendered_shares=0.5)
    with pytest.raises(RecipeError, match=r"mine\.yaml: rendered_shares: there is no such key"):
        load_recipe(path)
    done = CliRunner().invoke(app, ["train", "--recipe", str(path), "--run", str(tmp_path / "run")])
    assert done.exit_code == 2 and "rendered_shares" in done.output + done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"augmentation": [0.5]}, "augmentation"),
        ({"capitals_share": 1.5}, "capitals_share"),
        ({"networks": {"wide": {"hiden": 256}}}, r"networks\.wide\.hiden"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_its_key(
    tmp_path: Path, changed: dict[str, object], named: str
) -> None:
    with pytest.raises(RecipeError, match=named):
        load_recipe(_changed(tmp_path, **changed))


@pytest.mark.parametrize("text", ["a: [", "just words", ""])
def test_a_file_that_is_no_recipe_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match=r"other\.yaml"):
        load_recipe(path)
