"""Running the server: the address, the browser, and a warning where others can reach it."""

from __future__ import annotations

import ipaddress
import os
import socket
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zollverein.errors import DataError, MissingExtra
from zollverein.packaged import worlds
from zollverein.world import World

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

#: Seconds until the browser is opened: the server answers by then.
_OPENING = 1.0
#: Seconds that open connections get when the server ends.
_FAREWELL = 2
WARNING = (
    "This server has no accounts and no encryption, and everybody who can reach {host} can use it. Before "
    "you expose it: put a proxy with TLS and authentication in front of it (docs/app.md), and name the "
    "host that people type in ZOLLVEREIN_HOSTS."
)


def serve(
    host: str,
    port: int,
    *,
    world: str | None,
    hosts: tuple[str, ...] = (),
    browser: bool,
    say: Callable[[str], None],
) -> None:
    """Run the app until it is interrupted.

    Args:
        host: Address to listen on.
        port: Port to listen on.
        world: A packaged world or a world file that is used unless a scenario names another.
        hosts: Names by which the server may be called, beside those of this machine.
        browser: Whether to open the page.
        say: Receives what the user is told.

    Raises:
        MissingExtra: If FastAPI or uvicorn is not installed.
        DataError: If the world cannot be read, or the address cannot be listened on.
    """
    try:
        import uvicorn

        from zollverein.app.server import LOCAL, create_app
    except ImportError:
        raise MissingExtra(
            "the app needs FastAPI and uvicorn. Fix: pip install 'zollverein[app]'."
        ) from None
    files, local = world_files(world), is_local(host)
    check_free(host, port)
    if not local:
        say(WARNING.format(host=host))
    own = () if local else (host, *(("*",) if not hosts and unspecified(host) else ()))
    app = create_app(worlds=files, hosts=(*LOCAL, *own, *hosts))
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    say(f"Zollverein at {address} (end with Ctrl+C)")
    if browser:
        timer = threading.Timer(_OPENING, webbrowser.open, (address,))
        timer.daemon = True
        timer.start()
    uvicorn.Server(configuration(app, host=host, port=port)).run()


def configuration(app: FastAPI, **address: Any) -> uvicorn.Config:
    """How the server runs: quiet, without saying what it is, and without a wait for open streams.

    Args:
        app: The application.
        **address: ``host`` and ``port``, where no socket is given to the server.
    """
    import uvicorn

    return uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_FAREWELL,
        proxy_headers=False,
        **address,
    )


@contextmanager
def in_background(app: FastAPI) -> Iterator[str]:
    """Run the server in a thread on a free port of this machine; gives its address.

    Raises:
        RuntimeError: If it does not start.
    """
    import uvicorn

    server = uvicorn.Server(configuration(app, host="127.0.0.1", port=0))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server does not start")
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def is_local(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def unspecified(host: str) -> bool:
    """Whether an address stands for every one of this machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def check_free(host: str, port: int) -> None:
    """Refuse an address that is not this machine's, or is taken.

    Raises:
        DataError: Says which of the two.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            if os.name == "posix":  # elsewhere the option means that two may share an address
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise DataError(
            f"The app cannot listen on {host}, port {port}: {error.strerror or error}. Usual cause: it runs "
            "already. Fix: another --port, such as 8001, or another --host."
        ) from None


def world_files(world: str | None) -> dict[str, str]:
    """The operator's own world file by a plain name; none for a packaged world.

    Raises:
        DataError: If there is neither a packaged world nor a file of that name, or it is no world.
    """
    if world is None:
        return {}
    if world in worlds():
        return {world: world}
    path = Path(world)
    if not path.is_file():
        raise DataError(
            f"There is no world '{world}'. Packaged worlds: {', '.join(worlds())}; or the path of a file "
            "written by World.to_netcdf."
        )
    World.from_netcdf(path)
    name = path.stem if path.stem not in worlds() else f"{path.stem} (file)"
    return {name: str(path.resolve())}
