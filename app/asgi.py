"""Putting the program together: the only module that knows every feature."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.types import ASGIApp

from app.accounts.current import NotSignedIn, to_the_door, with_token
from app.database import DB
from app.orders.api import OrderApi
from app.stock.api import InventoryApi, ProductApi
from app.web import assets, failures
from app.web.forms import MOST_BYTES
from app.web.outer import Outer


def create_app() -> ASGIApp:
    """The whole program as one ASGI app; it opens and closes the database itself."""
    api = Router(
        "/v1",
        route_handlers=[OrderApi, ProductApi, InventoryApi],
        before_request=with_token,
        request_max_body_size=4 * MOST_BYTES,
    )
    app = Litestar(
        [assets.static, api],
        lifespan=[_open_database],
        exception_handlers={NotSignedIn: to_the_door, Exception: failures.failed},
        request_max_body_size=MOST_BYTES,
        openapi_config=None,
        logging_config=None,
    )
    return Outer(app)


@asynccontextmanager
async def _open_database(_: Litestar) -> AsyncIterator[None]:
    await DB.open()
    try:
        yield
    finally:
        await DB.close()
