import asyncio
from pathlib import Path
from random import Random

import pytest
from piccolo.engine.exceptions import TransactionError

from app.catalog.tables import Product
from app.database import DB, action
from app.errors import Refusal
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as stock
from app.stock.actions import InsufficientStock
from app.stock.tables import AdjustmentReason, StockEvent
from tests import make
from tests.database import notes

pytestmark = pytest.mark.sqlite


class No(Refusal):
    pass


def statements() -> list[str]:
    """Everything the writer is told from now on."""
    told: list[str] = []
    notes.writer().set_trace_callback(told.append)
    return told


async def test_an_action_is_committed_when_it_returns(shop: Path):
    returned = await DB.run(notes.write, "hello")

    assert returned == "hello"
    assert notes.outside(shop) == ["hello"]


async def test_an_action_that_raises_keeps_nothing(shop: Path):
    with pytest.raises(ValueError, match="half"):
        await DB.run(notes.write_and_break, "half")

    assert notes.outside(shop) == []
    assert notes.is_free(shop)


async def test_an_action_that_raises_spares_the_others_of_its_group(shop: Path):
    told = statements()

    outcomes = await asyncio.gather(
        DB.run(notes.write, "before"),
        DB.run(notes.write_and_break, "half"),
        DB.run(notes.write, "after"),
        return_exceptions=True,
    )

    assert [str(outcome) for outcome in outcomes] == ["before", "half", "after"]
    assert isinstance(outcomes[1], ValueError)
    assert told.count("COMMIT") == 1
    assert notes.outside(shop) == ["before", "after"]


async def test_actions_that_wait_together_share_a_commit(shop: Path):
    told = statements()

    await asyncio.gather(*(DB.run(notes.write, f"{n}") for n in range(60)))

    assert told.count("BEGIN IMMEDIATE") == told.count("COMMIT") == 1
    assert notes.outside(shop) == [f"{n}" for n in range(60)]


async def test_a_large_crowd_is_committed_in_groups(shop: Path):
    told = statements()

    await asyncio.gather(*(DB.run(notes.write, f"{n}") for n in range(200)))

    assert told.count("COMMIT") == 4  # 64, 64, 64, 8
    assert notes.outside(shop) == [f"{n}" for n in range(200)]


async def test_whoever_comes_while_a_commit_is_on_its_way_is_in_the_next(shop: Path):
    told = statements()
    first = asyncio.create_task(DB.run(notes.write, "first"))
    while "COMMIT" not in told:
        await asyncio.sleep(0)

    late = await asyncio.gather(*(DB.run(notes.write, f"late {n}") for n in range(10)))

    assert first.done()
    assert told.count("COMMIT") == 2
    assert notes.outside(shop) == ["first", *late]


async def test_an_action_inside_an_action_joins_it(shop: Path):
    inner = action(notes.write)

    async def outer() -> None:
        await inner("inner")
        assert notes.outside(shop) == []  # not before the outer one is done
        await notes.write("outer")

    told = statements()
    await DB.run(outer)

    assert told.count("COMMIT") == 1
    assert notes.outside(shop) == ["inner", "outer"]


async def test_a_refusal_inside_undoes_the_whole_action(shop: Path):
    @action
    async def refuse() -> None:
        await notes.write("inner")
        raise No("No.")

    async def outer() -> None:
        await notes.write("outer")
        await refuse()

    with pytest.raises(No, match=r"No\."):
        await DB.run(outer)

    assert notes.outside(shop) == []


async def test_a_piccolo_transaction_inside_an_action_joins_it(shop: Path):
    mug = await make.product("MUG-BLUE")

    async def rename() -> None:
        async with DB.transaction():
            await Product.update({Product.name: "Red mug"}).where(Product.id == mug)
        raise No("No.")

    with pytest.raises(No):
        await DB.run(rename)

    assert await Product.count().where(Product.name == "Red mug") == 0


async def test_a_piccolo_transaction_outside_an_action_is_refused(shop: Path):
    with pytest.raises(TransactionError, match="a transaction is an action"):
        async with DB.transaction():
            await notes.write("never")

    assert notes.outside(shop) == []


