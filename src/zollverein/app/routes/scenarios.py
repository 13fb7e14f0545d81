"""Scenarios: checking them, simulating them, taking results away."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from zollverein.app.bodies import AskBody, ResultBody, ValidateBody
from zollverein.app.exports import FILES, offered
from zollverein.app.office import office_of
from zollverein.app.problems import Problem
from zollverein.app.replies import ErrorReply, SimulateReply, ValidateReply

router = APIRouter(prefix="/api", tags=["scenarios"])


@router.post("/scenarios/validate", responses={200: {"model": ValidateReply}})
async def validate(body: ValidateBody, request: Request) -> Response:
    """Check a document; its sentences, parts, file and link, or every problem in it (422)."""
    if (body.toml is None) == (body.scenario is None):
        raise Problem(422, "request", "Give either 'toml' or 'scenario'.", ["toml", "scenario"])
    return Response(await office_of(request).validate(body), media_type="application/json")


@router.post(
    "/simulate",
    responses={
        200: {"model": SimulateReply},
        409: {"model": ErrorReply, "description": "a newer request of the same token came"},
    },
)
async def simulate(body: ResultBody, request: Request) -> Response:
    """The effects of a scenario on every economy; the numbers are those of the command line."""
    return Response(await office_of(request).simulate(body), media_type="application/json")


@router.post(
    "/export/{what}",
    response_class=Response,
    responses={
        200: {"content": {kind.partition(";")[0]: {} for kind in FILES.values()}},
        404: {"model": ErrorReply, "description": "no export of that name"},
    },
)
async def export(
    body: AskBody,
    request: Request,
    what: Annotated[str, Path(json_schema_extra={"enum": offered()})],
) -> Response:
    """A result as a file: report, table, netCDF, scenario, figure, Python, citation."""
    if what not in FILES:
        raise Problem(
            404, "no_file", f"There is no export of that name. There are: {', '.join(FILES)}."
        )
    content = await office_of(request).export(body, what)
    name = {"python": "result.py", "citation": "citation.txt"}.get(what, what)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=FILES[what], headers=headers)
