"""Putting the program together: the only module that knows every feature."""

from litestar import Litestar, Router, get
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin
from litestar.types import ASGIApp

from app import health, sweeper
from app.accounts import controllers as accounts
from app.accounts.attempts import attempts
from app.accounts.current import (
    FOR_MANAGERS,
    LISTENS,
    NotSignedIn,
    clerk,
    client_of,
    refused,
    same_site,
    signed_in,
    to_the_door,
    with_token,
)
from app.accounts.proving import ask_again
from app.activity.controllers import ActivityController
from app.alerts.api import LowStockApi
from app.alerts.controllers import (
    AlertController,
    CareController,
    FormController,
    PurchaseController,
)
from app.backups.controllers import BackupController
from app.backups.keeper import keeper
from app.books.controllers import BooksController
from app.counter.controllers import (
    CounterController,
    HoldController,
    ShortageController,
    UndoController,
)
from app.counts import controllers as counts
from app.live.api import EventApi
from app.live.controllers import LiveController
from app.live.frame import frame, note_place
from app.live.hub import hub
from app.metrics import metrics
from app.orders.api import OrderApi, ReservationApi
from app.orders.controllers import (
    AsideController,
    LostController,
    OrderController,
    OrdersController,
    StepsController,
)
from app.settings import settings
from app.stock.api import InventoryApi, ProductApi
from app.stock.controllers import ProductController, StockController
from app.web import assets, failures, openapi, reference
from app.web.answer import Answer, AnyRequest, redirect
from app.web.asked import check_query
from app.web.forms import MOST_BYTES
from app.web.outer import Outer
from app.web.rate import Rate
from app.webhooks.controllers import WebhookController
from app.webhooks.worker import worker

rate = Rate(settings.rate_limit)


@get("/")
async def home() -> Answer:
    """The counter is where a clerk begins."""
    return redirect("/counter")


async def enter(request: AnyRequest) -> Answer | None:
    """Before every page: who asks, how often, and from where on its stream will tell.

    What it answers itself is the question for the password, before a setting is changed.
    """
    await signed_in(request)
    rate.note(f"session:{clerk(request).session}")
    check_query(request)
    await note_place(request)
    return await ask_again(request)


async def admit(request: AnyRequest) -> None:
    """Before every call of ``/v1``: which program asks, and how often."""
    await with_token(request)
    rate.note(client_of(request).actor)


class _Litestar(Litestar):
    """Reads bodies by msgspec only: to look for pydantic takes a tenth of a restart."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


def create_app() -> ASGIApp:
    """The whole program as one ASGI app. Whoever runs it has opened the database."""
    api = Router(
        "/v1",
        route_handlers=[
            ProductApi,
            InventoryApi,
            OrderApi,
            ReservationApi,
            LowStockApi,
            EventApi,
        ],
        before_request=admit,
    )
    for_anybody = [
        assets.static,
        health.alive,
        health.ready,
        reference.openapi,
        reference.docs,
    ]
    watchers = Router("/", route_handlers=[metrics], before_request=with_token)
    door = Router("/", route_handlers=accounts.AT_THE_DOOR, before_request=same_site)
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
            OrdersController,
            AsideController,
            LostController,
            OrderController,
            StepsController,
            ActivityController,
            BooksController,
            *counts.CONTROLLERS,
            AlertController,
            CareController,
            FormController,
            PurchaseController,
            *accounts.SIGNED_IN,
        ],
        before_request=enter,
    )
    for_managers = Router(
        "/",
        route_handlers=[*accounts.FOR_MANAGERS, BackupController, WebhookController],
        before_request=enter,
        opt={FOR_MANAGERS: True},
    )
    live = Router("/", route_handlers=[LiveController], before_request=enter, opt={LISTENS: True})
    app = _Litestar(
        [*for_anybody, watchers, door, pages, for_managers, live, api],
        lifespan=[
            hub.running,
            keeper.running,
            sweeper.running,
            worker.running,
            attempts.writing,
        ],
        state=State({"frame": frame}),
        exception_handlers={
            NotSignedIn: to_the_door,
            NotAuthorizedException: refused,
            PermissionDeniedException: refused,
            Exception: failures.failed,
        },
        request_max_body_size=MOST_BYTES,
        openapi_config=None,
        logging_config=None,
    )
    app.state.openapi = openapi.document(app)
    return Outer(app)