@pytest.mark.parametrize("company", [0, 2])
async def test_an_action_that_waits_for_a_timer_is_refused_and_undone(shop: Path, company: int):
    async def dawdle() -> None:
        await notes.write("half")
        await asyncio.sleep(0.001)
        await notes.write("never")

    outcomes = await asyncio.gather(
        DB.run(dawdle),
        *(DB.run(notes.write, f"{n}") for n in range(company)),
        return_exceptions=True,
    )

    assert isinstance(outcomes[0], TransactionError)
    assert str(outcomes[0]) == "an action may only await database queries"
    assert notes.outside(shop) == [f"{n}" for n in range(company)]


async def test_an_action_that_waits_for_somebody_is_refused_and_undone(shop: Path):
    somebody: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def wait() -> None:
        await notes.write("half")
        await somebody

    with pytest.raises(TransactionError, match="an action may only await database queries"):
        await DB.run(wait)

    somebody.cancel()
    assert notes.outside(shop) == []


@pytest.mark.parametrize("company", [0, 2])
async def test_what_a_refused_action_cleans_up_is_undone_with_it(shop: Path, company: int):
    async def dawdle() -> None:
        try:
            await asyncio.sleep(0.001)
        finally:
            await notes.write("tidied")

    outcomes = await asyncio.gather(
        DB.run(dawdle),
        *(DB.run(notes.write, f"{n}") for n in range(company)),
        return_exceptions=True,
    )

    assert isinstance(outcomes[0], TransactionError)
    assert notes.outside(shop) == [f"{n}" for n in range(company)]


async def test_an_action_that_cannot_even_be_called_spares_the_others_of_its_group(shop: Path):
    outcomes = await asyncio.gather(
        DB.run(notes.write, "before"),
        DB.run(notes.write, "too", "many", "words"),
        DB.run(notes.write, "after"),
        return_exceptions=True,
    )

    assert isinstance(outcomes[1], TypeError)
    assert notes.outside(shop) == ["before", "after"]


