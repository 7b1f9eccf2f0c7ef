"""Undo: what one action of a clerk did is taken back whole, by entries of the opposite effect."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from app import clock, words
from app.database import action
from app.errors import NotFound
from app.orders.actions import reopening
from app.orders.actions.missing import take_back_missing
from app.stock import actions as stock
from app.stock import log
from app.stock import queries as shelves
from app.stock.actions import UNDO, CannotUndo
from app.stock.log import Logged
from app.stock.tables import EventKind

UNDO_WITHIN = timedelta(minutes=10)
_ALERTS = {EventKind.LOW_STOCK, EventKind.RESTOCKED}


@action
async def undo(operation: int, *, clerk: int, actor: str) -> str:
    """Take back what an action of this clerk did, given its first event. Returns what to say.

    Lines of a sale or a hold lie on the counter again. Refuses what is not the clerk's own, what is
    too old or undone already, and whatever something later depends on.
    """
    events = [event for event in await log.operation(operation) if event.kind not in _ALERTS]
    if not events or events[-1].operation:  # part of an action is not undone
        raise NotFound("There is nothing to undo.")
    await _check(events[-1], actor)
    by_order: dict[int, list[Logged]] = defaultdict(list)
    for event in events:
        if event.order_id:
            by_order[event.order_id].append(event)
    said = [
        await reopening.take_back_step(order_id, of_order, clerk=clerk, actor=actor)
        for order_id, of_order in by_order.items()
    ]
    await take_back_missing(operation)
    for event in sorted(events, key=lambda event: (event.product, -event.id)):
        await stock.undo(event, actor=actor)
    return " ".join(said) or await _said(events)


async def _check(first: Logged, actor: str) -> None:
    if first.reason == UNDO:
        raise CannotUndo("this was an undo itself. Do it anew instead.")
    if first.actor != actor:
        raise CannotUndo(f"{first.actor} did this.")
    if undone := await log.taken_back(first.id):
        raise CannotUndo(f"{undone.actor} did so already, {words.when(undone.happened_at)}.")
    if clock.now() - first.happened_at > UNDO_WITHIN:
        minutes = UNDO_WITHIN // timedelta(minutes=1)
        raise CannotUndo(f"more than {minutes} minutes have passed.")


async def _said(events: Sequence[Logged]) -> str:
    products = {event.product for event in events}
    if len(products) > 1:
        return f"Undone for {words.plural(len(products), 'product')}."
    level = await shelves.level(products.pop())
    return f"Undone: {words.number(level.on_hand)} of {level.name} on hand."
