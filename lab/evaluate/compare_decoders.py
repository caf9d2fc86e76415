"""What decoders make of the same network output: best path, beam, beam with an n-gram model, a closed list.

python -m inkfield.lab.evaluate.compare_decoders FOLDER [--language english] [--list words.txt]

Prints a table: CER and WER in percent, and the milliseconds of a line, the network's own time apart.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from inkfield.lab.evaluate.evaluate_lines import load_lines, make_decoder
from inkfield.lab.evaluate.line_errors import Decoder, Evaluation, LineResult
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.grammars.automaton import from_strings
from inkfield.recognizers.line_model import LineModel, LineOutput
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.data.labelled import LabelledLine

_AT_ONCE = 32


def compare_decoders(
    lines: Sequence[LabelledLine], model: LineModel, decoders: Mapping[str, Decoder]
) -> tuple[float, dict[str, Evaluation]]:
    """Milliseconds that the network takes for a line, and what each decoder makes of its output."""
    found = {name: Evaluation() for name in decoders}
    seconds = 0.0
    for start in range(0, len(lines), _AT_ONCE):
        group = lines[start : start + _AT_ONCE]
        crops = [line.read() for line in group]
        began = time.process_time()
        outputs = model.read(crops)
        seconds += time.process_time() - began
        for name, decode in decoders.items():
            began = time.process_time()
            texts = [decode(output) for output in outputs]
            found[name].seconds += time.process_time() - began
            found[name].results += [_result(*pair) for pair in zip(group, texts, strict=True)]
    return 1000 * seconds / len(lines), found


def _result(line: LabelledLine, text: str) -> LineResult:
    words = edit_distance(text.split(), line.text.split())
    return LineResult(line, text, edit_distance(text, line.text), words)


def list_decoder(texts: Sequence[str]) -> Decoder:
    """Only these texts can be read."""
    listed = from_strings(texts)

    def decode(output: LineOutput) -> str:
        found = output.within(listed, 1)
        return found[0].text if found else ""

    return decode


def table(network: float, found: Mapping[str, Evaluation]) -> str:
    """The figures as a table of Markdown."""
    rows = ["| decoder | CER % | WER % | ms a line |", "|---|---|---|---|"]
    for name, evaluation in found.items():
        milliseconds = evaluation.summary()["ms_per_line"]
        rows.append(f"| {name} | {evaluation.cer():.1f} | {evaluation.wer():.1f} | {milliseconds:.2f} |")
    return "\n".join([*rows, f"| (the network) | | | {network:.2f} |"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="val")
    parser.add_argument("--half", choices=("choose", "report"))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--language", default="english")
    parser.add_argument("--list", type=Path, help="texts, one a line: the only ones that can be read")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    lines = load_lines(arguments.folder, arguments.split, arguments.limit, half=arguments.half)
    decoders = {
        "best path": make_decoder("greedy", ""),
        "beam": make_decoder("beam", ""),
        f"beam with `{arguments.language}`": make_decoder("lm", arguments.language),
    }
    if arguments.list is not None:
        listed = arguments.list.read_text(encoding="utf-8").splitlines()
        inside = sum(line.text in set(listed) for line in lines)
        print(f"{len(listed)} texts are listed, among them those of {inside} of {len(lines)} pictures.")
        decoders["list"] = list_decoder(listed)
    print(table(*compare_decoders(lines, load_recognizer(arguments.weights), decoders)))


if __name__ == "__main__":
    main()
