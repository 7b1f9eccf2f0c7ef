"""Two clerks edit one product: what each changed is kept, and none overwrites the other unasked."""

import pytest

from app.catalog import queries as catalog
from app.stock import actions
from app.stock import queries as stock
from app.stock.actions import EditedMeanwhile, Facts
from tests import make, screen

EDIT = "/stock/MUG"


async def facts(mug: int) -> Facts:
    return Facts.of(await stock.level(mug), await catalog.product(mug))


async def test_two_clerks_who_change_different_things_both_keep_theirs():
    mug = await make.product("MUG", name="Blue mug", price_cents=350, barcodes=("1",))

    async with screen.clerk("Robin") as robin, screen.clerk("Kim") as kim:
        older = await robin.get("/stock/MUG/edit")
        newer = await kim.get("/stock/MUG/edit")
        await kim.press(newer, "Save", {"price": "4.00", "barcodes": "1 2"})
        saved = await robin.press(older, "Save", {"name": "Sky mug", "reorder_point": "5"})

    assert saved.status == 200
    assert await facts(mug) == ("Sky mug", 400, 5, "", ("1", "2"))


async def test_what_a_colleague_changed_meanwhile_is_shown_before_it_is_replaced():
    mug = await make.product("MUG", name="Blue mug", price_cents=350)

    async with screen.clerk("Robin") as robin, screen.clerk("Kim") as kim:
        older = await robin.get("/stock/MUG/edit")
        newer = await kim.get("/stock/MUG/edit")
        await kim.press(newer, "Save", {"price": "4.00", "category": "Kitchen"})
        typed = {"name": "Sky mug", "price": "3.75"}
        refused = await robin.press(older, "Save", typed)
        before = await facts(mug)
        saved = await robin.press(refused, "Save")

    assert refused.status == 409
    assert (
        "Meanwhile the price became £4.00. Nothing was saved; save again to put yours in its place."
        in refused.words
    )
    assert [refused.typed(EDIT, name) for name in ("name", "price")] == ["Sky mug", "3.75"]
    assert refused.typed(EDIT, "category") == "Kitchen"  # which this form had not touched
    assert before == ("Blue mug", 400, 0, "Kitchen", ())
    assert saved.status == 200
    assert await facts(mug) == ("Sky mug", 375, 0, "Kitchen", ())


async def test_the_same_change_by_two_clerks_is_one():
    mug = await make.product("MUG", price_cents=350)

    async with screen.clerk("Robin") as robin, screen.clerk("Kim") as kim:
        older = await robin.get("/stock/MUG/edit")
        newer = await kim.get("/stock/MUG/edit")
        await kim.press(newer, "Save", {"price": "4"})
        saved = await robin.press(older, "Save", {"price": "4.00"})

    assert saved.status == 200
    assert (await stock.level(mug)).price_cents == 400


async def test_a_mistake_in_between_does_not_hide_what_a_colleague_changed():
    mug = await make.product("MUG", price_cents=350)

    async with screen.clerk("Robin") as robin, screen.clerk("Kim") as kim:
        older = await robin.get("/stock/MUG/edit")
        newer = await kim.get("/stock/MUG/edit")
        await kim.press(newer, "Save", {"price": "4.00"})
        mistaken = await robin.press(older, "Save", {"name": "", "price": "3.75"})
        refused = await robin.press(mistaken, "Save", {"name": "Sky mug"})

    assert (mistaken.status, refused.status) == (422, 409)
    assert (await stock.level(mug)).price_cents == 400


async def test_a_form_of_a_page_before_all_this_is_too_old_and_changes_nothing():
    mug = await make.product("MUG", name="Blue mug", price_cents=350)

    async with screen.clerk() as robin:
        token = (await robin.get("/stock/MUG/edit")).typed(EDIT, "csrf_token")
        old = {"csrf_token": token, "name": "Sky mug", "price": "4", "reorder_point": "0"}
        answer = await robin.client.post(EDIT, data=old)

    assert answer.status_code == 403
    assert "This page is too old. Load it again, then try once more." in answer.text
    assert await facts(mug) == ("Blue mug", 350, 0, "", ())


async def test_the_refusal_names_everything_that_both_have_changed():
    mug = await make.product("MUG", name="Blue mug", price_cents=350, barcodes=("1",))
    was = await facts(mug)
    theirs = was._replace(name="Sky mug", reorder_point=5, category="Kitchen", barcodes=())
    mine = was._replace(name="Red mug", reorder_point=7, category="Cups", barcodes=("2",))
    await actions.edit_product(mug, was=was, becomes=theirs, actor="Kim")

    with pytest.raises(EditedMeanwhile) as refusal:
        await actions.edit_product(mug, was=was, becomes=mine, actor="Robin")

    assert str(refusal.value).startswith(
        "Meanwhile the name became “Sky mug”, the reorder point became 5, "
        "the category became “Kitchen”, the barcodes became “”."
    )
    assert (refusal.value.kind, refusal.value.status) == ("stale", 409)
    assert await facts(mug) == theirs
