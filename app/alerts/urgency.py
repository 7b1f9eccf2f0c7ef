"""How urgent one product is: what the alerts are sorted by, and a place among them."""

import base64
from contextlib import suppress
from typing import NamedTuple

import msgspec

from app.alerts.pace import Pace
from app.stock.lists import Number
from app.stock.queries import Level


class Urgency(NamedTuple):
    """How urgent one product is, as it sorts; also a place in the list, behind that product.

    First what is empty soonest, of that what sells most; last what nobody wants, fewest first.
    """

    is_idle: bool
    hours: float  # until it is empty
    demand: int  # less than 0: minus what was sold
    available: int
    product: Number

    @classmethod
    def of(cls, product: int, available: int, pace: Pace) -> "Urgency":
        hours = pace.hours_left(product, available)
        return cls(hours is None, hours or 0.0, -pace.sold.get(product, 0), available, product)

    @property
    def cursor(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode()


def place(cursor: str) -> Urgency:
    """The place of a cursor; raises ValueError for one that we have not given out."""
    with suppress(msgspec.MsgspecError, ValueError):
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=Urgency)
    raise ValueError("This is not a place in the list.")


def of(level: Level, pace: Pace) -> Urgency:
    return Urgency.of(level.id, level.available, pace)
