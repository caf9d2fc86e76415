"""Any text."""

from inkfield.schemas.kinds.kind import FieldKind

TEXT = FieldKind("text", samples=("second floor, ask at the gate",), keys=frozenset({"cells", "pattern"}))
