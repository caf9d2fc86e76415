"""Cheques of a country that has no standard here: the line at the foot, figures, date, and nothing without a person."""

from __future__ import annotations

from functools import partial

from inkfield.pipeline.cheques.layout.by_line import Plan, look_by_line
from inkfield.pipeline.cheques.micr.any_line import is_cheque_line
from inkfield.pipeline.cheques.standard import ChequeStandard
from inkfield.pipeline.fields.kinds.amount_locale import ANYWHERE

_PLAN = Plan(rules=(("payee", 0.5),), box=0.4, date="anywhere", signs="$€£")

STANDARD = ChequeStandard(
    name="cheque_generic",
    aspect=(1.6, 3.0),
    look=partial(look_by_line, plan=_PLAN),
    owns=is_cheque_line,
    parts=lambda text: None,
    faults=lambda text: (),
    captions=(),
    fields={},
    amounts=ANYWHERE,
    names_printed=True,
    by_line=True,
    of_any_country=True,
)
