from pathlib import Path

import pytest

from app.catalog import actions as catalog
from app.stock import lists
from tests import make

SHOP = {
    "MUG-BLUE": ("Blue ceramic mug", ("4001234567894",)),
    "MUG-RED": ("Red ceramic mug, large", ()),
    "22423": ("Regency cakestand 3 tier", ()),
    "85123A": ("White hanging heart T-light holder", ("5012345678900", "5012345678917")),
    "CAFE": ("Café sign “Crème brûlée”", ()),
    "KEY": ("Doorknob, brass", ()),
}


@pytest.fixture(scope="module")
def empty_shop(empty_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It is not empty here: every test begins with these goods."""

    async def goods() -> None:
        for sku, (name, barcodes) in SHOP.items():
            await make.product(sku, name=name, barcodes=barcodes)

    return make.copy_with(goods, empty_shop, tmp_path_factory.mktemp("goods"))


async def found(query: str) -> tuple[set[str], bool]:
    """The SKUs that are found, and whether a slip had to be forgiven."""
    page = await lists.page(query)
    return {level.sku for level in page.levels}, page.is_corrected


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("mug", {"MUG-BLUE", "MUG-RED"}),
        ("MUG", {"MUG-BLUE", "MUG-RED"}),
        ("cer", {"MUG-BLUE", "MUG-RED"}),  # the beginning of a word
        ("c", {"MUG-BLUE", "MUG-RED", "22423", "CAFE"}),
        ("mug blue", {"MUG-BLUE"}),
        ("  blue   MUG ", {"MUG-BLUE"}),  # in any order
        ("ceramic mug large", {"MUG-RED"}),
        ("mug cakestand", set()),  # every word has to be there
        ("mug-blue", {"MUG-BLUE"}),
        ("22423", {"22423"}),
        ("224", {"22423"}),
        ("85123a", {"85123A"}),
        ("3", {"22423"}),
        ("4001234567894", {"MUG-BLUE"}),
        ("5012345678917", {"85123A"}),
        ("50123", {"85123A"}),
        ("t-light", {"85123A"}),
        ("cafe", {"CAFE"}),
        ("café", {"CAFE"}),
        ("CREME BRULEE", {"CAFE"}),
        ("“crème”", {"CAFE"}),
        ("knob", {"KEY"}),  # inside a word
        ("423", {"22423"}),
        ("stand", {"22423"}),
    ],
)
async def test_a_product_is_found_by_its_words(query: str, skus: set[str]):
    assert await found(query) == (skus, False)


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("ceramc", {"MUG-BLUE", "MUG-RED"}),  # a letter missing
        ("cerammic", {"MUG-BLUE", "MUG-RED"}),  # one too many
        ("cerqmic", {"MUG-BLUE", "MUG-RED"}),  # a wrong one
        ("ecramic", {"MUG-BLUE", "MUG-RED"}),  # two swapped
        ("ceramci", {"MUG-BLUE", "MUG-RED"}),
        ("rengency", {"22423"}),
        ("blue cermaic", {"MUG-BLUE"}),
        ("creme bruleee", {"CAFE"}),
    ],
)
async def test_a_slip_of_the_finger_is_forgiven_and_said(query: str, skus: set[str]):
    assert await found(query) == (skus, True)


@pytest.mark.parametrize(
    "query",
    [
        "zebra",
        "cxrxmic",  # two slips
        "22433",  # a code is right or it is not
        "mug zebra",
        "!",
        "%",
        "_",
        "' OR 1=1 --",
        "mug' --x",
        "\x00",
        "%mug%",
    ],
)
async def test_nothing_is_found_where_nothing_is_meant(query: str):
    skus, is_corrected = await found(query)

    expected = {"MUG-BLUE", "MUG-RED"} if query == "%mug%" else set()
    assert (skus, is_corrected) == (expected, False)


async def test_no_query_lists_everything():
    assert (await found(""))[0] == (await found("   "))[0] == set(SHOP)


async def test_a_query_of_hundreds_of_words_is_answered():
    skus, _ = await found(" ".join(["ceramic", "mug", "blue"] * 200))

    assert skus == {"MUG-BLUE"}


async def test_what_is_no_longer_sold_is_not_found():
    level = await lists.page("blue")
    await make.archive(level.levels[0].id)

    assert await found("blue") == (set(), False)


async def test_after_a_change_a_product_is_found_by_its_new_words_only():
    blue = (await lists.page("blue")).levels[0]

    await catalog.edit(blue.id, name="Green cup", barcodes=["777"])

    for query in ("green", "cup", "777"):
        assert await found(query) == ({"MUG-BLUE"}, False)
    assert (await found("4001234567894"))[0] == set()
    assert (await found("ceramic"))[0] == {"MUG-RED"}


async def test_names_that_begin_with_it_come_first_in_the_scan_box():
    await make.product("MILK", name="Ceramic jug")

    hits = await lists.hits("cera")

    assert [level.sku for level in hits.levels] == ["MILK", "MUG-BLUE", "MUG-RED"]
    assert not hits.is_corrected


async def test_the_scan_box_shows_a_few_and_each_once():
    for n in range(20):
        await make.product(f"SPOON-{n}", name=f"Spoon {n:02}")

    hits = await lists.hits("spoon")

    assert [level.name for level in hits.levels] == [f"Spoon {n:02}" for n in range(8)]


@pytest.mark.parametrize("query", ["", "  ", "!!", "\u0301"])
async def test_the_scan_box_shows_nothing_for_nothing(query: str):
    assert (await lists.hits(query)).levels == ()
