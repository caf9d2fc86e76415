"""How cheques of banks that nobody tuned anything on are read: layouts drawn at random, one bank a seed.

    python -m benchmarks.unseen_banks --banks 25 --each 2              # development: even seeds
    python -m benchmarks.unseen_banks --banks 25 --each 2 --report     # for reports: odd seeds
    python -m benchmarks.unseen_banks --standard cheque_fr --banks 25  # banks of another standard

Renders ``each`` cheques of every bank (lab/documents/house.py, or those of the ``standard``), written by hands that
training never sees, reads each as any page is read, and prints the table of `inkfield evaluate --cheques`. Takes three
seconds of a core a cheque.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import torch

from inkfield.lab.documents.house import house
from inkfield.lab.documents.house_page import HouseCheque, render_house_cheque
from inkfield.lab.documents.other_countries import OTHER_COUNTRIES, render_abroad
from inkfield.lab.evaluate.evaluate_cheques import ChequeEvaluation, judge, print_cheques
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS

TODAY = date(2026, 6, 30)


INDIAN = "cheque_in"


def rendered(form: str, seed: int, rng: np.random.Generator, hands: Sequence[Path]) -> HouseCheque:
    """A cheque of a bank drawn at random, with its true values."""
    if form == INDIAN:
        return render_house_cheque(house(seed), rng, hands, TODAY)
    return render_abroad(form, seed, rng, hands, TODAY)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--standard", choices=[INDIAN, *OTHER_COUNTRIES], default=INDIAN, help="name of the form"
    )
    parser.add_argument("--banks", type=int, default=25)
    parser.add_argument("--each", type=int, default=2, help="cheques of each bank")
    parser.add_argument("--first", type=int, default=0, help="banks to pass over")
    parser.add_argument("--report", action="store_true", help="odd seeds, on which nothing was chosen")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    # Every form is there: that a cheque is told to be of its standard is part of the test.
    reader = PageReader(None, "default")
    evaluation, seconds, others = ChequeEvaluation(), 0.0, 0
    for k in range(arguments.first, arguments.first + arguments.banks):
        seed = 2 * k + int(arguments.report)
        for i in range(arguments.each):
            hand = UNSEEN_HANDS[(k + i) % len(UNSEEN_HANDS)]
            cheque = rendered(arguments.standard, seed, np.random.default_rng([seed, i]), [hand])
            start = time.process_time()
            pages = reader.read(Page("rendered", 1, cheque.image, cheque.dpi), TODAY)
            seconds += time.process_time() - start
            told = [page for page in pages if page.form == arguments.standard]
            others += not told
            found = {f.name: f for page in (told or pages)[:1] for f in page.fields}
            evaluation.cheques += 1
            judge(evaluation, {"image": f"bank {seed}, cheque {i}"} | cheque.truth, found)
    print_cheques(evaluation, arguments.json)
    if not arguments.json:
        print(f"taken for something else than {arguments.standard}: {others}")
        print(f"CPU seconds a cheque: {seconds / max(1, evaluation.cheques):.2f}")


if __name__ == "__main__":
    main()
