"""The magnetic ink line at the foot of a cheque."""

from inkfield.schemas.kinds.kind import FieldKind

MICR = FieldKind(
    "micr",
    samples=("C000123C 560002003A 000456C 31",),
    comment="MICR line{required}: digits; A transit, B amount, C on-us, D dash, a space for a wide gap",
    keys=frozenset({"cells", "pattern"}),
    in_tables=False,
)
