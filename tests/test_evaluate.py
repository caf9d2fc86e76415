"""`inkfield evaluate` on line folders that the test renders, with the shipped weights."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.evaluate_cheques import ChequeEvaluation, Judged, canonical
from recognizers.data.lines import LabelledLine
from recognizers.evaluation import Evaluation, LineResult
from recognizers.ink.render import render_line


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
    assert set(figures) == {"lines", "characters", "cer", "wer", "ms_per_line"}
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
