"""French cheques (NF K11-111), 175 x 80 mm: words over the payee, date under the amount, CMC-7 at the foot."""

from __future__ import annotations

from functools import partial

from inkfield.pipeline.cheques.layout.by_line import Plan, look_by_line
from inkfield.pipeline.cheques.micr.french_line import french_faults, is_french_line, parse_french_line
from inkfield.pipeline.cheques.standard import ChequeStandard
from inkfield.pipeline.fields.kinds.amount_locale import FRENCH

_PLAN = Plan(
    rules=(("legal_amount_1", 0.36), ("legal_amount_2", 0.48), ("payee", 0.6)),
    box=0.42,
    date="below",
    signs="€",
    captioned=frozenset({"legal_amount_1", "payee"}),
)

_OF_LINE = {"cheque_number": "serial", "interbank_zone": "routing", "internal_zone": "account"}

STANDARD = ChequeStandard(
    name="cheque_fr",
    aspect=(1.75, 2.7),
    look=partial(look_by_line, plan=_PLAN),
    owns=is_french_line,
    parts=parse_french_line,
    faults=french_faults,
    captions=(),
    fields=dict.fromkeys(_OF_LINE, "code"),
    amounts=FRENCH,
    names_printed=True,
    line_fields=_OF_LINE,
    by_line=True,
)
