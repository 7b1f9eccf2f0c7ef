from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.catalog.tables import Product
from app.database import DB, Arg, Prepared
from app.stock.tables import EventKind, StockEvent
from tests import make

WHEN = datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC)

COLUMNS = (
    StockEvent.product,
    StockEvent.kind,
    StockEvent.reason,
    StockEvent.note,
    StockEvent.order_id,
    StockEvent.happened_at,
)
ENTER = Prepared(
    StockEvent.insert(
        StockEvent(
            product=Arg("product"),
            kind=Arg("kind"),
            on_hand_change=0,
            reserved_change=0,
            on_hand=Arg("on_hand"),
            reserved=0,
            reason=Arg("reason"),
            note=Arg("note"),
            order_id=Arg("order_id"),
            actor="prepared",
            happened_at=Arg("happened_at"),
        )
    ).returning(StockEvent.id),
    int,
)


@pytest.mark.parametrize(
    "values",
    [
        {"reason": None, "note": "", "order_id": None},
        {"reason": "damaged", "note": "it's 1/2 – 'broken' {}", "order_id": 2**53 + 1},
    ],
)
async def test_a_prepared_insert_writes_what_piccolo_writes(values: dict[str, Any]):
    mug = await make.product()
    given = {**values, "product": mug, "kind": EventKind.COUNTED, "happened_at": WHEN, "on_hand": 0}

    await DB.run(ENTER.one, **given)
    await DB.run(_through_piccolo, given)

    rows = await (
        StockEvent.select(*COLUMNS).where(StockEvent.kind == "counted").order_by(StockEvent.id)
    )
    assert rows[0] == rows[1]
    assert rows[0] == {name: given[name] for name in rows[0]}


async def _through_piccolo(given: dict[str, Any]) -> None:
    await StockEvent(
        **given, on_hand_change=0, reserved_change=0, reserved=0, actor="piccolo"
    ).save()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (StockEvent.product, 1),
        (StockEvent.note, "opening"),
        (StockEvent.kind, EventKind.RECEIVED),
        (StockEvent.happened_at, WHEN),
        (StockEvent.on_hand, 7),
    ],
)
async def test_a_prepared_select_finds_what_piccolo_finds(column, value):
    mug = await make.product(on_hand=7)
    other = await make.product(on_hand=8)
    for product, when in ((mug, WHEN), (other, WHEN + timedelta(microseconds=1))):
        await DB.run(
            ENTER.one,
            product=product,
            kind="sold",
            on_hand=product,
            note="",
            reason=None,
            order_id=None,
            happened_at=when,
        )
    query = StockEvent.select(*COLUMNS).order_by(StockEvent.id)

    prepared = await Prepared(query.where(column == Arg("value")), _row).all(value=value)

    found = await StockEvent.select(*COLUMNS).order_by(StockEvent.id).where(column == value)
    assert prepared == [tuple(row.values()) for row in found]
    assert 0 < len(prepared) < 4


def _row(*columns: object) -> tuple[object, ...]:
    return columns


@pytest.mark.parametrize("archived", [True, False])
async def test_a_prepared_truth_value_is_a_truth_value(archived: bool):
    await make.product("MUG-BLUE")
    old = await make.product("MUG-OLD")
    by_archived = Prepared(
        Product.select(Product.sku, Product.archived).where(Product.archived == Arg("archived")),
        _row,
    )

    await DB.run(
        Prepared(
            Product.update({Product.archived: Arg("to")}).where(Product.id == Arg("id")), int
        ).all,
        to=True,
        id=old,
    )

    sku = "MUG-OLD" if archived else "MUG-BLUE"
    assert await by_archived.all(archived=archived) == [(sku, archived)]


async def test_a_value_that_is_missing_is_a_mistake_in_the_program():
    by_sku = Prepared(Product.select(Product.id).where(Product.sku == Arg("sku")), int)

    with pytest.raises(KeyError, match="sku"):
        await by_sku.all()


async def test_nothing_found_is_none_or_an_empty_list():
    by_sku = Prepared(Product.select(Product.id).where(Product.sku == Arg("sku")), int)

    assert await by_sku.first(sku="NIX") is None
    assert await by_sku.all(sku="NIX") == []
    with pytest.raises(ValueError, match="not enough values"):
        await by_sku.one(sku="NIX")


async def test_a_value_given_once_does_not_stay_for_the_next(shop):
    mug = await make.product("MUG-BLUE")
    bowl = await make.product("BOWL")
    by_sku = Prepared(Product.select(Product.id).where(Product.sku == Arg("sku")), int)

    found = [await by_sku.one(sku=sku) for sku in ("MUG-BLUE", "BOWL", "MUG-BLUE")]

    assert found == [mug, bowl, mug]


async def test_one_value_may_stand_in_several_places():
    mug = await make.product("MUG-BLUE", on_hand=3)
    await make.product("BOWL", on_hand=4)
    either = Prepared(
        StockEvent.select(StockEvent.product).where(
            (StockEvent.on_hand == Arg("n")) & (StockEvent.on_hand_change == Arg("n"))
        ),
        int,
    )

    assert await either.all(n=3) == [mug]
