"""``serve``: bring the database up to date, then answer browsers and programs."""

import gc

import uvicorn

from app.asgi import create_app


def serve(host: str, port: int) -> None:
    """Serve until told to stop. Port 0 takes a free one."""
    config = uvicorn.Config(
        create_app(),
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=15,
        backlog=2048,
    )
    gc.collect()
    gc.freeze()  # what lives as long as the program is not looked through again and again
    uvicorn.Server(config).run()
