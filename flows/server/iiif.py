"""The archive for viewers of other makers (Mirador, Universal Viewer), by IIIF: Presentation API 3.0 and Image API 3.0.

The image service is of level 0 with extra features: what level 1 asks for besides them is that any page of any site may
read it (CORS), and these scans are for people who are signed in, and for programs with a token.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from inkfield.flows.server.access import needs
from inkfield.flows.server.archive import scan_in_archive
from inkfield.flows.server.desk import desk
from inkfield.flows.server.programs import Given, program
from inkfield.schemas.archive.browse import find_page, lines_of, pages_of, shelf
from inkfield.schemas.database.archive_tables import ArchivePageRow
from inkfield.schemas.readings import Box

routes = APIRouter(prefix="/iiif")
Id = Annotated[int, Path(ge=1, lt=1 << 62)]
Number = Annotated[int, Path(ge=1, lt=1 << 31)]
Part = Annotated[str, Path(max_length=100)]
IMAGE, PRESENTATION = (
    "http://iiif.io/api/image/3/context.json",
    "http://iiif.io/api/presentation/3/context.json",
)
FEATURES = (
    "baseUriRedirect", "jsonldMediaType", "regionByPct", "regionByPx", "regionSquare", "sizeByConfinedWh",
    "sizeByH", "sizeByPct", "sizeByW", "sizeByWh",
)  # fmt: skip
TILE = 1024
"""Pixels of a tile's sides."""
MOST_IN_COLLECTION = 500
"""Documents that a collection names; the others are in collections within it."""
NUMBER = r"(\d+(?:\.\d+)?)"


def viewer(request: Request, given: Given) -> None:
    """A dependency: a reader who is signed in, or a program with a reader's token. Raises as `needs` and `program`."""
    if given is None:
        needs("reader")(request)
    else:
        program("reader")(request, given)


Viewer = Annotated[None, Depends(viewer)]


@routes.get("/collection")
def collection(request: Request, who: Viewer, after: Annotated[int, Query(ge=0, lt=1 << 62)] = 0) -> Response:
    """The documents of the archive, and those after them as a collection of its own."""
    root = _root(request)
    with desk(request).reading() as session:
        found = shelf(session, after, MOST_IN_COLLECTION)
    items: list[dict[str, Any]] = [
        {"id": f"{root}/{one.id}/manifest", "type": "Manifest", "label": _label(one.file_name)}
        for one in found
    ]
    if len(found) == MOST_IN_COLLECTION:
        more = f"{root}/collection?after={found[-1].id}"
        items.append({"id": more, "type": "Collection", "label": {"en": ["More documents"]}})
    name = f"{root}/collection?after={after}" if after else f"{root}/collection"
    told = {"@context": PRESENTATION, "id": name, "type": "Collection", "label": {"en": ["Archive"]}}
    return _json(request, told | {"items": items})


@routes.get("/{document_id}/manifest")
def manifest(request: Request, document_id: Id, who: Viewer) -> Response:
    """A document: a canvas a page, in pixels of the scan, with its text as annotations. Raises LookupError."""
    root = _root(request)
    with desk(request).reading() as session:
        document, rows = pages_of(session, document_id)
        told = {
            "@context": PRESENTATION,
            "id": f"{root}/{document_id}/manifest",
            "type": "Manifest",
            "label": _label(document.file_name),
            "items": [_canvas(root, row) for row in rows],
        }
    return _json(request, told)


@routes.get("/{document_id}-{number}/text")
def text(request: Request, document_id: Id, number: Number, who: Viewer) -> Response:
    """The lines of a page as annotations of its canvas. Raises LookupError."""
    root = _root(request)
    with desk(request).reading() as session:
        _, row = find_page(session, document_id, number)
        lines = [(line.number, line.text, line.box) for line in lines_of(session, row) if line.text]
    page = f"{root}/{document_id}-{number}"
    items = [
        {
            "id": f"{page}/text/{line}",
            "type": "Annotation",
            "motivation": "supplementing",
            "body": {"type": "TextualBody", "value": said, "format": "text/plain"},
            "target": f"{page}/canvas#xywh={','.join(map(str, box))}",
        }
        for line, said, box in lines
    ]
    told = {"@context": PRESENTATION, "id": f"{page}/text", "type": "AnnotationPage", "items": items}
    return _json(request, told)


@routes.get("/{document_id}-{number}")
def image(request: Request, document_id: Id, number: Number, who: Viewer) -> Response:
    """The address of an image leads to what is told of it."""
    return RedirectResponse(f"{_root(request)}/{document_id}-{number}/info.json", 303)


@routes.get("/{document_id}-{number}/info.json")
def info(request: Request, document_id: Id, number: Number, who: Viewer) -> Response:
    """What can be asked of an image. Raises LookupError."""
    with desk(request).reading() as session:
        _, row = find_page(session, document_id, number)
        size = (row.width, row.height)
    told = {
        "@context": IMAGE,
        "id": f"{_root(request)}/{document_id}-{number}",
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level0",
        "width": size[0],
        "height": size[1],
        "tiles": [{"width": TILE, "height": TILE, "scaleFactors": _scales(*size)}],
        "extraFeatures": list(FEATURES),
    }
    return _json(request, told)


