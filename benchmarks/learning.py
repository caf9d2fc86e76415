"""What `inkfield learn` gains on a set of hands: a reviewer settles some of their lines, others are read.

    python -m benchmarks.learning ../shared/handwriting-more/lectaurep --settled 200

The lines are those of a split (``val``: no shipped weights have seen their hands). They are learned from as settled
fields are, by the same code; of the settled ones a fifth is kept for judging. What is learned is thrown away.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import tempfile
from pathlib import Path

import torch

from inkfield.lab.evaluate.evaluate_lines import load_lines
from inkfield.lab.learning import teach
from inkfield.lab.learning.ink import packed
from inkfield.lab.learning.judge import LIMITS as JUDGE_LIMITS
from inkfield.lab.learning.judge import (
    Judged,
    chance_of_gain,
    is_held_out,
    judge_fields,
    reasons_against,
    rendered_cer,
    score,
)
from inkfield.lab.learning.refit import confidences, cross_fitted
from inkfield.pipeline.fields.reader import FieldReader, Ink
from inkfield.recognizers.recognizer import WEIGHTS, load_recognizer
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.schemas.forms.model import Form
from inkfield.schemas.store.lessons import Lesson

FORM = Form.model_validate(
    {"name": "lines", "version": 1, "title": "Lines", "layout": "cheque",
     "paper": {"width_mm": 200, "height_mm": 100}, "fields": [{"name": "line", "kind": "text"}]}
)  # fmt: skip
FORMS = {FORM.name: FORM}
START = WEIGHTS / "default.safetensors"
ACCEPT = {"lines.line": 0.9}


def lesson(line: LabelledLine) -> Lesson:
    """A line as a settled field of a document of its own."""
    png, parts = packed(Ink((line.read(),), None))
    document = hashlib.sha256(line.image.stem.encode()).hexdigest()
    return Lesson("line", FORM.name, document, line.text, line.text, png, parts, False)


def measure(lines: list[LabelledLine], settled: int, most: int, steps: int | None) -> dict[str, object]:
    """Learns from some of the lines, and reads the others before and after."""
    lines = random.Random(1).sample(lines, len(lines))
    mine = [lesson(line) for line in lines[:settled]]
    others = [lesson(line) for line in lines[settled : settled + most]]
    taught = [one for one in mine if not is_held_out(one)]
    kept = [one for one in mine if is_held_out(one)]
    with tempfile.TemporaryDirectory() as folder:
        before_cpu = _cpu()
        teach.write_pictures(Path(folder), taught, FORMS)
        trained = teach.teach(Path(folder), START, steps)
        shipped = rendered_cer(load_recognizer(str(START)))
        most = shipped + JUDGE_LIMITS.forgotten
        new, fresh_rendered = teach.mixed(Path(folder), START, trained, rendered_cer, most)
        cpu = _cpu() - before_cpu
        readers = [FieldReader(load_recognizer(str(path))) for path in (START, new)]
    (kept_old, kept_new), (old, fresh) = (
        [judge_fields(reader, part, FORMS) for reader in readers] for part in (kept, others)
    )
    known = readers[0].calibration
    scores = [
        score(kept_old, confidences(kept_old, [known] * len(kept_old), 1.0), ACCEPT),
        score(kept_new, cross_fitted(kept_new, known, 1.0), ACCEPT),
    ]
    rendered = shipped, fresh_rendered
    chance = chance_of_gain(kept_old, kept_new)
    return {
        "taught": len(taught),
        "kept": len(kept),
        "others": len(others),
        "cpu_minutes": round(cpu / 60, 1),
        "others_cer": [_cer(old), _cer(fresh)],
        "others_right": [sum(one.right for one in part) for part in (old, fresh)],
        "kept_cer": [found.cer for found in scores],
        "accepted": [(found.accepted, found.accepted_wrong) for found in scores],
        "chance_of_gain": chance,
        "rendered_cer": rendered,
        "against": reasons_against(scores[0], scores[1], chance, *rendered),
        "fewer_errors_percent": round(100 * (1 - _cer(fresh) / _cer(old)), 1),
    }


def _cer(judged: list[Judged]) -> float:
    return round(100 * sum(one.edits for one in judged) / sum(one.length for one in judged), 2)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="+", help="data sets of labelled lines")
    parser.add_argument("--split", default="val")
    parser.add_argument("--settled", type=int, default=200)
    parser.add_argument("--others", type=int, default=150, help="lines that are read before and after")
    parser.add_argument("--steps", type=int)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for folder in arguments.folder:
        found = measure(
            load_lines(folder, arguments.split), arguments.settled, arguments.others, arguments.steps
        )
        print(json.dumps({"set": folder.name, **found}), flush=True)


if __name__ == "__main__":
    main()
