"""What a form is: the model of the YAML files in ``schemas/forms/``.

A form file says how large the paper is, how a page of it is found (``layout``), which fields it has, and
which rules hold between them. Adding a form is adding a file. All boxes are ``[x, y, width, height]`` in
millimetres from the top left corner of the paper.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)
from pydantic import Field as Key

from inkfield.schemas.forms.check import faults_of
from inkfield.schemas.forms.strict_yaml import load_yaml
from inkfield.schemas.kinds import kind_of, known_kind
from inkfield.schemas.kinds.kind import FieldKind

FORMS_FOLDER = Path(__file__).parent
FORMS_VARIABLE = "INKFIELD_FORMS"
"""Environment variable: further folders with form files, separated as in PATH."""

DateOrder = Literal["DMY", "MDY", "YMD"]
CheckDigit = Literal["luhn", "npi", "dea"]
Grammar = Literal[
    "indian", "western", "british", "canadian", "french", "spanish", "portuguese", "german"
]  # fmt: skip

RESERVED_COLUMNS = ("document_id", "file_name", "page_number", "status")
"""The first columns of every form's view: no field may have one of these names."""
RESERVED_VIEWS = (
    "batches", "documents", "pages", "fields", "reasons", "current_reasons", "reviews", "settled", "presented",
    "form_views", "pairs", "labelled_values", "alembic_version",
    "review_users", "review_sessions", "review_sign_ins", "review_failed_sign_ins", "review_answers",
    "review_steps", "review_audit", "api_tokens", "webhook_calls", "spot_checks", "leases", "runs",
    "archived", "archive_pages", "archive_lines", "archive_words", "archive_index", "archive_corrections",
    "learning_lessons", "learned_weights",
)  # fmt: skip
"""Tables of the database: no form may have one of these names, since its view is named as the form."""


class FormError(Exception):
    """A form file that cannot be used. The message names the file, the key, and what to do."""


def sql_identifier(name: str) -> str:
    # PostgreSQL cuts identifiers at 63 bytes; the view appends "_confidence".
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", name):
        raise ValueError(
            f"{name!r} becomes a name in SQL: use a small letter, then small letters, digits and "
            "underscores, 50 characters at most"
        )
    return name