@routes.get("/{document_id}-{number}/{region}/{size}/{rotation}/{quality}.{form}")
def picture(
    request: Request,
    document_id: Id,
    number: Number,
    region: Part,
    size: Part,
    rotation: Part,
    quality: Part,
    form: Part,
    who: Viewer,
) -> Response:
    """A part of a scan in a size, as JPEG. Raises LookupError and NotKept."""
    if (rotation, form) != ("0", "jpg") or quality not in ("default", "color"):
        raise HTTPException(400, "What can be asked for is .../0/default.jpg")
    at = desk(request)
    with at.reading() as session:
        document, row = find_page(session, document_id, number)
        whole, scan = (row.width, row.height), scan_in_archive(document, number)
    box = region_of(region, *whole)
    return Response(at.pictures.part(scan, box, size_of(size, box[2], box[3])), media_type="image/jpeg")


def region_of(asked: str, width: int, height: int) -> Box:
    """The box, in pixels of an image of that size, that is asked for, within the image. Raises HTTPException 400.

    >>> region_of("square", 300, 100), region_of("250,0,100,50", 300, 100), region_of("pct:0,50,100,50", 300, 100)
    ((100, 0, 100, 100), (250, 0, 50, 50), (0, 50, 300, 50))
    """
    if asked == "full":
        return 0, 0, width, height
    if asked == "square":
        side = min(width, height)
        return (width - side) // 2, (height - side) // 2, side, side
    found = re.fullmatch(r"(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})", asked)
    sides = [float(part) for part in found.groups()] if found else None
    shares = re.fullmatch(rf"pct:{NUMBER},{NUMBER},{NUMBER},{NUMBER}", asked)
    if shares:
        sides = [
            float(part) * side / 100 for part, side in zip(shares.groups(), (width, height) * 2, strict=True)
        ]
    if sides is None:
        raise HTTPException(400, "A region is full, square, x,y,w,h or pct:x,y,w,h")
    x, y = round(sides[0]), round(sides[1])
    wide, high = min(width, x + round(sides[2])) - x, min(height, y + round(sides[3])) - y
    if wide <= 0 or high <= 0:
        raise HTTPException(400, "The region lies outside of the image, or is empty")
    return x, y, wide, high


def size_of(asked: str, width: int, height: int) -> tuple[int, int]:
    """Width and height in pixels that are asked for of a region of that size; it is not enlarged. Raises HTTPException
    400.

    >>> [size_of(asked, 400, 200) for asked in ("max", "100,", ",100", "pct:25", "100,100", "!100,100")]
    [(400, 200), (100, 50), (200, 100), (100, 50), (100, 100), (100, 50)]
    """
    wanted = _wanted(asked, width, height)
    if wanted is None or min(wanted) < 1 or wanted[0] > width or wanted[1] > height:
        raise HTTPException(
            400, "A size is max, w, or ,h or w,h or !w,h or pct:n, and no larger than the region"
        )
    return wanted


def _wanted(asked: str, width: int, height: int) -> tuple[int, int] | None:
    if asked == "max":
        return width, height
    share = re.fullmatch(f"pct:{NUMBER}", asked)
    if share:
        return max(1, round(width * float(share[1]) / 100)), max(1, round(height * float(share[1]) / 100))
    found = re.fullmatch(r"(!?)(\d{0,9}),(\d{0,9})", asked)
    if not found or not (found[2] or found[3]) or (found[1] and not (found[2] and found[3])):
        return None
    wide, high = int(found[2] or 0), int(found[3] or 0)
    if found[1]:
        scale = min(wide / width, high / height)
        return max(1, round(width * scale)), max(1, round(height * scale))
    if not found[3]:
        return wide, max(1, round(height * wide / width))
    return (wide, high) if found[2] else (max(1, round(width * high / height)), high)


def _canvas(root: str, row: ArchivePageRow) -> dict[str, Any]:
    page = f"{root}/{row.document_id}-{row.number}"
    size = {"height": row.height, "width": row.width}
    service = [{"id": page, "type": "ImageService3", "profile": "level0"}]
    body = {
        "id": f"{page}/full/max/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        "service": service,
    }
    painting = {
        "id": f"{page}/painting/scan",
        "type": "Annotation",
        "motivation": "painting",
        "body": body | size,
        "target": f"{page}/canvas",
    }
    return {
        "id": f"{page}/canvas",
        "type": "Canvas",
        "label": {"none": [str(row.number)]},
        **size,
        "items": [{"id": f"{page}/painting", "type": "AnnotationPage", "items": [painting]}],
        "annotations": [{"id": f"{page}/text", "type": "AnnotationPage"}],
    }


def _scales(width: int, height: int) -> list[int]:
    scales = [1]
    while max(width, height) > TILE * scales[-1]:
        scales.append(2 * scales[-1])
    return scales


def _label(name: str) -> dict[str, list[str]]:
    return {"none": [name]}


def _root(request: Request) -> str:
    """The address of this service, as the caller has it."""
    scheme = "https" if desk(request).settings.serve_https else request.url.scheme
    return f"{scheme}://{request.url.netloc}/iiif"


def _json(request: Request, told: dict[str, Any]) -> Response:
    linked = "application/ld+json" in request.headers.get("accept", "")
    kind = f'application/ld+json;profile="{told["@context"]}"' if linked else "application/json"
    return JSONResponse(told, media_type=kind)
