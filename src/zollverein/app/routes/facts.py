"""What does not depend on a scenario: worlds, forms, presets, the map."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from zollverein.app.bodies import StatisticsBody
from zollverein.app.facts import presets
from zollverein.app.forms import kinds
from zollverein.app.office import office_of
from zollverein.app.replies import KindsReply, MapReply, Preset, StatisticsReply, WorldsReply

router = APIRouter(prefix="/api", tags=["facts"])


@router.get("/worlds", responses={200: {"model": WorldsReply}})
async def worlds(request: Request) -> Response:
    """Worlds with their countries, sectors, blocs, sources and adjustments."""
    return Response(await office_of(request).fact("worlds"), media_type="application/json")


@router.get("/map", responses={200: {"model": MapReply}})
async def world_map(request: Request) -> Response:
    """Outlines of countries on the plane of the report's map, and dots for the small ones."""
    return Response(await office_of(request).fact("map"), media_type="application/json")


@router.get("/kinds", responses={200: {"model": KindsReply}})
def forms() -> dict[str, object]:
    """Every kind of measure with its keys, and every choice of a scenario in words."""
    return kinds()


@router.get("/presets", responses={200: {"model": list[Preset]}})
def examples() -> list[dict[str, object]]:
    """The example scenarios."""
    return presets()


@router.post("/statistics", responses={200: {"model": StatisticsReply}})
async def statistics(body: StatisticsBody, request: Request) -> Response:
    """Trade statistics of an economy, with its partners and, if named, one of them."""
    return Response(await office_of(request).statistics(body), media_type="application/json")
