"""`inkfield evaluate` on line folders that the test renders, with the shipped weights."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.lab.calibrate.evaluate_confidence import cheque_reliability
from inkfield.lab.evaluate.evaluate_cheques import ChequeEvaluation, Judged, canonical
from inkfield.lab.evaluate.line_errors import Evaluation, LineResult
from inkfield.recognizers.synthesis.render import render_line
from inkfield.recognizers.training.data.folder import LabelledLine
from tests.support import data_trees


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lines")
    (folder / "images").mkdir()
    rng = np.random.default_rng(5)
    rows = ["id\tsplit\tpage_or_writer\ttext"]
    for i, text in enumerate(
        ["Seventy five thousand", "12,45,000/-", "Ravi Kumar", "invoice number 3378", "Anna"]
    ):
        cv2.imwrite(str(folder / "images" / f"l{i}.png"), render_line(text, rng, "typed"))
        rows.append(f"l{i}\tval\thand{i % 2}\t{text}")
    (folder / "labels.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("decoder", ["greedy", "beam", "lm"])
def test_json_has_the_keys_that_scripts_rely_on(lines: Path, decoder: str) -> None:
    done = CliRunner().invoke(app, ["evaluate", "--lines", str(lines), "--decoder", decoder, "--json"])
    assert done.exit_code == 0
    figures = json.loads(done.stdout)
    assert {"lines", "characters", "cer", "wer", "ms_per_line"} <= set(figures)
    assert set(figures["details"]["by_writer"]) == {"hand0", "hand1"}
    assert sum(group["lines"] for group in figures["details"]["by_length"].values()) == 5
    assert figures["lines"] == 5
    assert figures["cer"] < 25  # print that the weights were trained for


def test_worst_lines_become_a_picture(lines: Path, tmp_path: Path) -> None:
    picture = tmp_path / "worst.png"
    done = CliRunner().invoke(app, ["evaluate", "--lines", str(lines), "--worst", str(picture)])
    assert done.exit_code == 0
    assert cv2.imread(str(picture)) is not None


@pytest.mark.parametrize("arguments", [[], ["--lines", "."], ["--lines", ".", "--cheques", "."]])
def test_a_wrong_call_says_so(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["evaluate", *arguments]).exit_code == 2


def test_published_data_sets_are_read_too(tmp_path: Path) -> None:
    rimes = data_trees.rimes_words_tree(tmp_path / "rimes")
    done = CliRunner().invoke(app, ["evaluate", "--lines", str(rimes), "--unit", "words", "--json"])
    assert (done.exit_code, json.loads(done.stdout)["lines"]) == (0, 1)
    done = CliRunner().invoke(app, ["evaluate", "--lines", str(rimes), "--unit", "words", "--split", "dev"])
    assert done.exit_code == 2
    assert "its splits are: test, train, val" in done.stderr


def test_a_picture_that_is_missing_is_named(lines: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.tsv").write_text((lines / "labels.tsv").read_text())
    done = CliRunner().invoke(app, ["evaluate", "--lines", str(tmp_path)])
    assert done.exit_code == 2
    assert "l0.webp is missing" in done.stderr


def test_calibration_is_drawn_and_told(lines: Path, tmp_path: Path) -> None:
    picture = tmp_path / "calibration.png"
    call = ["evaluate", "--lines", str(lines), "--calibration", str(picture), "--json"]
    figures = json.loads(CliRunner().invoke(app, call).stdout)["details"]["calibration"]
    assert set(figures) == {"line", "word", "text"}
    assert figures["line"]["readings"] == 5
    assert cv2.imread(str(picture)) is not None
    assert "accepted at 0.9" in CliRunner().invoke(app, call[:-1], env={"COLUMNS": "140"}).stdout


def test_confidence_of_cheques_counts_a_value_where_there_is_none_as_wrong(tmp_path: Path) -> None:
    judged = [Judged("1.00", "1.00", True, 0.95), Judged("review", "review", False, 0.4)]
    found = cheque_reliability({"amount": judged}, tmp_path / "cheques.png")["amount"]
    assert (found.at(0.9).read_rate, found.at(0.9).error_rate) == (0.5, 0.0)
    assert (found.at(0.3).read_rate, found.at(0.3).error_rate) == (1.0, 0.5)
    assert cv2.imread(str(tmp_path / "cheques.png")) is not None


def test_error_rates_count_what_the_standard_counts() -> None:
    line = LabelledLine(Path("x.png"), "ab cd", "h")
    evaluation = Evaluation([LineResult(line, "ab cx", 1, 1), LineResult(line, "ab cd", 0, 0)], 0.5)
    assert evaluation.summary() == {
        "lines": 2,
        "characters": 10,
        "cer": 10.0,
        "wer": 25.0,
        "ms_per_line": 250.0,
    }
    assert evaluation.confusions() == [("d", "x", 1)]


def test_cheque_figures() -> None:
    evaluation = ChequeEvaluation(
        {"amount": [Judged("1.00", "1.00", True, 1), Judged("2.00", "3.00", True, 1)]}
    )
    evaluation.cheques, evaluation.posted, evaluation.posted_wrong = 2, 2, 1
    summary = evaluation.summary()
    assert summary["amount"]["exact_rate"] == 0.5
    assert summary["amount"]["wrong_accepted"] == 1
    assert (summary["posted_rate"], summary["posted_wrong"]) == (1.0, 1)


def test_values_are_compared_as_people_mean_them() -> None:
    assert canonical("RAVI  Kumar", "payee") == canonical("Ravi Kumar", "payee")
    assert canonical(2500, "amount") == canonical("2500.00", "legal_amount")


def test_the_interval_over_writers_holds_the_rate_and_is_wide_where_writers_differ() -> None:
    def evaluation(errors_by_writer: list[int]) -> Evaluation:
        found = Evaluation()
        for writer, errors in enumerate(errors_by_writer):
            for _ in range(20):
                line = LabelledLine(Path("x.png"), "one two three", f"writer{writer}", "val")
                found.results.append(LineResult(line, "", errors, min(errors, 3)))
        return found

    alike, apart = evaluation([1, 2] * 10), evaluation([0, 0, 0, 12] * 5)
    (low, high), (wide_low, wide_high) = alike.interval()["cer"], apart.interval()["cer"]
    assert low <= alike.cer() <= high and wide_low <= apart.cer() <= wide_high
    assert high - low < wide_high - wide_low
    assert evaluation([1]).interval() == {}


def test_the_halves_of_the_writers_are_apart_and_make_the_whole(lines: Path) -> None:
    from inkfield.lab.evaluate.evaluate_lines import load_lines

    halves = []
    for half in ("choose", "report"):
        try:
            halves.append(load_lines(lines, "val", half=half))  # type: ignore[arg-type]
        except ValueError as error:
            assert half in str(error)
            halves.append([])
    names = [{line.image.name for line in half} for half in halves]
    assert not names[0] & names[1] and len(names[0] | names[1]) == len(load_lines(lines, "val"))
    assert not {line.hand for line in halves[0]} & {line.hand for line in halves[1]}
