"""What a sheet does to the shop; and that a sheet with a mistake does nothing to it."""

from collections.abc import Sequence
from typing import Any

import pytest

from app import clock
from app.catalog import queries as catalog
from app.database import DB
from app.errors import Invalid
from app.imports import queries, sheet
from app.imports.actions import bring_in
from app.imports.queries import Outcome
from app.orders.tables import Order, OrderLine, OrderStatus
from app.stock import lists
from app.stock import queries as stock
from app.stock.actions.ledger import Entry, try_move
from app.stock.tables import EventKind
from tests import make

HEADER = "sku,name,category,barcodes,price,on_hand,reorder_point"


async def load(*lines: str, encoding: str = "utf-8") -> Outcome:
    """Bring in a sheet of these lines."""
    return await bring_in(
        sheet.read("\n".join(lines).encode(encoding)), actor="import", note="a.csv"
    )


async def refused(*lines: str) -> dict[str, str]:
    """What these lines are refused for. A rehearsal says the same, and nothing has changed."""
    before = await everything()
    with pytest.raises(Invalid) as refusal:
        await load(*lines)
    with pytest.raises(Invalid) as rehearsal:
        await queries.changes(sheet.read("\n".join(lines).encode()))
    assert refusal.value.mistakes == rehearsal.value.mistakes
    assert await everything() == before
    return dict(refusal.value.mistakes)


