"""What an action wants to be called after its commit is called then, once; and otherwise never."""

import asyncio
import sqlite3

import asyncpg
import pytest
from piccolo.engine.exceptions import TransactionError

from app.database import DB
from app.errors import Refusal
from tests import make

CALLED: list[str] = []


@pytest.fixture(autouse=True)
def _nobody_was_called() -> None:
    CALLED.clear()


async def write(text: str) -> None:
    """Write, and tell what is there by the time of the call."""
    DB.after_commit(lambda: CALLED.append(text))
    await make.product(text)
    assert text not in CALLED


async def write_and_refuse(text: str) -> None:
    await write(text)
    raise Refusal(text)


async def test_it_is_called_before_whoever_acted_goes_on():
    await DB.run(write, "MUG")

    assert CALLED == ["MUG"]


async def test_of_those_who_are_committed_together_only_who_is_refused_is_not_called():
    await asyncio.gather(
        DB.run(write, "MUG"),
        DB.run(write_and_refuse, "BOWL"),
        DB.run(write, "CUP"),
        return_exceptions=True,
    )

    assert sorted(CALLED) == ["CUP", "MUG"]


async def test_an_action_inside_another_one_is_called_with_that_one():
    async def outer() -> None:
        await DB.run(write, "MUG")
        assert CALLED == []
        raise Refusal

    with pytest.raises(Refusal):
        await DB.run(outer)

    assert CALLED == []


@pytest.mark.sqlite
async def test_after_a_commit_that_fails_nobody_is_called():
    async def break_at_the_end() -> None:
        await write("MUG")
        await DB.fetch("PRAGMA defer_foreign_keys = ON")
        await DB.fetch("INSERT INTO stock_level (product, on_hand, reserved) VALUES (999, 0, 0)")

    with pytest.raises(sqlite3.IntegrityError):
        await DB.run(break_at_the_end)
    await DB.run(write, "CUP")

    assert CALLED == ["CUP"]


@pytest.mark.sqlite
async def test_whoever_left_before_it_began_calls_nobody_again():
    first = asyncio.ensure_future(DB.run(write, "MUG"))
    left = asyncio.ensure_future(DB.run(write, "BOWL"))
    await asyncio.sleep(0)
    left.cancel()
    await asyncio.wait([left, first])

    assert CALLED == ["MUG"]


@pytest.mark.postgresql
async def test_an_action_that_begins_again_is_called_once():
    tries: list[int] = []

    async def meet_somebody() -> None:
        await write("MUG")
        tries.append(len(tries))
        if len(tries) < 3:
            raise asyncpg.SerializationError

    await DB.run(meet_somebody)

    assert (len(tries), CALLED) == (3, ["MUG"])


async def test_only_an_action_can_ask_for_it():
    with pytest.raises(TransactionError):
        DB.after_commit(lambda: None)
