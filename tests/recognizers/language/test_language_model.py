import pytest

from inkfield.recognizers.language.model import languages, load_language, tokens


def test_ships_the_models_that_forms_name():
    assert {"names", "address", "codes", "amount_words", "english"} <= set(languages())


def test_an_unknown_model_names_those_there_are():
    with pytest.raises(FileNotFoundError, match="names"):
        load_language("klingon")


def test_words_and_signs_are_apart_and_spaces_are_written():
    assert tokens('He said: "don\'t," 1,250.00!') == [
        "He",
        "said",
        ":",
        '"',
        "don't",
        ",",
        '"',
        "1,250.00",
        "!",
    ]
    assert tokens(" A  b", "character") == ["A", "▁", "b"]


def test_models_prefer_what_their_fields_hold():
    names, english = load_language("names"), load_language("english")
    assert names.log_probability("Ravi Kumar Singh") > names.log_probability("Rxvi Kqmar Sihgn") + 5
    assert english.log_probability("He was not in the house.") > english.log_probability(
        "He saw ton in the hones."
    )
    words = load_language("amount_words")
    assert words.log_probability("Two lakh fifty thousand only") > words.log_probability(
        "fifty only lakh Two thousand"
    )


def test_weights_can_be_set():
    assert load_language("names", alpha=0.1, beta=0.2).alpha == 0.1
    assert load_language("names").alpha != 0.1


def test_models_are_small():
    from inkfield.recognizers.language.model import MODELS

    assert all(path.stat().st_size < 4_000_000 for path in MODELS.glob("*.arpa.gz"))
