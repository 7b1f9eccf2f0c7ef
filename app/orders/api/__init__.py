"""The addresses of ``/v1`` where orders are, and reservations, which are orders of one line."""

from app.orders.api.orders import OrderApi
from app.orders.api.reservations import ReservationApi

__all__ = ["OrderApi", "ReservationApi"]
