"""``serve``: bring the database up to date, then answer browsers and programs."""

import gc
import signal
from argparse import Namespace

import uvicorn

from app.accounts import actions, queries
from app.accounts.tables import Role
from app.asgi import create_app
from app.commands import Parsers, shop
from app.settings import settings


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("serve", help="serve the shop to browsers and programs")
    parser.add_argument("--host", default=settings.host)
    parser.add_argument("--port", default=settings.port, type=int, help="0 takes a free one")
    parser.set_defaults(run=lambda args: shop.run(_serve, args))


async def _serve(args: Namespace) -> None:
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
        backlog=2048,
    )
    async with shop.alone():
        listener = config.bind_socket()
        host, port = listener.getsockname()[:2]
        base_url = f"http://{host}:{port}" if 0 in {args.port, settings.port} else settings.base_url
        if not await queries.has_clerks():
            print(
                f"Set up: {base_url}/welcome/{await actions.invite(role=Role.MANAGER)}", flush=True
            )
        print(f"Serving {base_url}", flush=True)
        for name in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises them again when it is done
            signal.signal(name, signal.SIG_IGN)
        gc.collect()
        gc.freeze()  # what lives as long as the program is not looked through again and again
        await uvicorn.Server(config).serve(sockets=[listener])
