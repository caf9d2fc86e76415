"""A printed barcode: the number of a form, a case or a patient, as a sticker or from a printer."""

from inkfield.schemas.kinds.kind import FieldKind

BARCODE = FieldKind(
    "barcode", samples=("CLM-004711",), comment="what the barcode says{required}", keys=frozenset({"pattern"}),
    in_tables=False,
)  # fmt: skip
