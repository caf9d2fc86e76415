from itertools import islice

import pytest

from inkfield.pipeline.fields.kinds.amount_words import parse_amount_words
from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.language import corpora
from inkfield.recognizers.language.build import RECIPES, build
from inkfield.recognizers.language.model import load_language


@pytest.mark.parametrize(
    "draw", [corpora.person_names, corpora.addresses, corpora.codes, corpora.amounts_in_words]
)
def test_corpora_are_writable_varied_and_always_the_same(draw):
    lines = list(draw(300))
    assert len(set(lines)) > 200
    assert all(line and DEFAULT.covers(line) for line in lines)
    assert lines == list(draw(300))


def test_amounts_of_the_corpus_are_amounts():
    assert all(parse_amount_words(line) for line in islice(corpora.amounts_in_words(200), 200))


def test_builds_a_model_of_sentences_that_loads(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text(
        "".join(f"the {a} saw the {b}\n" for a in ("cat", "dog", "cow") for b in ("hen", "fox")) * 20
    )
    build("english", [text], tmp_path)
    language = load_language("english", folder=tmp_path)
    assert "saw" in language.vocabulary
    assert language.log_probability("the cat saw the fox") > language.log_probability("fox the saw cat the")


def test_a_model_elsewhere_is_loaded_by_its_path(tmp_path):
    build("codes", [], tmp_path)
    assert load_language(str(tmp_path / "codes")).unit == "character"


def test_english_needs_text(tmp_path):
    assert RECIPES["english"].text is None
    with pytest.raises(ValueError, match="--text"):
        build("english", [], tmp_path)


def test_whole_names_are_worth_more_than_their_letters():
    names = load_language("names")
    assert names.known_words("Ravi KUMAR, B.") == 2 * names.known > 0
    assert names.known_words("Rivu Kumur") == 0.0
    assert load_language("codes").known_words("AB 1234") == 0.0
