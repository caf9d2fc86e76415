"""Which language model a page is read with."""

import pytest

from inkfield.recognizers.language.detect import detect_language

ENGLISH = ["The claim was received in good time and we", "hope to hear from you before the end of the month"]
FRENCH = [
    "Le dossier a été reçu dans les délais et nous",
    "espérons avoir de vos nouvelles avant la fin du mois",
]
GERMAN = [
    "Wünschendorf Schloßvippach Königsbrücker Straße",
    "Hauptstraße Oberweißbach Langewiesen Gräfenroda Platz",
]


@pytest.mark.parametrize(
    ("lines", "language"),
    [(ENGLISH, "english"), (FRENCH, "french"), (GERMAN, None), ([], None), (["total"], None)],
)
def test_a_language_is_told_from_two_lines(lines: list[str], language: str | None) -> None:
    assert detect_language(lines) == language


@pytest.mark.parametrize(("lines", "language"), [(ENGLISH, "english"), (FRENCH, "french")])
def test_misread_letters_do_not_hide_the_language(lines: list[str], language: str) -> None:
    misread = [line.replace("h", "b", 1).replace("r", "v", 1) for line in lines]
    assert detect_language(misread) == language


def test_figures_and_codes_have_no_language() -> None:
    assert detect_language(["12 345.00 99-A 17", "AB 4455 XZ 90 KL 12", "FR 76 3000 4000"] * 4) is None
