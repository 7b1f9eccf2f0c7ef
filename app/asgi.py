"""Putting the program together: the only module that knows every feature."""

from litestar import Litestar, Router
from litestar.types import ASGIApp

from app.accounts.current import NotSignedIn, to_the_door, with_token
from app.orders.api import OrderApi
from app.stock.api import InventoryApi, ProductApi
from app.web import assets, failures
from app.web.forms import MOST_BYTES
from app.web.outer import Outer


def create_app() -> ASGIApp:
    """The whole program as one ASGI app. Whoever runs it has opened the database."""
    api = Router(
        "/v1",
        route_handlers=[OrderApi, ProductApi, InventoryApi],
        before_request=with_token,
        request_max_body_size=4 * MOST_BYTES,
    )
    app = Litestar(
        [assets.static, api],
        exception_handlers={NotSignedIn: to_the_door, Exception: failures.failed},
        request_max_body_size=MOST_BYTES,
        openapi_config=None,
        logging_config=None,
    )
    return Outer(app)
