"""What the forms of one product do: each reads what was typed, and returns what acts on it."""

from collections.abc import Awaitable, Callable

from app import fields, words
from app.stock import actions, log, queries
from app.stock.controllers import editing
from app.stock.queries import Level
from app.stock.tables import AdjustmentReason
from app.web.forms import Done, Form

Act = Callable[[], Awaitable[Done]]
Change = Callable[[Form, Level, str], Act]  # raises Invalid for what was typed wrongly

LEAVING = {"damaged", "lost", "theft", "own_use"}  # reasons by which goods go


def receive(form: Form, level: Level, actor: str) -> Act:
    quantity = form.read("quantity", fields.quantity)
    note = form.read("note", fields.note)
    form.check()

    async def act() -> Done:
        await actions.receive(level.id, quantity, actor=actor, note=note)
        return Done(f"{words.number(quantity)} of {level.name} received.", actions.operation())

    return act


def adjust(form: Form, level: Level, actor: str) -> Act:
    change = form.read("change", fields.change)
    reason = form.read("reason", fields.choice(AdjustmentReason, "a reason"))
    note = form.read("note", fields.note)
    form.check()
    form.read("change", lambda _: _fits(change, reason))
    form.check()

    async def act() -> Done:
        await actions.adjust(level.id, change, reason=reason, actor=actor, note=note)
        return Done(f"{level.name} adjusted by {words.signed(change)}.", actions.operation())

    return act


def count(form: Form, level: Level, actor: str) -> Act:
    counted = form.read("counted", fields.counted)
    note = form.read("note", fields.note)
    as_of = fields.id_of(form["as_of"])
    form.check()

    async def act() -> Done:
        await actions.count(level.id, counted, actor=actor, note=note, as_of=as_of)
        expected = await log.on_hand_at(level.id, as_of) or 0
        now = await queries.level(level.id)
        said = (
            f"{level.name}: counted {words.number(counted)}, expected {words.number(expected)}: "
            f"{words.signed(counted - expected)}."
        )
        if since := now.on_hand - counted:
            said += f" Since then {words.signed(since)}: {words.number(now.on_hand)} on hand."
        return Done(said, actions.operation())

    return act


def edit(form: Form, level: Level, actor: str) -> Act:
    was, becomes = editing.read(form)

    async def act() -> Done:
        await actions.edit_product(level.id, was=was, becomes=becomes, actor=actor)
        return Done(f"{level.name} saved.")

    return act


def _fits(change: int, reason: AdjustmentReason) -> int:
    """Goods that are damaged leave the shelf, goods that are found come back to it."""
    if reason in LEAVING and change > 0:
        raise ValueError(f"What is {_WORD[reason]} leaves the shelf: {words.signed(-change)}.")
    if reason is AdjustmentReason.FOUND and change < 0:
        raise ValueError(f"What is found comes back to the shelf: {words.signed(-change)}.")
    return change


_WORD = {"damaged": "damaged", "lost": "lost", "theft": "stolen", "own_use": "used by us"}
