"""How well the similarity of signatures tells hands apart, on signatures that the project renders itself.

    python -m inkfield.lab.evaluate.measure_signatures

Each hand writes its name several times. Another hand's own name is a random forgery; the same name by another hand
is what an imitator makes who knows the name but not the hand. No set of real signatures takes part: people vary
more than rendered hands do, and skilled forgers come nearer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from inkfield.lab.documents import people
from inkfield.lab.documents.sheet import Sheet
from inkfield.lab.documents.writer import Writer, random_writer, write
from inkfield.pipeline.cheques.signature.similarity import best_similarity

_PERSONS, _SPECIMENS, _GENUINE = 60, 3, 3
_SIZE_MM = (80.0, 26.0)


def signature(name: str, writer: Writer, rng: np.random.Generator) -> np.ndarray:
    """A name as this writer writes it today, grey uint8 at 300 dpi: slant and size are never quite the same."""
    page = Sheet(*_SIZE_MM).pixels()
    today = replace(
        writer,
        slant=writer.slant + float(rng.normal(0, 0.04)),
        size=writer.size * float(rng.normal(1, 0.05)),
    )
    write(page, name, 8, 16, rng, today, 2.6, 64)
    noisy = page.mean(2) + rng.normal(0, 3, page.shape[:2])
    return np.clip(noisy, 0, 255).astype(np.uint8)


def score_trials(seed: int = 1) -> dict[str, list[float]]:
    """Scores of genuine signatures, random forgeries and same names by other hands, against three specimens each."""
    rng = np.random.default_rng(seed)
    writers = [random_writer(rng) for _ in range(_PERSONS)]
    names = [people.person(rng) for _ in writers]
    scores: dict[str, list[float]] = {
        "genuine": [],
        "other hand, other name": [],
        "other hand, same name": [],
    }
    for writer, name in zip(writers, names, strict=True):
        specimens = [signature(name, writer, rng) for _ in range(_SPECIMENS)]
        other = next(k for k in rng.permutation(_PERSONS) if writers[k].font != writer.font)
        for _ in range(_GENUINE):
            scores["genuine"].append(best_similarity(signature(name, writer, rng), specimens))
        forged = signature(names[other], writers[other], rng)
        scores["other hand, other name"].append(best_similarity(forged, specimens))
        imitated = signature(name, writers[other], rng)
        scores["other hand, same name"].append(best_similarity(imitated, specimens))
    return scores


def main(say: Callable[[str], None] = print) -> None:
    """Prints the share rejected at each limit: of genuine ones wrongly, of others rightly."""
    scores = {kind: np.array(values) for kind, values in score_trials().items()}
    say("limit  " + "  ".join(f"{kind}: below" for kind in scores))
    for limit in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        say(f"{limit:5.1f}  " + "  ".join(f"{(v < limit).mean():6.1%}" for v in scores.values()))


if __name__ == "__main__":
    main()
