import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from app import clock
from app.database import DB
from app.errors import NotFound, Refusal
from app.idempotency import once as module
from app.idempotency.once import (
    KEPT,
    KeyReused,
    Question,
    RefusedBefore,
    Stored,
    forget_old,
    once,
    problem,
)
from app.idempotency.tables import Answer
from app.orders import actions as orders
from app.orders.actions import UnknownProduct, Wanted
from app.orders.tables import Order
from app.stock import actions as stock
from app.stock import queries as levels
from app.stock.actions import InsufficientStock, ShelfFull
from tests import make


class Sold(msgspec.Struct):
    order: int
    total_cents: int


async def sell(sku: str = "MUG-BLUE", quantity: int = 1) -> Sold:
    placed = await orders.place([Wanted(sku, quantity)], actor="robin")
    return Sold(placed.id, placed.total_cents)


def question(*, actor: str = "clerk:1", key: str = "key", asked: bytes = b"one mug") -> Question:
    return Question(actor, key, asked)


async def ask(act: Any = sell, **changed: Any) -> Stored:
    return await once(question(**changed), act, status=201)


async def test_the_same_question_is_answered_the_same_and_acted_on_once():
    mug = await make.product("MUG-BLUE", on_hand=5, price_cents=350)

    first = await ask()
    again = await ask()

    assert (first.status, msgspec.json.decode(first.body)["total_cents"]) == (201, 350)
    assert (again.status, again.body) == (first.status, first.body)
    assert (first.is_replay, again.is_replay) == (False, True)
    assert (await levels.level(mug)).on_hand == 4
    assert await Order.count() == 1


async def test_the_same_key_for_another_question_is_refused():
    mug = await make.product("MUG-BLUE", on_hand=5)
    first = await ask()

    with pytest.raises(KeyReused) as refusal:
        await ask(asked=b"two mugs")

    assert str(refusal.value) == "The key of this request was used before, for something else."
    assert refusal.value.status == 422
    assert (await levels.level(mug)).on_hand == 4
    assert await Order.count() == 1
    assert (await ask()).body == first.body  # and the first question is still answered


async def test_another_key_is_another_wish():
    mug = await make.product("MUG-BLUE", on_hand=5)

    await ask(key="one")
    await ask(key="two")

    assert (await levels.level(mug)).on_hand == 3


async def test_another_actor_has_keys_of_their_own():
    mug = await make.product("MUG-BLUE", on_hand=5)

    mine = await ask(actor="clerk:1")
    theirs = await ask(actor="token:1", asked=b"something else")

    assert not theirs.is_replay
    assert mine.body != theirs.body
    assert (await levels.level(mug)).on_hand == 3


async def test_what_was_refused_stays_refused_though_stock_has_come():
    mug = await make.product("MUG-BLUE", on_hand=1)

    async def two() -> Sold:
        return await sell(quantity=2)

    with pytest.raises(InsufficientStock) as first:
        await ask(two)
    await stock.receive(mug, 10, actor="robin")
    with pytest.raises(RefusedBefore) as again:
        await ask(two)

    assert str(again.value) == str(first.value) == "Only 1 of MUG-BLUE available, 2 wanted."
    assert again.value.stored.status == 409
    assert again.value.stored.body == problem(first.value)
    assert (await levels.level(mug)).on_hand == 11
    assert await Order.count() == 0


async def test_a_refusal_is_kept_apart_from_what_it_undid():
    mug = await make.product("MUG-BLUE", on_hand=5)

    async def sell_and_refuse() -> Sold:
        await sell()
        raise NotFound("There is no such thing.")

    with pytest.raises(NotFound):
        await ask(sell_and_refuse)

    assert (await levels.level(mug)).on_hand == 5
    assert await Answer.count() == 1


async def test_an_unknown_product_is_remembered_as_unknown():
    with pytest.raises(UnknownProduct):
        await ask()
    await make.product("MUG-BLUE", on_hand=5)
    with pytest.raises(RefusedBefore) as again:
        await ask()

    assert again.value.stored.status == 404
    assert msgspec.json.decode(again.value.stored.body)["skus"] == ["MUG-BLUE"]


@pytest.mark.parametrize("status", [400, 401, 403, 422, 429, 503])
async def test_a_mistake_or_a_delay_is_not_remembered(status: int):
    """Only 2xx, 404 and 409 are: what can be mended may be asked again."""
    mug = await make.product("MUG-BLUE", on_hand=5)
    refusal = type("Later", (Refusal,), {"status": status})

    async def refuse() -> Sold:
        raise refusal("Not like this.")

    with pytest.raises(refusal):
        await ask(refuse)
    answer = await ask()

    assert not answer.is_replay
    assert (await levels.level(mug)).on_hand == 4


