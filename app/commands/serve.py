"""``serve``: bring the database up to date, then answer browsers and programs."""

import asyncio
import gc
import logging
import signal
import socket
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn

from app import __version__, logs
from app.accounts import actions, queries
from app.accounts.tables import Role
from app.asgi import create_app
from app.backups import schedule
from app.backups.keeper import keeper
from app.commands import Parsers, shop
from app.database import DB, lock
from app.live.hub import hub
from app.live.seats import raise_file_limit
from app.settings import address, settings
from app.web.deadlines import Deadlines

SIGNALS = (signal.SIGTERM, signal.SIGINT)

logger = logging.getLogger("onhand")


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("serve", help="serve the shop to browsers and programs")
    parser.add_argument("--host", default=settings.host)
    parser.add_argument("--port", default=settings.port, type=int, help="0 takes a free one")
    parser.set_defaults(run=lambda args: shop.run(_serve, args))


async def _serve(args: Namespace) -> None:
    if reason := settings.why_unreachable(args.host):
        raise shop.Unusable(f"--host {args.host}: {reason}.")
    logs.begin(settings.log)
    gc.disable()  # until all is there that stays
    config = uvicorn.Config(
        create_app(),
        host=args.host,
        port=args.port,
        http=Deadlines,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=15,
    )
    raise_file_limit()
    async with shop.alone():
        await DB.warm()
        if schedule.is_on():
            keeper.look()
        listener = _listen(args.host, args.port)
        base_url = settings.base_url
        if args.port == 0 or not settings.is_base_url_given:
            base_url = address(*listener.getsockname()[:2])
        if not await queries.has_clerks():
            print(
                f"Set up: {base_url}/welcome/{await actions.invite(role=Role.MANAGER)}", flush=True
            )
        server = _Server(config)
        for name in SIGNALS:
            signal.signal(name, partial(_stop, server, asyncio.get_running_loop()))
        if DB.is_file:
            lock.note(DB.shop, base_url)
        logger.info("serving", extra={"version": __version__, "address": base_url})
        print(f"Serving {base_url}", flush=True)
        gc.collect()
        gc.freeze()  # what lives as long as the program is not looked through again and again
        gc.enable()
        await server.serve(sockets=[listener])
    logger.info("stopped")


class _Server(uvicorn.Server):
    """Leaves signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _stop(server: _Server, loop: asyncio.AbstractEventLoop, number: int, _: object) -> None:
    """Let what was begun be finished, and every open screen go, or the server would wait for them.

    Asked again it ends at once, as by a kill: what it has answered is kept also then.
    """
    for name in SIGNALS:
        signal.signal(name, signal.SIG_DFL)
    loop.call_soon_threadsafe(hub.close)
    loop.call_soon_threadsafe(partial(logger.info, "stopping: %s", signal.Signals(number).name))
    server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    """From here on somebody may knock, and is let in as soon as we are ready."""
    if not 0 <= port <= 65535:
        raise shop.Unusable(f"{port} is no port; a port is a number from 0 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise shop.Unusable(f"{host} port {port} cannot be served: {error}.") from None
