"""Long questions: which part does what, how sure a number is, coalitions, the best duties."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from zollverein.app.bodies import AttributeBody, CoalitionBody, OptimalBody, UncertaintyBody
from zollverein.app.office import office_of
from zollverein.app.replies import ErrorReply, JobName, JobReply

router = APIRouter(prefix="/api", tags=["jobs"])
_Answers = dict[int | str, dict[str, Any]]
_TOO_MANY: _Answers = {
    202: {"model": JobName},
    429: {"model": ErrorReply, "description": "too many jobs"},
}
_NONE: _Answers = {404: {"model": ErrorReply, "description": "no such job"}}


@router.post("/attribute", status_code=202, responses=_TOO_MANY)
async def attribute(body: AttributeBody, request: Request) -> dict[str, str]:
    """Start a job that divides an effect among the parts of a scenario."""
    return {"job": office_of(request).attribute(body, _client(request))}


@router.post("/uncertainty", status_code=202, responses=_TOO_MANY)
async def uncertainty(body: UncertaintyBody, request: Request) -> dict[str, str]:
    """Start a job that draws the assumptions and says how sure outcomes are."""
    return {"job": office_of(request).uncertainty(body, _client(request))}


@router.post("/coalition", status_code=202, responses=_TOO_MANY)
async def coalition(body: CoalitionBody, request: Request) -> dict[str, str]:
    """Start a job that values a coalition: what each member adds to the target's loss, and pays."""
    return {"job": office_of(request).coalition(body, _client(request))}


@router.post("/optimal", status_code=202, responses=_TOO_MANY)
async def optimal(body: OptimalBody, request: Request) -> dict[str, str]:
    """Start a job that finds the duties that are best for one economy, all else given."""
    return {"job": office_of(request).optimal(body, _client(request))}


@router.get("/jobs/{job}", responses={200: {"model": JobReply}, **_NONE})
async def follow(job: str, request: Request) -> Response:
    """How far a job is, and its result when it is done."""
    found = office_of(request).jobs.find(job)
    return Response(found.told(), media_type="application/json")


@router.get(
    "/jobs/{job}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}, **_NONE},
)
async def events(job: str, request: Request) -> StreamingResponse:
    """The same as server-sent events, one for every change."""
    jobs = office_of(request).jobs
    jobs.find(job)
    return StreamingResponse(jobs.events(job), media_type="text/event-stream")


@router.delete("/jobs/{job}", status_code=204, responses=_NONE)
async def cancel(job: str, request: Request) -> None:
    """Cancel a job."""
    office_of(request).jobs.cancel(job)


def _client(request: Request) -> str:
    """By what jobs of one client are counted: its address."""
    return request.client.host if request.client is not None else ""
