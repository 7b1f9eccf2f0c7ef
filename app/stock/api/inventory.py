"""Levels for programs, and what changes them: ``/v1/inventory``."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts.current import client_of
from app.stock import actions, feed, queries
from app.stock.actions import BelowReserved, CountedMeanwhile, ShelfFull
from app.stock.wire import AdjustmentIn, CountIn, EventOut, LevelOut, ReceiptIn
from app.web.answer import Answer, AnyRequest
from app.web.api import Call, Nothing

SHOW = Call("How many there are of one product", takes=Nothing, gives=LevelOut)
ADJUST = Call(
    "Correct the shelf, and say why",
    takes=AdjustmentIn,
    gives=EventOut,
    status=201,
    refuses=[BelowReserved, ShelfFull],
)
RECEIVE = Call(
    "Put a delivery on the shelf", takes=ReceiptIn, gives=EventOut, status=201, refuses=[ShelfFull]
)
COUNT = Call(
    "Enter what was counted on the shelf",
    about="With `as_of`, what happened since that event stays: the shelf is changed by what was "
    "missing or too much then.",
    takes=CountIn,
    gives=EventOut,
    status=201,
    refuses=[BelowReserved, CountedMeanwhile, ShelfFull],
)


class InventoryApi(Controller):
    path = "/inventory"

    @get("/{sku:str}", opt=SHOW.opt)
    async def show(self, sku: FromPath[str]) -> Answer:
        level = await queries.level_by_sku(sku)
        return SHOW.tell(LevelOut.of(level, await queries.last_event_of(level.id)))

    @post("/{sku:str}/adjustments", opt=ADJUST.opt)
    async def adjust(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        given = await ADJUST.read(request)
        check = fields.Checks()
        check("change", _not_none, given.change)
        note = check("note", fields.note, given.note)
        check.done()

        async def act(product: int, actor: str) -> int:
            return await actions.adjust(
                product, given.change, reason=given.reason, actor=actor, note=note
            )

        return await _changed(request, ADJUST, sku, act)

    @post("/{sku:str}/receipts", opt=RECEIVE.opt)
    async def receive(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        given = await RECEIVE.read(request)
        check = fields.Checks()
        note = check("note", fields.note, given.note)
        check.done()

        async def act(product: int, actor: str) -> int:
            return await actions.receive(product, given.quantity, actor=actor, note=note)

        return await _changed(request, RECEIVE, sku, act)

    @post("/{sku:str}/counts", opt=COUNT.opt)
    async def count(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        given = await COUNT.read(request)

        async def act(product: int, actor: str) -> int:
            return await actions.count(product, given.counted, actor=actor, as_of=given.as_of)

        return await _changed(request, COUNT, sku, act)


async def _changed(
    request: AnyRequest,
    call: Call[Any, EventOut],
    sku: str,
    act: Callable[[int, str], Awaitable[int]],
) -> Answer:
    """The entry that an action wrote into the event log, once."""
    client = client_of(request)

    async def change() -> EventOut:
        level = await queries.level_by_sku(sku)
        return await feed.event(await act(level.id, client.name))

    return await call.once(request, client.actor, change)


def _not_none(change: int) -> int:
    if not change:
        raise ValueError("The change cannot be 0.")
    return change
