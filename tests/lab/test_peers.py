"""Other readers beside ours. Those that are not installed must say how to get them; the others are run."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.lab.evaluate.line_errors import evaluate_reader
from inkfield.lab.evaluate.peers import _HOW_TO_GET, PEERS, Peer, PeerMissing, load_peer
from inkfield.recognizers.training.data.folder import read_lines
from tests.support import data_trees


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_reads_print_or_says_how_to_get_it(name: str, tmp_path: Path) -> None:
    root = data_trees.labels_tree(tmp_path)
    done = CliRunner().invoke(
        app, ["evaluate", "--lines", str(root), "--peers", name, "--split", "train", "--json"]
    )
    figures = json.loads(done.stdout)
    assert (figures["lines"], figures["threads"]) == (2, 1)
    try:
        load_peer(name)
    except PeerMissing:
        assert done.exit_code == 3
        assert _HOW_TO_GET[name] in figures["peers"][name]["missing"]
    else:
        assert done.exit_code == 0
        assert set(figures["peers"][name]) == {"lines", "characters", "cer", "wer", "ms_per_line", "version"}
        assert figures["peers"][name]["cer"] < 60


def test_the_table_tells_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Peer:
        raise PeerMissing(f"{name} is not installed; pip install {name}")

    monkeypatch.setattr("inkfield.lab.evaluate.evaluate_peers.load_peer", missing)
    call = ["evaluate", "--lines", str(data_trees.labels_tree(tmp_path)), "--peers", "rapidocr,easyocr"]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 3
    assert "inkfield" in done.stdout
    assert done.stderr.splitlines() == [
        "rapidocr is not installed; pip install rapidocr",
        "easyocr is not installed; pip install easyocr",
    ]


def test_an_unknown_peer_is_a_wrong_call(tmp_path: Path) -> None:
    root = data_trees.labels_tree(tmp_path)
    done = CliRunner().invoke(app, ["evaluate", "--lines", str(root), "--peers", "abbyy"])
    assert done.exit_code == 2
    assert "rapidocr, tesseract, easyocr" in done.stderr


def test_peers_are_compared_on_lines_alone(tmp_path: Path) -> None:
    root = data_trees.labels_tree(tmp_path)
    call = ["evaluate", "--lines", str(root), "--peers", "rapidocr", "--worst", str(tmp_path / "w.png")]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 2
    assert "leave out" in done.stderr


def test_what_a_peer_writes_is_folded_as_labels_are(tmp_path: Path) -> None:
    root = data_trees.labels_tree(tmp_path)
    line = next(read_lines(root))
    peer = Peer("p", "1", lambda crop: "Dear  Sir，\n")
    assert evaluate_reader([line], peer.read).summary()["cer"] == 0.0
