"""The addresses below /orders."""

from app.orders.controllers.aside import AsideController
from app.orders.controllers.listing import OrdersController
from app.orders.controllers.lost import LostController
from app.orders.controllers.order import OrderController
from app.orders.controllers.steps import StepsController

__all__ = [
    "AsideController",
    "LostController",
    "OrderController",
    "OrdersController",
    "StepsController",
]
