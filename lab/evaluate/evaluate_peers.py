"""`inkfield evaluate --lines DIR --peers ...`: ours and other readers side by side on the very same crops."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from inkfield.lab.evaluate.evaluate_lines import load_lines, make_decoder
from inkfield.lab.evaluate.line_errors import Evaluation, evaluate_lines, evaluate_reader
from inkfield.lab.evaluate.peers import Peer, PeerMissing, load_peer
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.data.labelled import LabelledLine, Unit

THREADS = 1


@dataclass(frozen=True)
class Comparison:
    """Ours, the peers that could be had, and for the others what is missing."""

    ours: Evaluation
    version: str
    peers: dict[str, tuple[Peer, Evaluation]]
    missing: dict[str, str]


def evaluate_beside_peers(
    folder: Path,
    split: str,
    weights: str,
    decoder: str,
    language: str,
    limit: int | None,
    unit: Unit,
    names: list[str],
    as_json: bool,
) -> bool:
    """Reads the same lines with ours and with each peer, one thread each, and prints the figures.

    False where a peer could not be had. Raises FileNotFoundError, ValueError (also for an unknown peer), OSError.
    """
    found, missing = _load(names)
    lines = load_lines(folder, split, limit, unit)
    recognizer = load_recognizer(weights)
    recognizer.read([lines[0].read()])
    ours = evaluate_lines(lines, recognizer, make_decoder(decoder, language))
    peers = {peer.name: (peer, _measure(peer, lines)) for peer in found}
    shown = decoder if decoder != "lm" else f"lm {language}"
    _print(Comparison(ours, f"{recognizer.name}, {shown}", peers, missing), as_json)
    return not missing


def _load(names: list[str]) -> tuple[list[Peer], dict[str, str]]:
    found, missing = [], {}
    for name in filter(None, (name.strip() for name in names)):
        try:
            found.append(load_peer(name))
        except PeerMissing as error:
            missing[name] = str(error)
    return found, missing


def _measure(peer: Peer, lines: list[LabelledLine]) -> Evaluation:
    """The first call of a peer may set it up: it is made before the time is taken."""
    peer.read([lines[0].read()])
    watched = track(lines, peer.name, console=Console(file=sys.stderr), transient=True)
    return evaluate_reader(watched, peer.read)


def _print(found: Comparison, as_json: bool) -> None:
    if as_json:
        peers = {n: {**e.summary(), "version": p.version} for n, (p, e) in found.peers.items()}
        ours = {**found.ours.summary(), "version": found.version, "threads": THREADS}
        missing = {name: {"missing": message} for name, message in found.missing.items()}
        print(json.dumps({**ours, "peers": {**peers, **missing}}, ensure_ascii=False))
        return
    title = f"The same {len(found.ours.results)} crops, {THREADS} thread each"
    table = Table("reader", "version", "CER %", "WER %", "ms/line", "lines", title=title)
    rows = [("inkfield", found.version, found.ours)]
    rows += [(name, peer.version, evaluation) for name, (peer, evaluation) in found.peers.items()]
    for name, version, evaluation in rows:
        figures = evaluation.summary()
        cells = (f"{figures['cer']:.2f}", f"{figures['wer']:.2f}", f"{figures['ms_per_line']:.1f}")
        table.add_row(name, version, *cells, str(figures["lines"]))
    Console().print(table)
    for message in found.missing.values():
        print(message, file=sys.stderr)  # unwrapped: it holds commands to copy
