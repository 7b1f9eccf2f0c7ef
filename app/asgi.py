"""Putting the program together: the only module that knows every feature."""

from litestar import Litestar, Router, get
from litestar.datastructures import State
from litestar.types import ASGIApp

from app import health, sweeper
from app.accounts.controllers import DoorController, SignOutController
from app.accounts.current import (
    LISTENS,
    NotSignedIn,
    same_site,
    signed_in,
    to_the_door,
    with_token,
)
from app.activity.controllers import ActivityController
from app.alerts.controllers import (
    AlertController,
    CareController,
    FormController,
    PurchaseController,
)
from app.books.controllers import BooksController
from app.counter.controllers import (
    CounterController,
    HoldController,
    ShortageController,
    UndoController,
)
from app.live.controllers import LiveController
from app.live.frame import frame, note_place
from app.live.hub import hub
from app.orders.api import OrderApi
from app.stock.api import InventoryApi, ProductApi
from app.stock.controllers import ProductController, StockController
from app.web import assets, failures
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import MOST_BYTES
from app.web.outer import Outer


@get("/")
async def home() -> Answer:
    """The counter is where a clerk begins."""
    return redirect("/counter")


async def enter(request: AnyRequest) -> None:
    """Before every page: who asks, and from where on its stream will tell."""
    await signed_in(request)
    await note_place(request)


def create_app() -> ASGIApp:
    """The whole program as one ASGI app. Whoever runs it has opened the database."""
    api = Router(
        "/v1",
        route_handlers=[OrderApi, ProductApi, InventoryApi],
        before_request=with_token,
        request_max_body_size=4 * MOST_BYTES,
    )
    door = Router("/", route_handlers=[DoorController], before_request=same_site)
    pages = Router(
        "/",
        route_handlers=[
            home,
            CounterController,
            HoldController,
            ShortageController,
            UndoController,
            StockController,
            ProductController,
            ActivityController,
            BooksController,
            AlertController,
            CareController,
            FormController,
            PurchaseController,
            SignOutController,
        ],
        before_request=enter,
    )
    live = Router("/", route_handlers=[LiveController], before_request=enter, opt={LISTENS: True})
    app = Litestar(
        [assets.static, health.alive, health.ready, door, pages, live, api],
        lifespan=[hub.running, sweeper.running],
        state=State({"frame": frame}),
        exception_handlers={NotSignedIn: to_the_door, Exception: failures.failed},
        request_max_body_size=MOST_BYTES,
        openapi_config=None,
        logging_config=None,
    )
    return Outer(app)
