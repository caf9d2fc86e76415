"""The archive on the page: a search, the scan with its text beside it, and lines that people correct on the spot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from inkfield.flows.server.access import needs
from inkfield.flows.server.desk import desk
from inkfield.flows.server.html import page
from inkfield.flows.server.pictures import Scan
from inkfield.schemas.archive.browse import collection_of, find_page, lines_of, pages_of, shelf, year_of
from inkfield.schemas.archive.query import SearchError
from inkfield.schemas.archive.search import Found, Hit, percent, search, search_page
from inkfield.schemas.database.tables import DocumentRow
from inkfield.schemas.store.corrections import as_box, correct_line
from inkfield.schemas.store.people import SignedIn

routes = APIRouter()
Reader = Annotated[SignedIn, Depends(needs("reader"))]
Reviewer = Annotated[SignedIn, Depends(needs("reviewer"))]
Id = Annotated[int, Path(ge=1, lt=1 << 62)]
Number = Annotated[int, Path(ge=1, lt=1 << 31)]
Asked = Annotated[str, Query(max_length=200)]
Facet = Annotated[str | None, Query(max_length=200)]
HITS_A_PAGE = 25
PAGES_FOR_A_FACET = 1000
"""So many pages are looked at where only those of a collection or a year are wanted."""


@routes.get("/archive")
def results(
    request: Request,
    who: Reader,
    q: Asked = "",
    collection: Facet = None,
    year: Facet = None,
    start: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> HTMLResponse:
    """What a search finds, as pieces of the scans, the likeliest first; without one the documents of the archive."""
    chosen = {"q": q, "collection": collection, "year": year}
    with desk(request).reading() as session:
        if not q.strip():
            shelved = shelf(session, start)
            more = shelved[-1].id if len(shelved) == 50 else None
            return page("archive.html", who, asked=q, documents=shelved, more=more)
        try:
            found = _search(session, q, collection, year)
        except SearchError as error:
            return page("archive.html", who, asked=q, problem=str(error))
    hits = _of(found, collection, year)
    shown = [
        {
            "hit": hit,
            "sure": percent(hit.probability),
            "words": _marked(hit),
            "query": _query(chosen, hit=number),
        }
        for number, hit in enumerate(hits[start : start + HITS_A_PAGE], start)
    ]
    return page(
        "archive.html", who,
        asked=q, hits=shown, total=len(hits), many=found.more, start=start,
        before=_query(chosen, start=max(0, start - HITS_A_PAGE)) if start else None,
        after=_query(chosen, start=start + HITS_A_PAGE) if start + HITS_A_PAGE < len(hits) else None,
        facets=[
            _facet("Collection", "collection", chosen, [collection_of(h.path) for h in _of(found, None, year)]),
            _facet("Year", "year", chosen, [year_of(h.path) for h in _of(found, collection, None)]),
        ],
    )  # fmt: skip


@routes.get("/archive/{document_id}/{number}")
def one_page(
    request: Request,
    document_id: Id,
    number: Number,
    who: Reader,
    q: Asked = "",
    collection: Facet = None,
    year: Facet = None,
    hit: Annotated[int | None, Query(ge=0, le=100_000)] = None,
) -> HTMLResponse:
    """A scan with its text beside it, what was searched for marked in both. Raises LookupError."""
    chosen = {"q": q, "collection": collection, "year": year}
    with desk(request).reading() as session:
        document, row = find_page(session, document_id, number)
        lines = lines_of(session, row)
        here, around = _hits(session, q, document_id, number), {}
        if here and hit is not None:
            around = _around(session, chosen, hit)
        last = len(pages_of(session, document_id)[1])
    marked = {found.line: {word.number for word in found.words} for found in here}
    view = {
        "document": document_id, "page": number, "width": row.width, "height": row.height,
        "may_correct": who.person.may("reviewer"),
        "lines": [
            {
                "number": line.number, "text": line.text, "box": line.box,
                "words": [[word["text"], word["box"], place in marked.get(line.number, ())]
                          for place, word in enumerate(line.words)],
            }
            for line in lines
        ],
    }  # fmt: skip
    return page(
        "archive_page.html", who,
        document=document, number=number, last=last, asked=q, view=view, back=_query(chosen), around=around,
    )  # fmt: skip


@routes.get("/archive/{document_id}/{number}/{line}.jpg")
def line_picture(request: Request, document_id: Id, number: Number, line: Number, who: Reader) -> Response:
    """A line as it was written. Raises LookupError and NotKept."""
    at = desk(request)
    with at.reading() as session:
        document, row = find_page(session, document_id, number)
        found = next((one for one in lines_of(session, row) if one.number == line), None)
        if found is None:
            raise LookupError(f"there is no line {line} on this page")
        scan, box = scan_in_archive(document, number), as_box(found.box)
    return Response(at.pictures.crop(scan, box), media_type="image/jpeg")


class Corrected(BaseModel):
    """A line as a person typed it; ``read`` is what it was shown as."""

    model_config = ConfigDict(extra="forbid")

    document: Annotated[int, Field(ge=1, lt=1 << 62)]
    page: Annotated[int, Field(ge=1, lt=1 << 31)]
    line: Annotated[int, Field(ge=1, lt=1 << 31)]
    read: Annotated[str, Field(max_length=10_000)]
    text: Annotated[str, Field(max_length=10_000)]


@routes.post("/api/correct-line")
def correct(request: Request, wanted: Corrected, who: Reviewer) -> dict[str, Any]:
    """Keeps what a person typed for a line. Raises LookupError, and Changed where another person was first."""
    with desk(request).transaction() as session:
        _, row = find_page(session, wanted.document, wanted.page)
        line = correct_line(session, row, wanted.line, wanted.read, wanted.text, who.person.name)
        return {"text": line.text, "words": [[word["text"], word["box"], False] for word in line.words]}


def scan_in_archive(document: DocumentRow, number: int) -> Scan:
    """Where the scan of a page lies."""
    return Scan(document.path, document.sha256, number)


def _search(session: Session, asked: str, collection: str | None, year: str | None) -> Found:
    chosen = collection is not None or year is not None
    return search(session, asked, enough=PAGES_FOR_A_FACET) if chosen else search(session, asked)


def _hits(session: Session, asked: str, document_id: int, number: int) -> Sequence[Hit]:
    try:
        return search_page(session, asked, document_id, number)
    except SearchError:
        return ()


def _around(session: Session, chosen: dict[str, str | None], hit: int) -> dict[str, Any]:
    """The addresses of the hits before and after one."""
    collection, year = chosen["collection"], chosen["year"]
    found = _search(session, chosen["q"] or "", collection, year)
    hits = _of(found, collection, year)
    near = {"before": hit - 1, "after": hit + 1}
    return {"number": hit + 1, "total": len(hits)} | {
        name: f"/archive/{hits[at].document_id}/{hits[at].page}?{_query(chosen, hit=at)}#line-{hits[at].line}"
        for name, at in near.items()
        if 0 <= at < len(hits)
    }


def _of(found: Found, collection: str | None, year: str | None) -> list[Hit]:
    """The hits in a collection and of a year."""
    return [
        hit
        for hit in found.hits
        if (collection is None or collection_of(hit.path) == collection)
        and (year is None or year_of(hit.path) == year)
    ]


def _facet(title: str, name: str, chosen: dict[str, str | None], values: Sequence[str]) -> dict[str, Any]:
    """The values of the hits, each with how many have it and the address of a search for those only."""
    counts = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    options = [(value, count, _query(chosen | {name: value})) for value, count in counts[:30]]
    return {"title": title, "options": options, "chosen": chosen[name], "all": _query(chosen | {name: None})}


def _query(chosen: dict[str, str | None], **more: int) -> str:
    return urlencode({name: value for name, value in (chosen | more).items() if value is not None})


def _marked(hit: Hit) -> list[tuple[str, bool]]:
    """The words of a line, and whether each is what was searched for."""
    matching = {word.number for word in hit.words}
    return [(word, number in matching) for number, word in enumerate(hit.text.split())]
