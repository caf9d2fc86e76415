"""A code: the number of a policy, a claim, an account."""

from inkfield.schemas.kinds.kind import FieldKind

CODE = FieldKind("code", samples=("KL40817263", "A09"), keys=frozenset({"cells", "pattern"}))
