"""The archive on the page and by its IIIF services: searched, leafed through, corrected."""

from __future__ import annotations

import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from inkfield.schemas.archive.search import search
from inkfield.schemas.database.connection import transaction
from tests.support.letters import HEIGHT, LETTERS, WIDTH, archive_letters, archived, letter
from tests.support.office import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The page over an archive of two letters."""
    found = Office(tmp_path_factory.mktemp("office"))
    archive_letters(found.engine, found.folder)
    return found


def test_a_correction_outlives_another_reading_and_is_refused_where_another_was_first(office: Office) -> None:
    path, reading = letter(office.folder / "1899", ("Yours faithfully Smitt",))
    number = archived(office.engine, path, reading)
    wanted = {
        "document": number,
        "page": 1,
        "line": 1,
        "read": "Yours faithfully Smitt",
        "text": "Yours Jane Smith",
    }
    anna = office.person("anna")
    assert anna.post("/api/correct-line", json=wanted).json()["text"] == "Yours Jane Smith"
    assert anna.post("/api/correct-line", json=wanted).status_code == 409
    archived(office.engine, path, reading)
    with transaction(office.engine) as session:
        assert [hit.text for hit in search(session, "smith").hits] == ["Yours Jane Smith"]


def test_facets_narrow_down_and_are_counted(office: Office) -> None:
    anna = office.person("anna")
    whole = anna.get("/archive", params={"q": "m*"}).text
    assert "1897 <small>" in whole and "1898 <small>" in whole
    one = anna.get("/archive", params={"q": "m*", "year": "1898"}).text
    assert "came" in one and "harvest" not in one
    assert "Name a word" in anna.get("/archive", params={"q": "*"}).text


def test_viewers_of_other_makers_find_what_iiif_asks_for(office: Office) -> None:
    program = office.program("mirador", "reader")
    collection = checked(program, "/iiif/collection", "Collection")
    assert len(collection["items"]) >= len(LETTERS)
    manifest = checked(program, path_of(collection["items"][0]["id"]), "Manifest")
    (canvas,) = manifest["items"]
    assert canvas["type"] == "Canvas" and (canvas["width"], canvas["height"]) == (WIDTH, HEIGHT)
    (painting,) = canvas["items"][0]["items"]
    assert painting["motivation"] == "painting" and painting["target"] == canvas["id"]
    assert painting["body"]["type"] == "Image" and painting["body"]["format"] == "image/jpeg"
    whole = program.get(path_of(painting["body"]["id"]))
    assert Image.open(io.BytesIO(whole.content)).size == (WIDTH, HEIGHT)
    text = checked(program, path_of(canvas["annotations"][0]["id"]), "AnnotationPage")
    assert all(line["motivation"] == "supplementing" for line in text["items"])
    assert text["items"][-1]["target"].startswith(f"{canvas['id']}#xywh=60,")
    assert text["items"][-1]["body"]["value"] == LETTERS[0][1][1]

    (service,) = painting["body"]["service"]
    name = path_of(service["id"])
    led = program.get(name)
    assert led.status_code == 303 and path_of(led.headers["location"]) == f"{name}/info.json"
    info = program.get(f"{name}/info.json", headers={"Accept": "application/ld+json"})
    assert (
        info.headers["content-type"]
        == 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"'
    )
    told = info.json()
    assert told["@context"] == "http://iiif.io/api/image/3/context.json"
    assert (told["type"], told["protocol"], told["profile"]) == (
        "ImageService3",
        "http://iiif.io/api/image",
        "level0",
    )
    assert (told["width"], told["height"], told["id"]) == (WIDTH, HEIGHT, service["id"])
    sizes = {
        "full/max": (800, 500), "square/max": (500, 500), "100,50,200,100/max": (200, 100),
        "700,400,400,400/max": (100, 100), "pct:50,0,50,50/pct:50": (200, 125), "full/400,": (400, 250),
        "full/,250": (400, 250), "full/80,80": (80, 80), "full/!80,80": (80, 50),
    }  # fmt: skip
    for asked, size in sizes.items():
        answer = program.get(f"{name}/{asked}/0/default.jpg")
        assert answer.headers["content-type"] == "image/jpeg", asked
        assert Image.open(io.BytesIO(answer.content)).size == size, asked
    for wrong in ("full/max/90/default.jpg", "full/max/0/default.png", "full/900,/0/default.jpg",
                  "900,0,9,9/max/0/default.jpg", "0,0,0,10/max/0/default.jpg", "full/!80,/0/default.jpg"):  # fmt: skip
        assert program.get(f"{name}/{wrong}").status_code == 400, wrong
    assert office.nobody().get(name + "/info.json").status_code == 401


def checked(program: TestClient, path: str, kind: str) -> dict[str, Any]:
    """A resource of the Presentation API with what all of them must have."""
    answer = program.get(path)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/json"), path
    told = dict(answer.json())
    assert told["@context"] == "http://iiif.io/api/presentation/3/context.json" and told["type"] == kind
    assert path_of(told["id"]) == path and told["items"]
    names = [told, *told["items"]]
    assert len({one["id"] for one in names}) == len(names)
    if kind != "AnnotationPage":  # labels are lists of texts by language
        assert all(isinstance(text, list) for one in names for text in one["label"].values())
    return told


def path_of(address: str) -> str:
    assert address.startswith("http://desk/"), address
    return address.removeprefix("http://desk").partition("#")[0]
