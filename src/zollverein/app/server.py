"""The application: routes, errors, limits and the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from zollverein.app.guard import Guard
from zollverein.app.limits import Limits
from zollverein.app.office import Office
from zollverein.app.problems import Problem, problem_of
from zollverein.app.replies import ErrorReply
from zollverein.app.routes import facts, jobs, scenarios
from zollverein.errors import ZollvereinError
from zollverein.version import __version__

#: The page.
STATIC = Path(__file__).parent / "static"
#: Names by which a server on this machine may be called.
LOCAL = ("localhost", "127.0.0.1", "[::1]", "testserver")
#: Seconds after which a client that was told to come again may do so.
_AGAIN = "2"
#: Methods under which the API may be called, rightly or wrongly.
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
#: Mistakes in the form of a request that are named.
_SHOWN = 20


def create_app(
    limits: Limits | None = None,
    *,
    worlds: dict[str, str] | None = None,
    hosts: tuple[str, ...] = LOCAL,
) -> FastAPI:
    """The application.

    Args:
        limits: What may be asked; from the environment if omitted.
        worlds: Files of worlds beside the packaged ones, by name.
        hosts: Names by which the server may be called, against pages that call it by one of theirs.

    Returns:
        An ASGI application; its workers start with it and end with it.
    """
    allowed = limits or Limits.from_environment()

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.office = Office(allowed, worlds)
        try:
            yield
        finally:
            app.state.office.close()

    app = FastAPI(
        title="Zollverein",
        version=__version__,
        description="Who gains and who loses from a trade policy, with a certificate.",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        responses={
            code: {"model": ErrorReply, "description": text} for code, text in _ERRORS.items()
        },
    )
    for module in (facts, scenarios, jobs):
        app.include_router(module.router)
    app.add_api_route("/api/{rest:path}", _nothing, methods=_METHODS, include_in_schema=False)
    _handle(app)
    if STATIC.is_dir():
        app.mount("/", StaticFiles(directory=STATIC, html=True), name="page")
    app.add_middleware(Guard, most=allowed.body_bytes, hosts=hosts)
    return app


_ERRORS: dict[int | str, str] = {
    400: "the body is no JSON, or the server is not called so",
    403: "the request comes from a page of another site",
    413: "the request is too large",
    422: "something in the request is wrong; the message is that of the command line",
    503: "too busy, the solve took too long, or no process could be started",
}


def _nothing() -> None:
    """What is no request of the API is not looked for among the files of the page."""
    text = "There is no such request. GET /openapi.json lists all."
    raise Problem(404, "no_request", text)


def _handle(app: FastAPI) -> None:
    """Every error in one form."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, problem: Problem) -> JSONResponse:
        headers = {"retry-after": _AGAIN} if problem.status in {429, 503} else None
        return JSONResponse(problem.body(), problem.status, headers)

    @app.exception_handler(ZollvereinError)
    async def _deliberate(request: Request, error: ZollvereinError) -> JSONResponse:
        return await _problem(request, problem_of(error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return await _problem(request, _malformed(error.errors()))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        answer = await _problem(request, Problem(error.status_code, "request", str(error.detail)))
        answer.headers.update(error.headers or {})
        return answer


def _malformed(errors: Any) -> Problem:
    """What is wrong with a request before anything in it is read."""
    shown = errors[:_SHOWN]
    places = [".".join(map(str, entry["loc"][1:])) for entry in shown]
    said = [
        f"{place or 'body'}: {entry['msg'].removeprefix('Value error, ')}"
        for place, entry in zip(places, shown, strict=True)
    ]
    return Problem(422, "request", "; ".join(said), [place for place in places if place])
