"""Pausing, removing, sending again, forgetting."""

import asyncio
from datetime import timedelta

import pytest

from app import clock, sweeper
from app.catalog.tables import Product
from app.database import DB, action
from app.errors import NotFound
from app.stock import actions as stock
from app.webhooks import actions, queries
from app.webhooks.actions import NotPaused, TooManyHooks
from app.webhooks.actions.hooks import MOST_HOOKS
from app.webhooks.actions.log import KEPT
from tests import make
from tests.webhooks import log
from tests.webhooks.receiver import BROKEN, Receiver


@action
async def rename(product: int, sku: str) -> None:
    await Product.update({Product.sku: sku, Product.sku_key: sku.lower()}).where(
        Product.id == product
    )


async def hooks() -> list[tuple[int, str]]:
    return [tuple(row) for row in await DB.fetch("SELECT id, secret FROM hook ORDER BY id")]


async def test_a_paused_hook_sends_nothing_and_misses_nothing(receiver: Receiver):
    mug = await make.product("MUG", on_hand=1)
    hook = await actions.add(receiver.address, actor="Priya")
    await stock.receive(mug, 1, actor="Robin")
    await actions.take(hook)
    await actions.pause(hook)
    await stock.receive(mug, 2, actor="Robin")
    await log.work()
    paused = (len(receiver.got), await queries.due(), await queries.behind())

    await actions.resume(hook)
    await log.work()

    assert paused == (0, [], [])
    assert [got.event["on_hand_change"] for got in receiver.got] == [1, 2]


async def test_what_is_sent_again_is_what_was_sent(receiver: Receiver):
    mug = await make.product("MUG", on_hand=1)
    hook = await actions.add(receiver.address, actor="Priya")
    await stock.receive(mug, 1, actor="Robin")
    await log.work()
    await rename(mug, "CUP")

    await actions.replay((await log.one())["id"], hook)
    await log.work()

    first, again = receiver.got
    assert again.body == first.body
    assert again.headers["onhand-delivery"] == first.headers["onhand-delivery"]
    row = await log.one()
    assert (row["status"], row["attempts"]) == ("delivered", 1)


async def test_all_that_did_not_arrive_is_sent_again_and_nothing_else(receiver: Receiver):
    mug = await make.product("MUG", on_hand=1)
    hook = await actions.add(receiver.address, actor="Priya")
    receiver.answers = [BROKEN] * 11
    await stock.receive(mug, 1, actor="Robin")
    now = clock.now()
    for hours in range(0, 11 * 27, 27):  # until it is given up
        with clock.at(now + timedelta(hours=hours)):
            await log.work()
    assert len(receiver.got) == 10
    await stock.receive(mug, 2, actor="Robin")
    await stock.receive(mug, 3, actor="Robin")
    with clock.at(now + timedelta(days=20)):
        await log.work()
        before = [row["status"] for row in await log.rows()]
        receiver.got.clear()

        count = await actions.replay_failed(hook)
        await log.work()

    assert before == ["failed", "pending", "delivered"]
    assert count == 2
    assert [got.event["on_hand_change"] for got in receiver.got] == [1, 2]
    assert {row["status"] for row in await log.rows()} == {"delivered"}


async def test_a_delivery_of_another_hook_is_not_sent_again():
    mine, other = [await actions.add(f"http://{n}.example/", actor="Priya") for n in "ab"]
    await actions.send_test(mine, actor="Priya")
    await log.work()
    before = await log.one()

    with pytest.raises(NotFound, match="There is no such delivery"):
        await actions.replay(before["id"], other)

    assert await log.one() == before


async def test_a_hook_in_use_is_not_removed():
    hook = await actions.add("http://127.0.0.1/", actor="Priya")
    before = await hooks()

    with pytest.raises(NotPaused) as refusal:
        await actions.remove(hook)

    assert str(refusal.value) == "Pause it first; a webhook that is in use cannot be removed."
    assert await hooks() == before


async def test_a_removed_hook_is_gone_at_once_with_its_secret_and_later_with_its_log(
    receiver: Receiver,
):
    mug = await make.product("MUG", on_hand=1)
    hook = await actions.add(receiver.address, actor="Priya")
    other = await actions.add(receiver.address, actor="Priya")
    await actions.send_test(hook, actor="Priya")
    await actions.send_test(other, actor="Priya")
    await actions.pause(hook)

    await actions.remove(hook)
    await stock.receive(mug, 1, actor="Robin")
    await log.work()
    left = dict(await hooks())[hook]
    await actions.forget_old()

    assert left == ""
    assert list(dict(await hooks())) == [other]
    assert [row["hook"] for row in await log.rows()] == [other, other]
    for act in (actions.pause, actions.resume, actions.remove, actions.renew_secret):
        with pytest.raises(NotFound):
            await act(hook)


async def test_there_are_not_more_hooks_than_can_be_sent_to_at_once():
    for n in range(MOST_HOOKS):
        await actions.add(f"http://{n}.example/", actor="Priya")

    with pytest.raises(TooManyHooks) as refusal:
        await actions.add("http://more.example/", actor="Priya")

    assert str(refusal.value) == "There can be 20 webhooks at most; remove one first."
    assert len(await hooks()) == MOST_HOOKS


async def test_a_new_secret_replaces_the_old_one_and_each_hook_has_its_own():
    first, second = [await actions.add("http://127.0.0.1/", actor="Priya") for _ in range(2)]
    before = dict(await hooks())

    await actions.renew_secret(first)

    after = dict(await hooks())
    assert len({*before.values(), after[first]}) == 3
    assert after[second] == before[second]
    assert all(secret.startswith("whsec_") and len(secret) > 40 for secret in after.values())


async def test_what_ended_a_month_ago_is_forgotten_and_what_still_waits_is_not(
    receiver: Receiver,
):
    hook = await actions.add(receiver.address, actor="Priya")
    with clock.at(clock.now() - KEPT - timedelta(minutes=1)):
        await actions.send_test(hook, actor="Priya")
        await log.work()
    with clock.at(clock.now() - KEPT + timedelta(minutes=1)):
        await actions.send_test(hook, actor="Priya")
        await log.work()
    await actions.pause(hook)
    with clock.at(clock.now() - 2 * KEPT):
        await actions.send_test(hook, actor="Priya")
    await actions.send_test(hook, actor="Priya")
    _, young, waiting, new = [row["id"] for row in await log.rows()]

    forgotten = await actions.forget_old()

    assert forgotten == 1
    assert [row["id"] for row in await log.rows()] == [young, waiting, new]


async def test_the_sweeper_forgets_it(receiver: Receiver):
    hook = await actions.add(receiver.address, actor="Priya")
    with clock.at(clock.now() - KEPT - timedelta(minutes=1)):
        for _ in range(3):
            await actions.send_test(hook, actor="Priya")
        await log.work()

    async with sweeper.running(), asyncio.timeout(30):
        while len(await log.rows()) != 1:  # the newest stays
            await asyncio.sleep(0.001)


async def test_the_number_of_a_forgotten_delivery_is_not_given_out_again(receiver: Receiver):
    hook = await actions.add(receiver.address, actor="Priya")
    await actions.send_test(hook, actor="Priya")
    await log.work()
    number = (await log.one())["id"]

    with clock.at(clock.now() + 2 * KEPT):
        await actions.forget_old()
        await actions.send_test(hook, actor="Priya")
        await actions.forget_old()

    assert (await log.one())["id"] > number
