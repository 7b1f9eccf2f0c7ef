"""The ways out for a line of which too few are available."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from litestar import Controller, post
from litestar.params import FromPath

from app import fields, words
from app.accounts.current import clerk
from app.accounts.queries import Visitor
from app.accounts.tables import Role
from app.counter import answers
from app.errors import Invalid, Refusal
from app.orders import actions
from app.stock import queries
from app.stock.actions import operation
from app.web.answer import Answer, AnyRequest
from app.web.forms import Done, Form


class Short(NamedTuple):
    """A line, how many of it are missing, and what is written beside it."""

    product: int
    missing: int
    words: str


async def found(short: Short, visitor: Visitor) -> Done:
    await actions.find(
        short.product,
        short.missing,
        clerk=visitor.clerk,
        is_manager=visitor.role == Role.MANAGER,
        note=short.words,
    )
    return Done("")


async def await_stock(short: Short, visitor: Visitor) -> Done:
    level = await queries.level(short.product)
    backorder = await actions.await_stock(
        short.product,
        short.missing,
        customer=short.words,
        clerk=visitor.clerk,
        actor=visitor.name,
    )
    units = words.number(short.missing)
    said = f"{units} of {level.name} will be put aside for {short.words} when they are back."
    return Done(said, operation() or f"backorders/{backorder}")


async def lost(short: Short, visitor: Visitor) -> Done:
    level = await queries.level(short.product)
    lost_sale = await actions.lose_sale(short.product, clerk=visitor.clerk, actor=visitor.name)
    said = f"Noted: {level.name} was wanted and not there."
    return Done(said, operation() or f"lost-sales/{lost_sale}")


Way = Callable[[Short, Visitor], Awaitable[Done]]
WAYS: dict[str, Way] = {
    "found": found,
    "await": await_stock,
    "lost": lost,
}


class ShortageController(Controller):
    path = "/counter/lines/{product:str}/shortage"

    @post("/")
    async def settle(self, request: AnyRequest, product: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        product_id = fields.id_of(product)
        try:
            way = form.read("way", _way)
            missing = form.read("missing", fields.quantity)
            note = form.read("words", _customer if form["way"] == "await" else fields.note)
            form.check()
            short = Short(product_id, missing, note)

            async def act() -> Done:
                return await way(short, visitor)

            toast, undo = await form.once(visitor.actor, act, Done)
        except Invalid as invalid:
            mistake = {"product": product_id, "words": form["words"], "says": str(invalid)}
            return await answers.refused(request, invalid, mistake=mistake)
        except Refusal as refusal:
            return await answers.refused(request, refusal)
        return await answers.done(request, toast=toast, undo=undo)


def _way(typed: str) -> Way:
    if typed in WAYS:
        return WAYS[typed]
    raise ValueError("Choose what to do about it.")


def _customer(typed: str) -> str:
    customer = fields.customer(typed)
    if not customer:
        raise ValueError("Write down for whom it is held when it is back.")
    return customer
