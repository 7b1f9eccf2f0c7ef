"""Put aside for a customer from a product's page, used without scripts."""

from datetime import timedelta

import pytest

from app import clock
from app.orders import queries
from app.orders.tables import Order
from app.stock import queries as stock
from app.stock.tables import StockEvent
from tests import make, screen

CLOSING = clock.now().replace(hour=18, minute=0, second=0, microsecond=0)


async def test_a_product_is_put_aside_for_a_customer():
    mug = await make.product("MUG", name="Blue mug", on_hand=9)
    now = clock.now()

    with clock.at(now):
        async with screen.clerk("Robin") as robin:
            product = await robin.get("/stock/MUG")
            form = await robin.get("/orders/new?sku=MUG")
            page = await robin.press(
                form, "Put aside", {"quantity": "2", "customer": "Mr Bennett", "until": "4320"}
            )
            after = await robin.get("/stock/MUG")

    assert 'href="/orders/new?sku=MUG"' in product.html
    assert page.url == "/orders/1"
    assert "Hold" in page.words
    assert "Mr Bennett, order 1 until " in after.words
    order = await queries.order(1)
    assert (order.actor, order.customer) == ("Robin", "Mr Bennett")
    assert order.expires_at == now + timedelta(days=3)
    level = await stock.level(mug)
    assert (level.on_hand, level.reserved) == (9, 2)


async def test_nobody_has_to_be_named_and_the_shop_knows_how_long():
    await make.product("MUG", on_hand=9)
    now = clock.now()

    with clock.at(now):
        async with screen.clerk() as robin:
            form = await robin.get("/orders/new?sku=MUG")
            await robin.press(form, "Put aside")

    order = await queries.order(1)
    assert (order.units, order.customer) == (1, "")
    assert order.expires_at == now + timedelta(minutes=30)


async def test_the_same_form_sent_again_after_closing_time_is_answered_as_it_was():
    await make.product("MUG", on_hand=9)
    before, after = CLOSING - timedelta(minutes=1), CLOSING + timedelta(minutes=1)

    async with screen.clerk() as robin:
        with clock.at(before):
            form = await robin.get("/orders/new?sku=MUG")
            first = await robin.press(form, "Put aside", {"until": "today"})
        with clock.at(after):
            again = await robin.press(form, "Put aside", {"until": "today"})
            late = await robin.press(form, "Put aside", {"until": "today", "quantity": "2"})

    assert first.url == again.url == "/orders/1"
    assert late.status == 422
    assert "It is past 18:00." in late.words
    assert await Order.count() == 1


@pytest.mark.parametrize(
    ("typed", "status", "says"),
    [
        ({"quantity": "3"}, 409, "Only 1 of MUG available, 3 wanted. Reserved: 4 for Mrs Okafor"),
        ({"quantity": "none"}, 422, "The quantity has to be a whole number."),
        ({"customer": "x" * 101}, 422, "The customer can have 100 characters at most."),
        ({"minutes": "0"}, 422, "The number of minutes has to be 1 or more."),
        ({"until": "never"}, 422, "The number of minutes has to be a whole number."),
    ],
)
async def test_what_cannot_be_put_aside_is_said_and_nothing_typed_is_lost(
    typed: dict[str, str], status: int, says: str
):
    mug = await make.product("MUG", on_hand=5)
    await make.reserved(mug, 4, customer="Mrs Okafor")
    events = await StockEvent.count()

    async with screen.clerk() as robin:
        form = await robin.get("/orders/new?sku=MUG")
        page = await robin.press(form, "Put aside", {"customer": "Anna", **typed})

    assert page.status == status
    assert says in page.words
    assert page.typed("/orders", "customer") == typed.get("customer", "Anna")
    assert page.typed("/orders", "quantity") == typed.get("quantity", "1")
    assert await Order.count() == 1
    assert await StockEvent.count() == events


async def test_without_a_product_there_is_nothing_to_put_aside():
    async with screen.clerk() as robin:
        page = await robin.get("/orders/new")
        missing = await robin.client.get("/orders/new?sku=NIX")

    assert page.url == "/stock"
    assert missing.status_code == 404
    assert "There is no product with the SKU NIX." in missing.text


async def test_on_the_product_page_the_answer_is_a_sentence_and_the_way_back():
    await make.product("MUG", on_hand=5)

    async with screen.clerk() as robin:
        (form,) = (await robin.get("/orders/new?sku=MUG")).forms
        answer = await robin.client.post(
            "/orders", data=dict(form.fields), headers={"HX-Request-Type": "partial"}
        )

    assert "order 1</a>" in answer.text
    assert "Order 1: 1 unit put aside." in answer.text
    assert 'action="/undo/' in answer.text
