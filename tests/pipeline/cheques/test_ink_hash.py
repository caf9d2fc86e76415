"""What is written on a cheque is known again on another scan of it, and differs from the bank's next cheque."""

from __future__ import annotations

import cv2
import numpy as np

from inkfield.lab.documents.house import house
from inkfield.lab.documents.house_page import render_house_cheque
from inkfield.lab.documents.scan import scan
from inkfield.pipeline.cheques.find_cheques import find_cheques
from inkfield.pipeline.cheques.ink_hash import ink_hash
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.schemas.store.presented import SAME_INK, ink_distance


def seen(image: np.ndarray) -> str:
    (cheque,) = find_cheques(image)
    found = ink_hash(cheque)
    assert found is not None
    return found


def test_another_scan_is_known_and_another_cheque_of_the_bank_is_not() -> None:
    bank = house(1001)
    first, other = (
        render_house_cheque(bank, np.random.default_rng([77, i]), UNSEEN_HANDS[:1]).image for i in (1, 6)
    )
    again = scan(first.astype(np.float32), np.random.default_rng(5))
    again = cv2.cvtColor(cv2.resize(again, None, fx=0.8, fy=0.8), cv2.COLOR_BGR2GRAY)
    again = np.repeat(again[12:, 9:, None], 3, axis=2)  # grey, coarser and cut otherwise
    assert ink_distance(seen(first), seen(again)) <= SAME_INK < ink_distance(seen(first), seen(other))
