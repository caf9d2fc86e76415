"""The way of a page, in order: polarity, empty or not, which form, then the fields or the full text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from inkfield.pipeline.cheques.back import account_numbers, as_back, may_be_back, measures_of_back, with_back
from inkfield.pipeline.cheques.captions import has_captions
from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.cheques.find_cheques import find_cheques
from inkfield.pipeline.cheques.ink_hash import ink_hash
from inkfield.pipeline.cheques.micr.parts import MicrParts
from inkfield.pipeline.cheques.paper.image_quality import measure_cheque
from inkfield.pipeline.cheques.read_cheque import read_cheque
from inkfield.pipeline.cheques.registry import STANDARDS
from inkfield.pipeline.cheques.signature.specimens import compare_signature
from inkfield.pipeline.fields.calibration import posting_threshold
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.background import suppress_background
from inkfield.pipeline.image.empty import is_empty
from inkfield.pipeline.image.geometry import to_grey
from inkfield.pipeline.image.picture_hash import picture_hash
from inkfield.pipeline.image.polarity import dark_on_light
from inkfield.pipeline.image.quality import measure_quality
from inkfield.pipeline.image.straighten import STRAIGHTEN
from inkfield.pipeline.image.view import View
from inkfield.pipeline.judgement.decision import decide
from inkfield.pipeline.judgement.master_data import Item, checked
from inkfield.pipeline.judgement.rules import apply_rules
from inkfield.pipeline.pairs.filled import with_filled
from inkfield.pipeline.pairs.find_pairs import find_pairs
from inkfield.pipeline.pairs.form_like import looks_like_form
from inkfield.pipeline.records import Page, Trace, no_trace
from inkfield.pipeline.stages import StageClock, run
from inkfield.pipeline.templates.check import readable
from inkfield.pipeline.templates.identify import recognise_form
from inkfield.pipeline.templates.read import read_registered
from inkfield.pipeline.text.no_form import why_no_form
from inkfield.pipeline.text.read_text import NO_LANGUAGE, draw_boxes, on_scan, read_text
from inkfield.pipeline.together.join import join_pages
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.forms.model import Form, FormError, load_forms
from inkfield.schemas.readings import FieldReading, LabelledValue, PageReading, TextLine, Value
from inkfield.schemas.reasons import ReasonCode, because


class PageReader:
    """Reads pages with one set of weights and forms; holds them, so build it once for many pages.

    Forms that are wrong are left out. Raises FormError where ``form`` is one of them, or none at all.
    """

    def __init__(self, form: str | None, weights: str) -> None:
        forms = readable(load_forms())
        if form is not None:
            if form not in forms:
                raise FormError(f"There is no form {form!r} that can be used. See: inkfield forms list")
            forms = {form: forms[form]}
        self.cheques = {form.layout: form for form in forms.values() if form.layout in STANDARDS}
        sheets = [
            (form, number, sheet)
            for form in forms.values()
            if form.layout == "registered"
            for number, sheet in form.sheets().items()
        ]
        self.registered = {f"{form.name}/{number}": sheet for form, number, sheet in sheets}
        """A form of several pages is found by each of them; the key is for this class alone."""
        self.several = {form.name: form for form in forms.values() if form.pages}
        self.sheet_numbers = {f"{form.name}/{number}": number for form, number, _ in sheets if form.pages}
        self.fields = FieldReader(load_recognizer(weights))

    def read(
        self, page: Page, today: date, trace: Trace = no_trace, labelled_values: bool = True
    ) -> list[PageReading]:
        """Everything that is on one page: one reading, or one for each of the cheques that were scanned together.

        A page is never forced into a form it does not look like. ``labelled_values``: whether they are looked for on
        pages that look like a form that nobody described. The fields of a page of a form of several are judged when
        all pages are there: see `join`.
        """
        clock = StageClock(trace)
        clock("page as scanned", lambda: page.image)
        view = View(dark_on_light(page.image), page.dpi)
        if is_empty(view.grey, page.dpi):
            quality = measure_quality(view.grey, page.dpi)
            return [replace(self._result(page, None, (), quality, today, "blank"), stages=clock.take())]
        cheques = self._read_cheques(page, view, today, clock)
        if cheques:
            return cheques
        match = recognise_form(view.grey, page.dpi, self.registered) if self.registered else None
        if match is None:
            reading = self._read_text(page, view, clock, labelled_values)
        else:
            form = self.registered[match.form]
            fields = read_registered(view, form, match, self.fields, clock, page.filled)
            sheet = self.sheet_numbers.get(match.form)
            quality = measure_quality(view.grey, page.dpi)
            reading = self._result(page, form, fields, quality, today, judge=sheet is None)
            reading = replace(reading, sheet=sheet)
        return [replace(reading, stages=clock.take())]

    def join(self, pages: Sequence[PageReading], today: date) -> list[PageReading]:
        """All pages of a document, once they are read and have their numbers: those of forms of several pages joined
        and judged."""
        return join_pages(pages, self.several, today)

    def _read_cheques(self, page: Page, view: View, today: date, clock: StageClock) -> list[PageReading]:
        """One reading for each cheque that lies on the page."""
        readings = []
        for cheque in find_cheques(view.image) if self.cheques else ():
            form = self.cheques.get(cheque.standard.name)
            if form is None:
                continue
            text = () if cheque.proven and cheque.numbered else self._text_of_doubtful(cheque, view)
            if text is None and not cheque.proven:
                continue
            fields = read_cheque(cheque, form, self.fields, today, clock)
            if text is None:
                slip = because(ReasonCode.PERHAPS_SLIP)
                fields = tuple(replace(f, reasons=(*f.reasons, slip)) for f in fields)
            quality = measure_cheque(cheque.image, cheque.dpi, cheque.to_scan, form.paper)
            quality |= compare_signature(cheque, form, fields)
            reading = self._result(page, form, fields, quality, today)
            picture = picture_hash(cheque.image)
            seen = replace(reading, lines=text or (), picture=picture, ink=ink_hash(cheque))
            readings.append(replace(seen, stages=clock.take()))
        return readings

    def pair(
        self, front: PageReading, front_page: Page, back: PageReading, back_page: Page
    ) -> tuple[PageReading, PageReading] | None:
        """Front and back of one cheque, each with what the other says of it; None where they are no such pair.

        ``front`` and ``back`` are the only readings of their pages.
        """
        form = next((form for form in self.cheques.values() if form.name == front.form), None)
        if form is None or back.status != "unknown_form":
            return None
        if not may_be_back(front_page.image.shape, back_page.image.shape):
            return None
        accounts = account_numbers(front.fields, STANDARDS[form.layout])
        measures = measures_of_back(back_page.image, back_page.dpi, back.lines, accounts)
        return None if measures is None else (with_back(front, form, measures), as_back(back, front.number))

    def _text_of_doubtful(self, cheque: Cheque, view: View) -> tuple[TextLine, ...] | None:
        """What stands on a picture without a MICR line that is a cheque's, with boxes in pixels of the scan: kept, for
        it may be no cheque after all. None where its print does not say that it is one."""
        grey = suppress_background(cheque.image)
        lines = read_text(grey, cheque.dpi, self.fields, no_trace, NO_LANGUAGE)
        if not has_captions(lines, cheque.standard.captions):
            return None
        return on_scan(lines, cheque.to_scan, view.image.shape)

    def _result(
        self,
        page: Page,
        form: Form | None,
        fields: tuple[FieldReading, ...],
        quality: dict[str, float],
        today: date,
        status: str | None = None,
        judge: bool = True,
    ) -> PageReading:
        height, width = page.image.shape[:2]
        if form is not None and judge:
            fields = tuple(decide(form, apply_rules(form, list(fields), today), quality, self._post_at(form)))
            if form.layout in STANDARDS:
                fields = checked(fields, _item(form, fields))
        doubtful = any(field.status == "review" for field in fields)
        return PageReading(
            number=page.number,
            width=width,
            height=height,
            dpi=page.dpi,
            form=form.name if form else None,
            form_version=form.version if form else None,
            status="blank" if status == "blank" else "review" if doubtful else "done",
            fields=fields,
            quality=quality,
            reason=because(ReasonCode.BLANK) if status == "blank" else None,
        )

    def _post_at(self, form: Form) -> float | None:
        """The threshold of posting for the form's wanted error rate; None where that was not calibrated."""
        joint = self.fields.posting.get(form.name)
        if joint is None or form.decision is None or form.decision.error_rate is None:
            return None
        return posting_threshold(joint, form.decision.error_rate)

    def _read_text(self, page: Page, view: View, trace: Trace, labelled_values: bool) -> PageReading:
        straight = run(STRAIGHTEN, view, self.fields.recognizer, trace)
        read = read_text(straight.grey, straight.dpi, self.fields, trace)
        lines = on_scan(read, straight.to_scan, view.image.shape)
        pairs: tuple[LabelledValue, ...] = ()
        if labelled_values and (page.filled or looks_like_form(read)):
            pairs = with_filled(find_pairs(straight, self.fields, view.image.shape), page.filled)
            trace("labelled values", lambda: draw_boxes(view.grey, [pair.box for pair in pairs]))
        height, width = view.image.shape[:2]
        reason = because(why_no_form(to_grey(page.image), lines))
        quality = measure_quality(view.grey, page.dpi)
        return PageReading(
            page.number,
            width,
            height,
            page.dpi,
            None,
            None,
            "unknown_form",
            (),
            lines,
            quality,
            reason,
            pairs=pairs,
        )


def _item(form: Form, fields: tuple[FieldReading, ...]) -> Item:
    """What the bank's data are asked about: number and account as the line or fields of their own say."""
    values = {field.name: field.value for field in fields}
    line = next((str(field.value) for field in fields if field.kind == "micr" and field.value), "")
    parts = STANDARDS[form.layout].parts(line) or MicrParts("", "")
    amount, payee = values.get("amount"), values.get("payee")
    return Item(
        parts.serial or _text(values.get("check_number")),
        _text(values.get("account_number")) or parts.account,
        amount if isinstance(amount, Decimal) else None,
        payee if isinstance(payee, str) else None,
    )


def _text(value: Value) -> str:
    return "" if value is None else str(value)


@lru_cache(maxsize=2)
def load_page_reader(form: str | None, weights: str) -> PageReader:
    """The page reader for a form (None: every form) and weights, made once a process: decoders are costly."""
    return PageReader(form, weights)
