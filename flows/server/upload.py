"""The upload box: what people hand in with their browser goes to the watched folder."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from inkfield.flows.server.access import needs
from inkfield.flows.server.desk import desk
from inkfield.flows.server.hand_in import hand_in
from inkfield.schemas.store.people import SignedIn

routes = APIRouter(prefix="/api")


@routes.post("/upload")
async def upload(
    request: Request,
    name: Annotated[str, Query(max_length=300)],
    who: Annotated[SignedIn, Depends(needs("reviewer"))],
) -> dict[str, Any]:
    """Takes one file, as the body of the call. Raises NoInbox, and ValueError for what is no document."""
    return {"name": (await hand_in(desk(request), who.person.name, name, request)).name}
