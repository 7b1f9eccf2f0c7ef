"""``serve``: bring the database up to date, then answer browsers and programs."""

import gc
import signal
import socket
from argparse import Namespace
from types import FrameType

import uvicorn

from app.accounts import actions, queries
from app.accounts.tables import Role
from app.asgi import create_app
from app.backups import folder, schedule
from app.commands import Parsers, shop
from app.database import DB, lock
from app.live.hub import hub
from app.settings import address, settings


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("serve", help="serve the shop to browsers and programs")
    parser.add_argument("--host", default=settings.host)
    parser.add_argument("--port", default=settings.port, type=int, help="0 takes a free one")
    parser.set_defaults(run=lambda args: shop.run(_serve, args))


async def _serve(args: Namespace) -> None:
    if reason := settings.why_unreachable(args.host):
        raise shop.Unusable(f"--host {args.host}: {reason}.")
    config = uvicorn.Config(
        create_app(),
        host=args.host,
        port=args.port,
        http="httptools",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=15,
    )
    async with shop.alone():
        if schedule.is_on():
            folder.prepared()
        listener = _listen(args.host, args.port)
        base_url = settings.base_url
        if args.port == 0 or not settings.is_base_url_given:
            base_url = address(*listener.getsockname()[:2])
        if not await queries.has_clerks():
            print(
                f"Set up: {base_url}/welcome/{await actions.invite(role=Role.MANAGER)}", flush=True
            )
        server = _Server(config)
        for name in (signal.SIGTERM, signal.SIGINT):  # also before uvicorn listens to them itself,
            signal.signal(name, server.handle_exit)  # and when it raises them again at its end
        if DB.is_file:
            lock.note(DB.shop, base_url)
        print(f"Serving {base_url}", flush=True)
        gc.collect()
        gc.freeze()  # what lives as long as the program is not looked through again and again
        await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """Lets every open screen go first, or it would wait for them."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        hub.close()
        super().handle_exit(sig, frame)


def _listen(host: str, port: int) -> socket.socket:
    """From here on somebody may knock, and is let in as soon as we are ready."""
    if not 0 <= port <= 65535:
        raise shop.Unusable(f"{port} is no port; a port is a number from 0 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise shop.Unusable(f"{host} port {port} cannot be served: {error}.") from None
