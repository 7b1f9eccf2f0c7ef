"""The whole program in the process of the tests, spoken to without a network."""

from typing import Any, cast

import httpx

from app.asgi import create_app

APP = create_app()


def client(*, raise_app_exceptions: bool = True, **options: Any) -> httpx.AsyncClient:
    """An HTTP client of the program. Options are those of httpx."""
    transport = httpx.ASGITransport(cast("Any", APP), raise_app_exceptions=raise_app_exceptions)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", **options)