def _inside_paper_box(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x, y, width, height = box
    if not all(map(math.isfinite, box)) or x < 0 or y < 0 or width <= 0 or height <= 0:
        raise ValueError(f"{list(box)} is no box: give [x, y, width, height] in mm, the last two above 0")
    return box


def _regular_expression(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return pattern


Kind = Annotated[str, AfterValidator(known_kind)]
Identifier = Annotated[str, AfterValidator(sql_identifier)]
MmBox = Annotated[tuple[float, float, float, float], AfterValidator(_inside_paper_box)]
Pattern = Annotated[str, AfterValidator(_regular_expression)]
Probability = Annotated[float, Key(ge=0.0, le=1.0)]


class _Model(BaseModel):
    """The docstrings of the keys become docs/form-files.md (see reference.py)."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Paper(_Model):
    """The size of the paper in millimetres, as printed (upright)."""

    width_mm: PositiveFloat
    """A4: 210, Letter: 215.9."""
    height_mm: PositiveFloat
    """A4: 297, Letter: 279.4."""


class SheetOfForm(_Model):
    """One page of a form of several pages."""

    number: PositiveInt
    """Which page it is, from 1. Pages without fields (instructions) are left out."""
    blank: str
    """Image of that page of the blank form, beside the YAML."""
    paper: Paper | None = None
    """Its size, where it is not that of the form."""
    required: bool = True
    """Whether somebody is told where it is missing. ``false`` for instructions, covers and further sheets: where one
    comes, it goes with the pages around it."""


class Together(_Model):
    """Which pages of a form of several belong together: they are one row. Which page of the form each is, its blank
    tells, with the page number that is printed on it."""

    by: Literal["order", "equal"] = "order"
    """``order``: pages that come one after the other in a file. Where a file holds each page once, in any order; where
    it holds several filled forms, these in one order each. ``equal``: pages on which the same is written (a member
    number), typed, or printed as a barcode, in any order."""
    fields: tuple[Identifier, ...] = ()
    """Of ``equal``: the fields that are equal, one on each page that is required."""
    part: Pattern | None = None
    """Of ``equal``, where only a part is: a regular expression with that part as its group, ``([0-9]+)-[0-9]`` for the
    barcodes 4711-1 and 4711-2."""
    drop_others: bool = False
    """Whether pages of no form need nobody where no page is missing. They do otherwise, but for covers: those before
    the first page of a form, where no page is missing."""

    @model_validator(mode="after")
    def _is_whole(self) -> Together:
        if (self.by == "equal") != bool(self.fields):
            raise ValueError(
                "fields: name the equal fields, one on each page, with by: equal, and with nothing else"
            )
        if self.part is not None and (self.by != "equal" or re.compile(self.part).groups != 1):
            raise ValueError("part: give it with by: equal, and with one group, what is equal")
        return self

    def part_of(self, text: str) -> str:
        """The part of a value that is equal on all pages; all of it where it is not as the pattern says."""
        found = re.fullmatch(self.part, text) if self.part is not None else None
        return text if found is None else found.group(1) or text


class Option(_Model):
    """One box of a ``choice`` field."""

    value: str
    """The value that the field has when this box is ticked."""
    box: MmBox
    """Where the box is: ``[x, y, width, height]`` in mm."""


class _Readable(_Model):
    """What fields and table columns have in common: how their ink is read and judged."""

    name: Identifier
    """Its name in SQL: small letters, digits and underscores, a letter first, 50 characters at most."""
    kind: Kind
    """What stands in it; see the kinds below."""
    required: bool = False
    """Whether it goes to review when nothing is written."""
    language: str | None = None
    """Name of the n-gram model that the decoder uses (see recognizers/language); None decodes without one."""
    grammar: Grammar | None = None
    """Built-in grammar of amounts: ``indian`` (lakh grouping, `/-`), ``western`` (US), ``british``, ``canadian``
    (English or French words), ``french``, ``spanish``, ``portuguese``, ``german`` (decimal comma). Default: that of the
    cheque's standard; western on other forms."""
    pattern: Pattern | None = None
    """Regular expression that the whole value must match, for kinds that may have one."""
    cells: PositiveInt | None = None
    """Number of character boxes of equal width that fill the box: one character a cell."""
    date_order: DateOrder | None = None
    """Of a date, which needs it: the order of day, month and year."""
    known_values: str | None = None
    """File beside the form's YAML, UTF-8, one known value a line; the reading is matched against them. A code that is
    not among them has no value and goes to review. Of a signature: words that stand for one (``SOF``)."""
    check_digit: CheckDigit | None = None
    """The check digit that a code must have: ``luhn`` (payment cards and many account numbers), ``npi`` (the US
    National Provider Identifier: Luhn over the number behind 80840), ``dea`` (the registration of US prescribers). A
    code without a right one has no value."""
    parts: tuple[PositiveFloat, ...] = ()
    """Where printed lines part its box, in mm from the box's left edge: two of a date (``MM | DD | YY``), one of an
    amount (before the cents). Strokes belong to the part that they lie in; a date without one of its parts, or an
    amount without its cents, has no value."""
    stale_after_days: PositiveInt | None = None
    """A date so long before the day of reading goes to review as stale (cheques: 92 days in India, 183 in the US)."""
    post_dated: bool = True
    """Whether a date after the day of reading is let pass, up to a year after it."""
    accept_at: Probability = 0.9
    """Least confidence (probability that the value is right) with which a value is accepted unseen."""
    lines: PositiveInt = 1
    """Greatest number of text lines in the box."""
    index: bool = False
    """Whether its column in the form's table has an index; those of dates and statuses always have."""
    ask_again: bool = False
    """Whether a person is asked again when a new reading differs from the value that they settled."""

    @model_validator(mode="after")
    def _has_date_order(self) -> _Readable:
        is_date = "date_order" in kind_of(self.kind).keys
        self._check_parts()
        if is_date and self.date_order is None:
            raise ValueError("a date needs date_order: DMY, MDY or YMD")
        if not is_date and self.date_order is not None:
            raise ValueError(f"date_order is for dates; this field is of kind {self.kind}")
        if not is_date and (self.stale_after_days is not None or not self.post_dated):
            raise ValueError(
                f"stale_after_days and post_dated are for dates; this field is of kind {self.kind}"
            )
        return self

    def _check_parts(self) -> None:
        wanted = {"date": 2, "amount": 1}.get(self.kind)
        if self.parts and len(self.parts) != wanted:
            raise ValueError(
                "parts: a date has two lines between its parts, an amount one before its cents, other kinds none"
            )
        if list(self.parts) != sorted(set(self.parts)):
            raise ValueError("parts: give the lines from left to right")
        if self.parts and self.cells:
            raise ValueError("give parts or cells, not both")
        if self.check_digit and self.kind != "code":
            raise ValueError(f"check_digit is for codes; this field is of kind {self.kind}")


class Column(_Readable):
    """A column of a table."""

    x: Annotated[float, Key(ge=0.0)]
    """Its left edge in mm from the table's left edge."""
    width: PositiveFloat
    """Its width in mm."""
    y: Annotated[float, Key(ge=0.0)] = 0.0
    """Its upper edge in mm from the row's, where it does not fill the row."""
    height: PositiveFloat | None = None
    """Its height in mm; default: down to the row's lower edge."""

    @model_validator(mode="after")
    def _is_simple(self) -> Column:
        if not kind_of(self.kind).in_tables:
            raise ValueError(f"a table column cannot be of kind {self.kind}")
        _parts_inside(self.parts, self.width)
        return self


class Field(_Readable):
    """One field of the form."""

    page: PositiveInt = 1
    """The page that it is on, in a form of several pages."""
    box: MmBox | None = None
    """Where it is on the paper: ``[x, y, width, height]`` in mm from the top left corner. Layouts of cheques need none:
    fields are found on the page itself."""
    cell_boxes: tuple[MmBox, ...] | None = None
    """The character boxes one by one, where they are not of one width (in place of ``cells``)."""
    options: tuple[Option, ...] = ()
    """Of a ``choice``: the boxes of which one is ticked."""
    columns: tuple[Column, ...] = ()
    """Of a ``table``: its columns."""
    rows: PositiveInt | None = None
    """Of a ``table``: the number of rows that are printed."""
    row_height: PositiveFloat | None = None
    """Height of one table row in mm; default: the box below the header, shared by the rows."""
    header_height: Annotated[float, Key(ge=0.0)] = 0.0
    """Height in mm of the printed column titles at the top of a table's box."""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Field:
        if (self.kind == "table") != bool(self.columns and self.rows):
            raise ValueError("columns and rows belong to kind table, and a table needs both")
        if (self.kind == "choice") != bool(self.options):
            raise ValueError("options belong to kind choice, and a choice needs them")
        if self.cells and self.cell_boxes:
            raise ValueError("give cells (a number) or cell_boxes (a list), not both")
        if self.columns:
            self._check_table()
        if self.box is not None:
            _parts_inside(self.parts, self.box[2])
        return self

    def _check_table(self) -> None:
        _no_twins((column.name for column in self.columns), "column")
        if self.box is None:
            raise ValueError("a table needs a box")
        _, _, width, height = self.box
        for column in self.columns:
            if column.x + column.width > width + 0.01:
                raise ValueError(f"column {column.name} ends outside the table, which is {width} mm wide")
        if self.header_height + self.row_height_mm() * (self.rows or 0) > height + 0.01:
            raise ValueError(f"{self.rows} rows do not fit into the table, which is {height} mm high")
        for column in self.columns:
            if column.y + (column.height or 0.01) > self.row_height_mm() + 0.01:
                raise ValueError(
                    f"column {column.name} ends below its row, which is {self.row_height_mm():g} mm high"
                )

    def row_height_mm(self) -> float:
        """Height of one row of this table in mm."""
        if self.row_height is not None:
            return self.row_height
        if self.box is None or self.rows is None:
            raise ValueError(f"{self.name} is no table")
        return (self.box[3] - self.header_height) / self.rows

    def character_boxes(self) -> tuple[tuple[float, float, float, float], ...]:
        """The character boxes from left to right in mm of the paper; empty for free writing."""
        if self.cell_boxes:
            return self.cell_boxes
        if not self.cells or self.box is None:
            return ()
        x, y, width, height = self.box
        step = width / self.cells
        return tuple((x + step * i, y, step, height) for i in range(self.cells))

    def table_cells(self) -> tuple[tuple[Field, ...], ...]:
        """The table as rows of plain fields with boxes on the paper, each named as its column."""
        if self.box is None or self.rows is None:
            return ()
        left, top, height = self.box[0], self.box[1] + self.header_height, self.row_height_mm()
        return tuple(
            tuple(
                _column_field(c, (left + c.x, top + height * row + c.y, c.width, c.height or height - c.y))
                for c in self.columns
            )
            for row in range(self.rows)
        )


def _parts_inside(parts: tuple[float, ...], width: float) -> None:
    if parts and parts[-1] >= width:
        raise ValueError(f"parts: a line at {parts[-1]:g} mm is not in the box, which is {width:g} mm wide")


def _column_field(column: Column, box: tuple[float, float, float, float]) -> Field:
    return Field(**column.model_dump(exclude={"x", "width", "y", "height"}), box=box)


class EqualRule(_Model):
    """The fields have one value (courtesy amount = legal amount)."""

    rule: Literal["equal"]
    fields: Annotated[tuple[str, ...], Key(min_length=2)]
    """Names of fields of one kind."""


class SumRule(_Model):
    """A column of a table adds up to a field."""

    rule: Literal["sum"]
    table: str
    """Name of the table."""
    column: str
    """Name of its column, an amount or an integer."""
    total: str
    """Name of the field that holds the sum."""


class DateOrderRule(_Model):
    """A date is not after another."""

    rule: Literal["date_order"]
    earlier: str
    """Name of a date; ``TABLE.COLUMN`` means that column in every row."""
    later: str
    """Likewise."""


class OneOfRule(_Model):
    """At most one of some checkboxes is ticked."""

    rule: Literal["one_of"]
    fields: Annotated[tuple[str, ...], Key(min_length=2)]
    """Names of fields of kind ``checkbox``."""
    required: bool = False
    """Whether exactly one must be."""


Rule = Annotated[EqualRule | SumRule | DateOrderRule | OneOfRule, Key(discriminator="rule")]


class Decision(_Model):
    """When the page is posted, sent to review or rejected (the value of the field of kind ``decision``).

    post: every field in ``fields`` and both sides of an ``equal`` rule are accepted, the amounts are equal, and the
    joint probability of being right is high enough: so that at most ``error_rate`` of what is posted is wrong, as the
    calibration of the weights has it, or ``post_at`` where there is no such calibration or no ``error_rate``. reject:
    date or signature is surely absent (``reject_at`` or more) where the rest of the page proves that its place was
    found. Else review.
    """

    fields: Annotated[tuple[str, ...], Key(min_length=1)]
    """The fields that must be accepted."""
    error_rate: Probability | None = None
    """The share of what is posted that may be wrong."""
    post_at: Probability = 0.95
    """The least joint probability, where ``error_rate`` cannot be used."""
    reject_at: Probability = 0.95
    """The least probability that something is absent."""


class Limit(_Model):
    """What a quality measure of the page must keep to; outside of it the page goes to review."""

    min: float | None = None
    """The least value that is let pass."""
    max: float | None = None
    """The greatest value that is let pass."""

    @model_validator(mode="after")
    def _lets_something_pass(self) -> Limit:
        if self.min is None and self.max is None:
            raise ValueError("give min, max or both")
        if self.min is not None and self.max is not None and not self.min <= self.max:
            raise ValueError(f"no measure is both {self.min:g} or more and {self.max:g} or less")
        return self

    def contains(self, value: float) -> bool:
        """Whether the measure keeps to the limit; NaN does not."""
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)


class Form(_Model):
    """One form, as its YAML file says."""

    name: Identifier
    """Name of the form and of its view in SQL."""
    version: PositiveInt
    """A number that you raise as you like; it stands in the column ``form_version``."""
    title: str
    """What people see."""
    layout: str = "registered"
    """How a page of the form is found: ``registered`` by the blank, or a layout of cheques (``cts_2010``, ``us``)."""
    paper: Paper
    """The size of the paper."""
    blank: str | None = None
    """Image of the blank form beside the YAML: what a page of layout registered is found and aligned by."""
    pages: tuple[SheetOfForm, ...] = ()
    """In place of ``blank``: the pages of a form that has fields on several. Those of one filled form are one row."""
    together: Together = Key(default_factory=Together)
    """Of a form of several pages: which of them belong together."""
    fields: Annotated[tuple[Field, ...], Key(min_length=1)]
    """The fields, in the order of the columns of the view."""
    rules: tuple[Rule, ...] = ()
    """What must hold between fields."""
    decision: Decision | None = None
    """Cheques: when the page is posted, sent to review or rejected."""
    quality: dict[str, Limit] = Key(default_factory=dict)
    """Limits by the name of the measure (see pipeline/image/quality.py)."""
    currency: Annotated[str, Key(pattern="^[A-Z]{3}$")] | None = None
    """ISO 4217 code of the form's amounts, as reports show them."""
    presented_once: bool = True
    """Cheques: an item that was presented before goes to review (see schemas/store/presented.py)."""
    specimens: str | None = None
    """Folder of specimen signatures beside the YAML (or an absolute path), ``ACCOUNT/*.png``: a cheque's measures then
    hold ``signature_score``, which ``quality`` may limit."""
    folder: Path | None = Key(default=None, exclude=True)
    """Where the YAML file lies; set when it is loaded, never written in it."""

    @model_validator(mode="after")
    def _is_sound(self) -> Form:
        if self.name in RESERVED_VIEWS:
            raise ValueError(
                f"name: {self.name} is a table of the database; choose another name for the form"
            )
        _check_columns(self.fields)
        if self.layout == "registered":
            self._check_registered()
        for rule in self.rules:
            _check_rule(rule, self)
        if any(field.kind == "decision" for field in self.fields) != (self.decision is not None):
            raise ValueError("a field of kind decision and the key decision (its thresholds) go together")
        for name in self.decision.fields if self.decision else ():
            self.field(name)
        return self

    def _check_registered(self) -> None:
        if bool(self.blank) == bool(self.pages):
            raise ValueError(
                "layout registered needs blank: the file name of an image of the blank form "
                "(or pages, for a form of several, each with its blank)"
            )
        _no_twins((str(sheet.number) for sheet in self.pages), "page")
        self._check_together()
        papers = {sheet.number: sheet.paper or self.paper for sheet in self.pages} or {1: self.paper}
        for field in self.fields:
            boxes = [option.box for option in field.options] + list(field.cell_boxes or ())
            if field.box:
                boxes.append(field.box)
            if not boxes and field.kind != "decision":
                raise ValueError(f"field {field.name} has no box; layout registered needs one")
            if field.page not in papers:
                raise ValueError(f"field {field.name} is on page {field.page}, which is not among the pages")
            paper = papers[field.page]
            for x, y, width, height in boxes:
                if x + width > paper.width_mm + 0.01 or y + height > paper.height_mm + 0.01:
                    raise ValueError(f"field {field.name} has a box that ends outside the paper")

    def _check_together(self) -> None:
        if self.together != Together() and not self.pages:
            raise ValueError("together is for a form of several pages; this one has no key pages")
        if self.pages and not any(sheet.required for sheet in self.pages):
            raise ValueError("pages: one of them at least must be required")
        if self.together.by != "equal":
            return
        equal = [self.field(name) for name in self.together.fields]
        required = {sheet.number for sheet in self.pages if sheet.required}
        where = [field.page for field in equal]
        if len(set(where)) < len(where) or not required <= set(where):
            raise ValueError("together: fields: name one field on each page that is required")
        if len({field.kind for field in equal}) > 1 or kind_of(equal[0].kind).stored not in (
            "text",
            "integer",
            "date",
        ):
            raise ValueError(
                "together: fields: they must be of one kind: text, code, barcode, integer or date"
            )

    def every_rule(self) -> tuple[Rule, ...]:
        """The rules that are written, and that the fields by which pages belong together are equal."""
        names = self.together.fields
        if len(names) < 2 or self.together.part is not None:
            return self.rules
        stated = any(isinstance(rule, EqualRule) and set(names) <= set(rule.fields) for rule in self.rules)
        return self.rules if stated else (*self.rules, EqualRule(rule="equal", fields=names))

    def sheets(self) -> dict[int, Form]:
        """By number of page a form of that page alone, with its blank, its fields, and the rules between those."""
        if not self.pages:
            return {1: self}
        return {sheet.number: self._of_page(sheet) for sheet in self.pages}

    def _of_page(self, sheet: SheetOfForm) -> Form:
        fields = tuple(field for field in self.fields if field.page == sheet.number)
        names = {field.name for field in fields}
        rules = tuple(rule for rule in self.rules if _fields_of(rule) <= names)
        return self.model_copy(
            update={
                "paper": sheet.paper or self.paper, "blank": sheet.blank, "pages": (), "fields": fields, "rules": rules,
                "together": Together(),
            }
        )  # fmt: skip

    def field(self, name: str) -> Field:
        """The field of that name. Raises ValueError when the form has none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise ValueError(f"there is no field {name!r} in form {self.name}")

    def described(self, name: str) -> Field | Column | None:
        """The field or column that ``name`` (``total``, ``services.1.charge``) is of; None where there is none."""
        table, _, cell = name.partition(".")
        field = next((field for field in self.fields if field.name == table), None)
        if field is None or not cell:
            return field
        return next((column for column in field.columns if column.name == cell.rpartition(".")[2]), None)

    @property
    def key(self) -> str:
        """Name and version, e.g. ``cheque_in:1``."""
        return f"{self.name}:{self.version}"

    def blank_path(self) -> Path:
        """Path of the blank image. Raises FormError when the form has none or was not loaded from a file."""
        if self.blank is None or self.folder is None:
            raise FormError(f"form {self.name} has no blank image")
        return self.folder / self.blank

    def specimens_path(self) -> Path | None:
        """The folder of specimen signatures; None for a form without."""
        return None if self.specimens is None else (self.folder or Path()) / self.specimens

    def known_values(self, field: Field | Column) -> tuple[str, ...]:
        """The known values of a field, in file order, without empty lines; empty where it has none.

        Raises FormError when the file cannot be read.
        """
        if field.known_values is None:
            return ()
        path = (self.folder or Path()) / field.known_values
        try:
            values = _lines_of(path, path.stat().st_mtime_ns)
        except (OSError, UnicodeDecodeError) as error:
            raise FormError(f"cannot read the known values of field {field.name}: {error}") from error
        if not values:
            raise FormError(f"the file of known values of field {field.name} is empty: {field.known_values}")
        return values


@lru_cache(maxsize=64)
def _lines_of(path: Path, changed: int) -> tuple[str, ...]:
    """The lines of a list, read once: many fields of a form share one."""
    return tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def load_form(path: str | Path) -> Form:
    """Load one form file. Raises FormError with the file, the key, and what to do."""
    form = read_form(path)
    if faults := file_faults(form):
        raise FormError("\n".join(f"{path}: {fault}" for fault in faults))
    return form


def read_form(path: str | Path) -> Form:
    """A form as its file says: the keys are right, what they say may not be (see file_faults). Raises FormError."""
    path = Path(path)
    try:
        data = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise FormError(f"{path}: cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise FormError(f"{path}: is not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise FormError(f"{path}: has no keys; a form file has name, version, title, paper, fields")
    if "folder" in data:
        raise FormError(f"{path}: folder: unknown key; remove it")
    try:
        form = Form.model_validate({**data, "folder": path.parent})
    except ValidationError as error:
        _raise_readable(path, error, data)
    return form


def load_forms(folder: str | Path | None = None) -> dict[str, Form]:
    """All forms by name that can be used: those of ``folder``, or else the built-in ones and those of INKFIELD_FORMS.

    A form that is wrong is left out, and the others work: see ``form_faults``.
    """
    return _load_all(folder)[0]


def form_faults(folder: str | Path | None = None) -> list[str]:
    """What is wrong with the form files that ``load_forms`` leaves out, one text a file that begins with its path."""
    return _load_all(folder)[1]


def _load_all(folder: str | Path | None) -> tuple[dict[str, Form], list[str]]:
    if folder is not None:
        folders = [Path(folder)]
    else:
        further = os.environ.get(FORMS_VARIABLE, "")
        folders = [FORMS_FOLDER, *(Path(part) for part in further.split(os.pathsep) if part)]
    forms: dict[str, Form] = {}
    files: dict[str, Path] = {}
    faults: list[str] = []
    for one in folders:
        try:
            paths = form_files([one])
        except FormError as error:
            faults.append(str(error))
            continue
        for path in paths:
            try:
                form = load_form(path)
            except FormError as error:
                faults.append(str(error))
                continue
            if form.name in forms:
                taken = files[form.name]
                faults.append(f"{path}: name: {form.name} is already the name of {taken}; rename one")
                continue
            forms[form.name], files[form.name] = form, path
    return forms, faults


def form_files(folders: Iterable[Path]) -> list[Path]:
    """The form files (*.yaml, *.yml), sorted within each folder. Raises FormError for a missing folder."""
    files: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise FormError(
                f"{folder}: there is no such folder of forms; create it or correct {FORMS_VARIABLE}"
            )
        files += sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    return files


def _no_twins(names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"there are two {what}s named {name}; rename one")
        seen.add(name)


def view_columns(name: str) -> tuple[str, str, str]:
    """The three columns that a field has in its form's view: value, confidence, status."""
    return name, f"{name}_confidence", f"{name}_status"


def _check_columns(fields: tuple[Field, ...]) -> None:
    _no_twins((field.name for field in fields), "field")
    taken = dict.fromkeys(RESERVED_COLUMNS, "every view")
    for field in fields:
        for column in view_columns(field.name):
            if column in taken:
                raise ValueError(
                    f"field {field.name} makes the column {column}, which {taken[column]} has too; rename it"
                )
            taken[column] = f"field {field.name}"


def _kind_of(form: Form, reference: str) -> FieldKind:
    """The kind of a field, or of a column of a table (``TABLE.COLUMN``). Raises ValueError where there is none."""
    table, dot, column = reference.partition(".")
    field = form.field(table)
    if not dot:
        return kind_of(field.kind)
    for candidate in field.columns:
        if candidate.name == column:
            return kind_of(candidate.kind)
    raise ValueError(f"there is no column {column!r} in table {table}")


def _fields_of(rule: EqualRule | SumRule | DateOrderRule | OneOfRule) -> set[str]:
    match rule:
        case EqualRule(fields=names) | OneOfRule(fields=names):
            return set(names)
        case SumRule(table=table, total=total):
            return {table, total}
        case DateOrderRule(earlier=earlier, later=later):
            return {earlier.partition(".")[0], later.partition(".")[0]}


def _check_rule(rule: EqualRule | SumRule | DateOrderRule | OneOfRule, form: Form) -> None:
    if isinstance(rule, EqualRule | OneOfRule) and len(set(rule.fields)) < len(rule.fields):
        raise ValueError(f"rule {rule.rule}: a field stands twice in {', '.join(rule.fields)}")
    match rule:
        case EqualRule(fields=names):
            kinds = {kind.compared_as or kind.name for kind in (_kind_of(form, name) for name in names)}
            if len(kinds) > 1:
                raise ValueError(f"rule equal: {', '.join(names)} are of different kinds: {sorted(kinds)}")
        case SumRule(table=table, column=column, total=total):
            if not all(_kind_of(form, name).adds_up for name in (f"{table}.{column}", total)):
                raise ValueError(f"rule sum: {table}.{column} and {total} must be of kind amount or integer")
        case DateOrderRule(earlier=earlier, later=later):
            if any(_kind_of(form, name).stored != "date" for name in (earlier, later)):
                raise ValueError(f"rule date_order: {earlier} and {later} must be of kind date")
        case OneOfRule(fields=names):
            if {_kind_of(form, name).name for name in names} != {"checkbox"}:
                raise ValueError(f"rule one_of: {', '.join(names)} must be of kind checkbox")


def file_faults(form: Form) -> list[str]:
    """What is wrong with what the file says, and with the files that it names; one line each."""
    faults = faults_of(form)
    specimens = form.specimens_path()
    if specimens is not None and not specimens.is_dir():
        faults.append(f"specimens: there is no folder {form.specimens}; make it or correct the name")
    for field in form.fields:
        parts: tuple[Field | Column, ...] = (field, *field.columns)
        for part in parts:
            try:
                form.known_values(part)
            except FormError as error:
                faults.append(str(error))
    return faults


def _raise_readable(path: Path, error: ValidationError, data: Mapping[str, Any]) -> NoReturn:
    lines = []
    for problem in error.errors(include_url=False, include_context=False):
        where = _where(problem["loc"], data)
        message = problem["msg"].removeprefix("Value error, ")
        match problem["type"]:
            case "extra_forbidden":
                message = "unknown key; remove it or correct its spelling"
            case "missing":
                message = "is missing; add it"
        lines.append(f"{path}: {where}: {message}" if where else f"{path}: {message}")
    raise FormError("\n".join(lines)) from error


def _where(location: tuple[int | str, ...], data: Any) -> str:
    """``fields[payee].kind`` rather than ``fields.3.kind``: the entry by its name, where it has one."""
    parts = ""
    for step in location:
        inner: Any = None
        if isinstance(data, Mapping):
            inner = data.get(step)
            # pydantic puts the tag of a rule ("equal") into the path: it is no key of the file
            if step not in data and step == data.get("rule"):
                continue
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            inner = data[step]
        if isinstance(step, int):
            name = inner.get("name") if isinstance(inner, Mapping) else None
            parts += f"[{name or step + 1}]"
        else:
            parts += f".{step}" if parts else str(step)
        data = inner
    return parts