async def test_a_shelf_that_is_full_may_be_asked_again():
    mug = await make.product("MUG-BLUE", on_hand=1_000_000)

    async def receive() -> Sold:
        return Sold(await stock.receive(mug, 999_999_999, actor="robin"), 0)

    with pytest.raises(ShelfFull, match="MUG-BLUE cannot have more than"):
        await ask(receive)

    assert await Answer.count() == 0
    assert (await levels.level(mug)).on_hand == 1_000_000


async def test_what_breaks_is_not_remembered_and_may_be_asked_again():
    mug = await make.product("MUG-BLUE", on_hand=5)

    async def sell_and_break() -> Sold:
        await sell()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ask(sell_and_break)
    assert (await levels.level(mug)).on_hand == 5
    assert await Answer.count() == 0
    answer = await ask()

    assert not answer.is_replay
    assert (await levels.level(mug)).on_hand == 4


async def test_fifty_at_once_with_one_key_are_one_wish():
    mug = await make.product("MUG-BLUE", on_hand=40)

    answers = await asyncio.gather(*(ask() for _ in range(50)))

    assert len({(answer.status, answer.body) for answer in answers}) == 1
    assert sorted(answer.is_replay for answer in answers) == [False] + [True] * 49
    assert (await levels.level(mug)).on_hand == 39
    assert await Order.count() == 1


async def test_fifty_at_once_that_are_refused_are_refused_alike():
    await make.product("MUG-BLUE", on_hand=0)

    answers = await asyncio.gather(*(ask() for _ in range(50)), return_exceptions=True)

    assert {str(answer) for answer in answers} == {"Only 0 of MUG-BLUE available, 1 wanted."}
    assert sum(isinstance(answer, InsufficientStock) for answer in answers) == 1
    assert sum(isinstance(answer, RefusedBefore) for answer in answers) == 49
    assert await Answer.count() == 1


async def test_fifty_at_once_that_ask_different_things_under_one_key_have_one_winner():
    mug = await make.product("MUG-BLUE", on_hand=40)

    answers = await asyncio.gather(
        *(ask(asked=b"%d" % n) for n in range(50)), return_exceptions=True
    )

    assert sum(isinstance(answer, Stored) for answer in answers) == 1
    assert sum(isinstance(answer, KeyReused) for answer in answers) == 49
    assert (await levels.level(mug)).on_hand == 39


async def test_fifty_keys_fifty_times_each_are_fifty_wishes():
    mug = await make.product("MUG-BLUE", on_hand=1000)

    answers = await asyncio.gather(
        *(ask(key=f"{n % 50}", asked=b"%d" % (n % 50)) for n in range(2_500))
    )

    assert len({answer.body for answer in answers}) == 50
    assert (await levels.level(mug)).on_hand == 950


async def test_one_who_leaves_does_not_keep_the_others_waiting():
    mug = await make.product("MUG-BLUE", on_hand=5)
    asking = [asyncio.create_task(ask()) for _ in range(10)]
    await asyncio.sleep(0)

    for task in asking[:9]:
        task.cancel()
    answer = await asyncio.wait_for(asking[9], 30)

    assert msgspec.json.decode(answer.body)["order"]
    assert (await levels.level(mug)).on_hand == 4


@pytest.mark.postgresql
async def test_a_refusal_of_another_server_does_not_replace_a_sale_that_is_on_its_way():
    await make.product("MUG-BLUE", on_hand=5)
    has_sold, may_commit = asyncio.Event(), asyncio.Event()

    async def sell_slowly() -> Sold:
        sold = await sell()
        has_sold.set()
        while not may_commit.is_set():
            await DB.fetch("SELECT pg_sleep(0.005)")
        return sold

    selling = asyncio.create_task(ask(sell_slowly))
    await has_sold.wait()
    refusing = asyncio.create_task(module._store(question(), 409, "{}"))
    await DB.fetch("SELECT pg_sleep(0.1)")  # it comes to its turn, or past it
    may_commit.set()
    sold = await selling

    assert await refusing is False
    assert await ask() == sold._replace(is_replay=True)


async def test_an_answer_survives_a_restart():
    await make.product("MUG-BLUE", on_hand=5)
    first = await ask()

    await DB.close()
    await DB.open()
    again = await ask()

    assert again == first._replace(is_replay=True)


async def test_answers_are_forgotten_after_seven_days_and_not_before():
    mug = await make.product("MUG-BLUE", on_hand=5)
    then = clock.now()
    with clock.at(then):
        first = await ask()

    with clock.at(then + KEPT):
        assert await forget_old() == 0
    assert (await ask()).body == first.body
    with clock.at(then + KEPT + timedelta(seconds=1)):
        assert await forget_old() == 1
    later = await ask()

    assert not later.is_replay
    assert (await levels.level(mug)).on_hand == 3