async def test_a_keyboard_interrupt_in_an_action_keeps_nothing_and_wedges_nothing(shop: Path):
    async def interrupted() -> None:
        await notes.write("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await DB.run(interrupted)
    before = asyncio.create_task(DB.run(notes.write, "before"))
    await asyncio.sleep(0)  # it waits, and so will be in one group with
    with pytest.raises(KeyboardInterrupt):
        await DB.run(interrupted)
    await before

    assert notes.outside(shop) == ["before"]
    assert notes.is_free(shop)


async def test_a_write_outside_an_action_is_refused(shop: Path):
    mug = await make.product("MUG-BLUE", on_hand=5)

    for write in (
        Product.update({Product.name: "Red mug"}).where(Product.id == mug),
        Product.delete().where(Product.id == mug),
        DB.fetch("INSERT INTO note (text) VALUES ('never')"),
        DB.fetch("WITH n AS (SELECT 1) UPDATE stock_level SET on_hand = 9"),
    ):
        with pytest.raises(Exception, match="attempt to write a readonly database"):
            await write

    assert await Product.count().where(Product.name == "Blue mug") == 1
    assert notes.outside(shop) == []


async def test_before_it_is_open_a_database_answers_at_once(shop: Path):
    await DB.close()

    with pytest.raises(TransactionError, match="the database is not open"):
        await asyncio.wait_for(DB.run(notes.write, "never"), 1)
    with pytest.raises(TransactionError, match="the database is not open"):
        await asyncio.wait_for(DB.fetch("SELECT 1"), 1)
    await DB.open()

    await DB.run(notes.write, "now")
    assert notes.outside(shop) == ["now"]


async def test_closing_finishes_what_was_begun(shop: Path):
    begun = [asyncio.create_task(DB.run(notes.write, f"{n}")) for n in range(100)]
    await asyncio.sleep(0)

    await DB.close()

    assert all(task.done() for task in begun)
    assert notes.outside(shop) == [f"{n}" for n in range(100)]


async def test_closing_lets_nothing_new_begin(shop: Path):
    """Whoever is told that it is done, and goes on at once, comes too late."""

    async def one_after_the_other() -> None:
        for n in range(1000):
            await DB.run(notes.write, f"{n}")

    busy = asyncio.create_task(one_after_the_other())
    await asyncio.sleep(0)

    await DB.close()

    with pytest.raises(TransactionError, match="the database is not open"):
        await busy
    assert notes.outside(shop) == ["0"]


async def test_closing_twice_is_closing_once(shop: Path):
    await DB.close()
    await DB.close()

    assert notes.is_free(shop)


async def test_an_action_that_is_cancelled_before_it_began_does_not_happen(shop: Path):
    told = statements()
    first = asyncio.create_task(DB.run(notes.write, "first"))
    while "COMMIT" not in told:
        await asyncio.sleep(0)
    waiting = [asyncio.create_task(DB.run(notes.write, f"{n}")) for n in range(3)]
    await asyncio.sleep(0)

    waiting[1].cancel()
    await asyncio.wait([first, *waiting])

    assert waiting[1].cancelled()
    assert notes.outside(shop) == ["first", "0", "2"]


async def test_an_action_whose_commit_is_on_its_way_is_kept_whole_when_it_is_cancelled(shop: Path):
    async def twice() -> None:
        await notes.write("one")
        await notes.write("two")

    told = statements()
    task = asyncio.create_task(DB.run(twice))
    while "COMMIT" not in told:
        await asyncio.sleep(0)

    task.cancel()
    await asyncio.wait([task])
    await DB.run(notes.write, "three")

    assert task.cancelled()
    assert notes.outside(shop) == ["one", "two", "three"]


async def test_an_action_that_deletes_gives_what_its_rows_were(shop: Path):
    """RETURNING is fetched on the writer, inside the transaction."""
    await DB.run(notes.write, "gone")

    rows = await DB.run(DB.fetch, "DELETE FROM note RETURNING text")

    assert rows == [("gone",)]
    assert notes.outside(shop) == []


async def test_a_storm_of_cancellations_loses_nothing_that_was_acknowledged(shop: Path):
    """2,000 actions of every kind, 700 of them cancelled at some moment, from one seed."""
    random = Random(20261121)
    skus = [f"MUG-{n}" for n in range(20)]
    mugs = [await make.product(sku, on_hand=40) for sku in skus]
    acknowledged: dict[str, int] = {}
    refused: set[str] = set()
    cancelled: set[str] = set()

    async def act(name: str) -> None:
        mug = random.randrange(20)
        match random.randrange(5):
            case 0:
                await stock.receive(mugs[mug], random.randint(1, 5), actor=name)
            case 1:
                reason = AdjustmentReason.DAMAGED
                await stock.adjust(mugs[mug], -random.randint(1, 9), reason=reason, actor=name)
            case 2:
                lines = [Wanted(random.choice(skus), random.randint(1, 4)) for _ in range(3)]
                await orders.place(lines, actor=name)
            case 3:
                await stock.count(mugs[mug], random.randint(0, 50), actor=name)
            case 4:
                await DB.run(notes.write_and_break, name)

    async def client(name: str, *, gives_up_after: int | None) -> None:
        task = asyncio.create_task(act(name))
        if gives_up_after is not None:
            for _ in range(gives_up_after):
                await asyncio.sleep(0)
            task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            cancelled.add(name)
        except (ValueError, InsufficientStock, stock.BelowReserved):
            refused.add(name)
        else:
            acknowledged[name] = 1

    await client("warm up", gives_up_after=None)
    before = notes.Held.now()
    for wave in range(40):
        await asyncio.gather(
            *(
                client(
                    f"{wave}-{n}",
                    gives_up_after=random.randrange(12) if random.random() < 0.35 else None,
                )
                for n in range(50)
            )
        )

    happened = set(
        await StockEvent.select(StockEvent.actor).output(as_list=True)  # each action names itself
    ) - {"test"}
    assert len(acknowledged) + len(refused) + len(cancelled) == 2001
    assert acknowledged.keys() <= happened
    assert not refused & happened
    assert happened <= acknowledged.keys() | cancelled
    assert min(len(cancelled & happened), len(cancelled - happened)) > 20  # both fates occurred
    assert notes.outside(shop) == []
    assert not before.has_leaked()
    assert notes.is_free(shop)
