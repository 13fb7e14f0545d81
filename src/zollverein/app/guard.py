"""What every request and every answer passes: size of the body, origin of the request, headers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from zollverein.app.problems import Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Nothing from elsewhere, nothing inline, no frame around the page.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Refuses bodies that are too large and requests from other sites; adds headers to answers.

    Args:
        app: The application behind it.
        most: Largest body in bytes.
        hosts: Names by which the server may be called; ``"*"`` is any. A page of another site that
            has its name point here is told apart by its name.
    """

    def __init__(self, app: App, most: int, hosts: tuple[str, ...]) -> None:
        self._app, self._most, self._hosts = app, most, hosts
        self._headers = [(k.encode(), v.encode()) for k, v in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"])
        api = scope["path"].startswith("/api")

        async def reply(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), *self._headers]
                headers.append((b"cache-control", b"no-store" if api else b"no-cache"))
                message = {**message, "headers": headers}
            await send(message)

        problem = self._stranger(scope["method"], given)
        if problem is not None:
            await _refuse(problem, reply)
            return
        length = given.get(b"content-length", b"0")
        if not length.isdigit() or int(length[:20]) > self._most:
            await self._too_large(receive, reply)
            return
        await self._pass_on(scope, receive, reply)

    def _stranger(self, method: str, given: dict[bytes, bytes]) -> Problem | None:
        """What is said to a request under another name, or from another site's page."""
        host = given.get(b"host", b"").decode("latin-1").lower()
        name = host[: host.index("]") + 1] if "]" in host else host.partition(":")[0]
        if "*" not in self._hosts and name not in self._hosts:
            text = (
                "This server is not called so. Fix: its address, or the name in ZOLLVEREIN_HOSTS."
            )
            return Problem(400, "host", text)
        if method not in {"GET", "HEAD"} and given.get(b"sec-fetch-site") == b"cross-site":
            return Problem(403, "other_site", "Requests from other sites are not answered.")
        return None

    async def _pass_on(self, scope: Scope, receive: Receive, reply: Send) -> None:
        """Read the body up to the limit, whatever its header says, then pass all of it on."""
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._most:
                await self._too_large(receive if more else None, reply)
                return
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, again, reply)

    async def _too_large(self, receive: Receive | None, reply: Send) -> None:
        """Say so without keeping what comes; a client that goes on sending is cut off."""
        seen = 0
        while receive is not None and seen <= 4 * self._most:
            message = await receive()
            seen += len(message.get("body", b""))
            if not message.get("more_body", False):
                break
        text = (
            f"The request is larger than {self._most:,} bytes. Fix: a smaller scenario, or a higher "
            "ZOLLVEREIN_BODY_BYTES."
        )
        await _refuse(Problem(413, "too_large", text), reply, close=True)


async def _refuse(problem: Problem, reply: Send, *, close: bool = False) -> None:
    body = json.dumps(problem.body()).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if close:
        headers.append((b"connection", b"close"))
    await reply({"type": "http.response.start", "status": problem.status, "headers": headers})
    await reply({"type": "http.response.body", "body": body})
