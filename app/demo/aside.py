"""What is put aside in the demo shop on its last day."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import NamedTuple

from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import queries

PLENTY = 20  # available, so that no shelf ends otherwise than planned


class Aside(NamedTuple):
    """An order that somebody put aside: a quantity of one product after the other."""

    actor: str
    customer: str
    lasts: timedelta
    quantities: Sequence[int]


ASIDES = (
    Aside("Priya", "", timedelta(minutes=26), (2, 1, 1, 3)),
    Aside("Anna", "Mr Bennett, navy coat", timedelta(hours=2), (1, 1)),
    Aside("Tom", "Mrs Okafor", timedelta(days=1), (4, 2)),
)


async def put_aside(products: Mapping[str, int], random: Random) -> None:
    """A parked cart, and what two customers come back for."""
    plenty = _plenty(random.sample(sorted(products.items()), len(products)))
    for aside in ASIDES:
        await orders.place(
            [Wanted(await anext(plenty), quantity) for quantity in aside.quantities],
            actor=aside.actor,
            customer=aside.customer,
            expires_in=aside.lasts,
        )


async def _plenty(products: Sequence[tuple[str, int]]) -> AsyncIterator[str]:
    for sku, product in products:
        if (await queries.level(product)).available > PLENTY:
            yield sku