async def everything() -> Sequence[Any]:
    """All that the shop holds, to see that it did not change."""
    tables = ("product", "barcode", "stock_level", "stock_event", "search_entry")
    return [await DB.fetch(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


# New products


async def test_a_new_product_has_everything_its_row_says():
    outcome = await load(HEADER, "MUG-BLUE,Blue mug,Kitchen,5012|5013,12.50,7,3")

    assert outcome == Outcome(added=1, changed=0, unchanged=0)
    level = await stock.level_by_sku("MUG-BLUE")
    assert (level.on_hand, level.reorder_point) == (7, 3)
    entry = await catalog.product(level.id)
    assert (entry.name, entry.category, entry.price_cents) == ("Blue mug", "Kitchen", 1250)
    assert entry.barcodes == ("5012", "5013")
    assert [hit.sku for hit in (await lists.hits("blue mu")).levels] == ["MUG-BLUE"]
    (event,) = await stock.events(level.id)
    assert (event.kind, event.note, event.actor) == ("received", "opening", "import")


async def test_sku_and_name_are_enough():
    await load("sku,name", "MUG,Mug")

    level = await stock.level_by_sku("mug")
    assert (level.price_cents, level.on_hand, level.reorder_point) == (0, 0, 0)


async def test_columns_come_in_any_order_and_case_behind_a_byte_order_mark():
    await load("On_hand, NAME ,sku", '3,"Mug, blue",MUG', encoding="utf-8-sig")

    level = await stock.level_by_sku("MUG")
    assert (level.name, level.on_hand) == ("Mug, blue", 3)


async def test_empty_rows_and_empty_cells_at_the_end_are_nothing():
    outcome = await load("sku,name,barcodes", "MUG,Mug", "", ",,", "BOWL,Bowl,,,")

    assert outcome == Outcome(2, 0, 0)


# Products that are there


async def test_an_existing_product_is_changed_to_what_the_sheet_says():
    mug = await make.product("MUG-BLUE", name="Blue mug", price_cents=350, barcodes=("1", "2"))

    outcome = await load(HEADER, "mug-blue,Blue cup,Kitchen,2|3,4.00,0,5")

    assert outcome == Outcome(0, 1, 0)
    entry = await catalog.product(mug)
    assert (entry.sku, entry.name, entry.category) == ("MUG-BLUE", "Blue cup", "Kitchen")
    assert (entry.price_cents, entry.barcodes) == (400, ("2", "3"))
    assert (await stock.level(mug)).reorder_point == 5


async def test_only_the_columns_of_the_sheet_are_changed():
    mug = await make.product(
        "MUG", name="Mug", on_hand=5, price_cents=350, reorder_point=2, barcodes=("1",)
    )

    await load("sku,name,price", "MUG,Mug,3.75")

    level = await stock.level(mug)
    assert (level.price_cents, level.on_hand, level.reorder_point) == (375, 5, 2)
    assert (await catalog.product(mug)).barcodes == ("1",)


async def test_another_number_on_hand_is_a_count():
    mug = await make.product("MUG", name="Mug", on_hand=5)
    await make.product("BOWL", name="Bowl", on_hand=2)

    outcome = await load("sku,name,on_hand", "MUG,Mug,3", "BOWL,Bowl,2")

    assert outcome == Outcome(0, 1, 1)
    newest, *_ = (e for e in await stock.events(mug) if e.on_hand_change)
    assert (newest.kind, newest.on_hand_change, newest.on_hand) == ("counted", -2, 3)
    assert (newest.note, newest.actor) == ("a.csv", "import")


async def test_a_reorder_point_that_is_reached_alerts():
    mug = await make.product("MUG", name="Mug", on_hand=5)

    await load("sku,name,reorder_point", "MUG,Mug,5")

    assert (await stock.events(mug))[0].kind == "low_stock"


async def test_the_same_sheet_twice_changes_nothing():
    rows = (HEADER, "MUG,Mug,Kitchen,1|2,3.50,7,3", "BOWL,Bowl,,,0.85,0,0")
    await load(*rows)
    before = await everything()

    outcome = await load(*rows)

    assert outcome == Outcome(0, 0, 2)
    assert await everything() == before


async def test_barcodes_can_change_hands_within_a_sheet():
    mug = await make.product("MUG", name="Mug", barcodes=("1", "2"))
    bowl = await make.product("BOWL", name="Bowl", barcodes=("3",))

    await load("sku,name,barcodes", "MUG,Mug,3", "BOWL,Bowl,1", "CUP,Cup,2")

    assert (await catalog.product(mug)).barcodes == ("3",)
    assert (await catalog.product(bowl)).barcodes == ("1",)
    assert await catalog.id_of("2") == (await catalog.by_sku("CUP")).id


# Refusals: what they say, and that nothing changed


async def test_every_bad_cell_is_told_by_the_row_a_spreadsheet_shows():
    mistakes = await refused(
        HEADER,
        'MUG,"Mug\nof two lines",,,3.50,1,1',
        "",
        "BOWL,Bowl,,,12.5x,-1,lots",
        "no spaces,,,,1.00,1,1",
        f"CUP,Cup,,a b,100000000000,,{10**7}",
    )

    assert mistakes == {
        "row 2, name": "The name holds a character that cannot be shown.",
        "row 4, price": "Write the price like 12.50.",
        "row 4, on_hand": "The number on hand has to be 0 or more.",
        "row 4, reorder_point": "The reorder point has to be a whole number.",
        "row 5, sku": "A SKU is made of letters, digits, dots, dashes and underscores, "
        "and begins with a letter or a digit.",
        "row 5, name": "The name is missing.",
        "row 6, barcodes": "A barcode is letters, digits and signs, without spaces.",
        "row 6, price": "The price is too high.",
        "row 6, on_hand": "The number on hand is missing.",
        "row 6, reorder_point": "The reorder point can be 1\u202f000\u202f000 at most.",
    }


async def test_unknown_missing_and_repeated_columns_are_named():
    assert await refused("sku,colour,price,price", "MUG,blue,1.00,1.00") == {
        "row 1, name": "This column is missing.",
        "row 1, colour": "There is no such column. There are sku, name, category, barcodes, price, "
        "on_hand, reorder_point, separated by commas.",
        "row 1, price": "This column is there twice.",
    }


@pytest.mark.parametrize("header", ["", "sku;name", "sku\tname"])
async def test_a_sheet_without_its_columns_is_refused(header: str):
    mistakes = await refused(header, "MUG;Mug")

    assert mistakes["row 1, sku"] == "This column is missing."


async def test_a_sku_that_stands_there_twice_is_told_with_both_rows():
    assert await refused("sku,name", "MUG,Mug", "BOWL,Bowl", "mug,Other mug") == {
        "row 4, sku": "mug stands in row 2 already."
    }


async def test_a_barcode_that_stands_there_twice_is_told_with_both_rows():
    assert await refused("sku,name,barcodes", "MUG,Mug,1|2|2", "BOWL,Bowl,3|2") == {
        "row 3, barcodes": "2 stands in row 2 already."
    }


async def test_a_barcode_of_another_product_is_refused():
    await make.product("PLATE", barcodes=("1",))

    assert await refused("sku,name,barcodes", "MUG,Mug,2", "BOWL,Bowl,1") == {
        "row 3, barcodes": "PLATE has 1 already."
    }


async def test_a_count_below_what_is_reserved_is_refused():
    mug = await make.product("MUG", name="Mug", on_hand=5)
    await DB.run(reserve, mug, 3)

    assert await refused("sku,name,on_hand", "BOWL,Bowl,1", "MUG,Mug,2") == {
        "row 3, on_hand": "3 of them are reserved."
    }


async def reserve(product: int, quantity: int) -> None:
    """A hold, put together by hand: there is no action for it yet."""
    order = Order(
        status=OrderStatus.OPEN, actor="robin", total_cents=0, revision=0, created_at=clock.now()
    )
    await order.save()
    await OrderLine.insert(
        OrderLine(
            order=order.id,
            product=product,
            quantity=quantity,
            unit_price_cents=0,
            returned=0,
            position=0,
        )
    )
    entry = Entry(EventKind.RESERVED, "robin", order_id=order.id)
    await try_move(product, entry, reserved=quantity)


async def test_a_barcode_that_a_spreadsheet_has_shortened_is_refused():
    assert await refused("sku,name,barcodes", "MUG,Mug,5.01235E+12") == {
        "row 2, barcodes": "5.01235E+12 was shortened by a spreadsheet; format the column as text."
    }


async def test_more_cells_than_columns_are_refused():
    assert await refused("sku,name", "MUG,Mug", "BOWL,Bowl, white") == {
        "row 3": "There are more cells than columns."
    }


async def test_a_quotation_mark_without_its_other_is_told_with_its_row():
    assert await refused("sku,name", "MUG,Mug", 'BOWL,"Bowl', "CUP,Cup") == {
        "row 3": "A quotation mark is missing, or a cell is far too long."
    }


async def test_another_encoding_is_told_with_its_row():
    with pytest.raises(Invalid) as refusal:
        sheet.read("sku,name\nMUG,Mug\nBOWL,Bowl for café\n".encode("latin-1"))

    assert refusal.value.mistakes == {"row 3": "This is not UTF-8. Save it as CSV UTF-8."}


async def test_a_refusal_on_the_way_undoes_what_was_done():
    rows = sheet.read(b"sku,name,barcodes\nMUG,Mug,1\nBOWL,Bowl,2\n")
    before = await everything()

    def stop(changes: Sequence[queries.Change]) -> Any:
        yield changes[0]
        raise Invalid({"row 3": "no"})

    with pytest.raises(Invalid):
        await bring_in(rows, actor="import", watch=stop)

    assert await everything() == before


# Rehearsal


async def test_a_rehearsal_says_the_same_and_changes_nothing():
    await make.product("MUG", name="Mug", on_hand=5)
    await make.product("BOWL", name="Bowl")
    rows = sheet.read(b"sku,name,on_hand\nMUG,Mug,4\nBOWL,Bowl,0\nCUP,Cup,1\n")
    before = await everything()

    rehearsed = Outcome.of(await queries.changes(rows))

    assert await everything() == before
    assert rehearsed == Outcome(1, 1, 1)
    assert rehearsed == await bring_in(rows, actor="import")
