"""A session begins with the products that it is about."""

import pytest

from app.catalog.actions import edit
from app.counts import actions, lines
from app.counts.actions import NothingChosen, TooManyChosen, beginning
from app.counts.tables import Choice, CountSession
from app.stock import actions as stock
from tests import make
from tests.counts import shelf


async def to_count(session: int) -> list[str]:
    return [line.sku for line in (await lines.of(session, 0)).uncounted]


async def test_a_category_is_counted_but_for_what_is_archived():
    for sku, category in [("CARD-B", "Cards"), ("MUG", "Mugs"), ("CARD-A", "Cards")]:
        await edit(await make.product(sku, name=sku), category=category)
    old = await make.product("CARD-C")
    await edit(old, category="Cards")
    await make.archive(old)

    session = await shelf.begin(choice=Choice.CATEGORY, chosen="Cards")

    assert await to_count(session) == ["CARD-A", "CARD-B"]


async def test_what_a_search_finds_is_counted():
    await make.product("MUG", name="Blue mug")
    await make.product("BOWL", name="Red bowl")

    session = await shelf.begin(choice=Choice.SEARCH, chosen="blue")

    assert await to_count(session) == ["MUG"]


async def test_what_somebody_asked_for_is_counted():
    await make.product("BOWL")
    await stock.ask_for_count(await make.product("MUG"), actor="Tom", note="found two")

    session = await shelf.begin(choice=Choice.ASKED)

    assert await to_count(session) == ["MUG"]


@pytest.mark.parametrize("choice", [Choice.CATEGORY, Choice.SEARCH, Choice.ASKED])
async def test_a_choice_of_nothing_begins_nothing(choice: Choice):
    await make.product("MUG", name="Blue mug")

    with pytest.raises(NothingChosen):
        await shelf.begin(choice=choice, chosen="teapot")

    assert await CountSession.count() == 0


async def test_a_choice_of_too_many_begins_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(beginning, "MOST_PRODUCTS", 2)
    for sku in ("MUG-A", "MUG-B", "MUG-C"):
        await make.product(sku, name="Blue mug")

    with pytest.raises(TooManyChosen, match="These are more than 2 products"):
        await shelf.begin(choice=Choice.SEARCH, chosen="mug")

    assert await CountSession.count() == 0
    assert actions.MOST_PRODUCTS == 1_000
