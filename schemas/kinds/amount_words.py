"""An amount of money in words, as on cheques."""

from inkfield.schemas.kinds.amount import Amount

AMOUNT_WORDS = Amount(
    "amount_words",
    "amount",
    ("1234.50",),
    keys=frozenset({"cells", "grammar"}),
    compared_as="amount",
)
