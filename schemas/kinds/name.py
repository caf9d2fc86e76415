"""The name of a person or a firm."""

from inkfield.schemas.kinds.kind import FieldKind

NAME = FieldKind("name", samples=("Anna Müller", "M/s Rao & Sons"))
