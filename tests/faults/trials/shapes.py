"""A3, A9: orders of every shape, and every kind of number in every field that takes one."""

import re
from collections import Counter
from typing import Any, NamedTuple

import httpx

from tests import shops
from tests.faults.auditor import audit
from tests.faults.clients import till
from tests.faults.shop import PRICE, Shop, fresh, looking
from tests.faults.trial import Outcome, Setup

HAS = 5
UNITS, CENTS, PLACE = 1_000_000, 10**11, 10**18 - 1
MONTH = 30 * 24 * 3_600

Lines = list[tuple[str, Any]]

SHAPES: dict[str, tuple[Lines, set[int]]] = {
    "3 + 3 of one": ([("MUG", 3), ("MUG", 3)], {409}),
    "3 + 3, in small letters": ([("MUG", 3), ("mug", 3)], {409}),
    "3 + 3, by its barcode": ([("MUG", 3), ("code-MUG", 3)], {404, 409}),
    "none of it": ([("MUG", 0)], {400}),
    "less than none": ([("MUG", -1)], {400}),
    "a billion": ([("MUG", 10**9)], {400}),
    "500 lines": ([("MUG", 1)] * 500, {400, 409}),
    "5,000 lines": ([("MUG", 1)] * 5_000, {400}),
    "no line": ([], {400}),
    "one that nobody knows": ([("MUG", 1), ("CUP", 1)], {404}),
    "one that is no longer sold": ([("MUG", 1), ("OLD", 1)], {404}),
    "the second is short": ([("BOWL", 1), ("MUG", HAS + 1)], {409}),
    "the first is short": ([("MUG", HAS + 1), ("BOWL", 1)], {409}),
    "both are short": ([("MUG", HAS + 1), ("BOWL", HAS + 1)], {409}),
}


def shapes(setup: Setup) -> Outcome:
    """Each as a sale and as a hold: all of it, or nothing."""
    shop = fresh(setup.folder, {"MUG": HAS, "BOWL": HAS, "OLD": HAS})
    done = Outcome(2 * len(SHAPES), "")
    with (
        setup.server(shop.path) as server,
        till(shop, server.url) as line,
    ):
        line.patch("/v1/products/OLD", json={"archived": True}).raise_for_status()
        before = _state(shop)
        for what, (lines, expected) in SHAPES.items():
            order = {"lines": [{"sku": sku, "quantity": units} for sku, units in lines]}
            for asked in (order, {**order, "expires_in": 60}):
                status = line.post("/v1/orders", json=asked).status_code
                done.hold(f"{what} is {status}", held=status in expected)
                done.hold(f"{what} has an effect", held=_state(shop) == before)
        order = {"lines": [{"sku": "MUG", "quantity": 3}, {"sku": "MUG", "quantity": 2}]}
        done.hold("3 + 2 are sold", held=line.post("/v1/orders", json=order).is_success)
    done.wrong += audit(shop.path)
    done.figure = f"{done.n - len(done.wrong)} as they should be"
    return done


def _state(shop: Shop) -> list[tuple[Any, ...]]:
    with looking(shop.path) as ask:
        return [
            *ask("SELECT product, on_hand, reserved FROM stock_level ORDER BY 1"),
            *ask("SELECT count(*), max(id) FROM stock_event"),
            *ask("SELECT count(*) FROM orders"),
        ]


class Place(NamedTuple):
    """A field that takes a number: where it is sent, with what around it, and its bounds."""

    path: str
    body: str  # with an N where the number is
    least: int
    most: int
    method: str = "POST"
    is_optional: bool = False


MUG = "/v1/inventory/MUG"
BACK = '{"lines": [{"sku": "MUG", "quantity": N, "condition": "gone"}]}'
PRODUCT = '{"sku": "S", "name": "X", "price_cents": '
PLACES = (
    Place("/v1/products", PRODUCT + "N}", 0, CENTS),
    Place("/v1/products", PRODUCT + '1, "on_hand": N}', 0, UNITS),
    Place("/v1/products", PRODUCT + '1, "reorder_point": N}', 0, UNITS),
    Place("/v1/products/MUG", '{"price_cents": N}', 0, CENTS, "PATCH"),
    Place("/v1/products/MUG", '{"reorder_point": N}', 0, UNITS, "PATCH"),
    Place("/v1/orders", '{"lines": [{"sku": "MUG", "quantity": N}]}', 1, UNITS),
    Place(
        "/v1/orders",
        '{"lines": [{"sku": "MUG", "quantity": 1}], "expires_in": N}',
        1,
        MONTH,
        is_optional=True,
    ),
    Place("/v1/orders/1/extension", '{"expires_in": N}', 1, MONTH),
    Place("/v1/orders/2/returns", BACK, 1, UNITS),
    Place(f"{MUG}/reservations", '{"quantity": N}', 1, UNITS),
    Place(f"{MUG}/reservations", '{"quantity": 1, "expires_in": N}', 1, MONTH, is_optional=True),
    Place("/v1/reservations/1/release", '{"quantity": N}', 1, UNITS),
    Place(f"{MUG}/adjustments", '{"change": N, "reason": "found"}', -UNITS, UNITS),
    Place(f"{MUG}/receipts", '{"quantity": N}', 1, UNITS),
    Place(f"{MUG}/counts", '{"counted": N}', 0, UNITS),
    Place(f"{MUG}/counts", '{"counted": 1, "as_of": N}', 0, PLACE, is_optional=True),
)
NUMBERS = (
    *("0", "1", "-1", "7", f"{2**31}", f"{2**53 + 1}", f"{2**63 - 1}", f"{2**63}", f"{-(2**63)}"),
    *("1e3", "1.0", "0.1", "-0", "1e309", "NaN", "Infinity", "01", "+1", "1_0", "0x1", "\u0661"),
    *('"1"', '" 1"', '"\u0661"', '"1_0"', '"+1"', '""', "true", "null", "[]", "{}", "[1]"),
    *("9" * 5_000, "-" + "9" * 5_000, "0." + "1" * 5_000),
)
CAP = 10**9


def numbers(setup: Setup) -> Outcome:
    shop = fresh(setup.folder, {"MUG": 1_000_000})
    done = Outcome(len(PLACES) * len(NUMBERS), "")
    told: Counter[int] = Counter()
    with (
        setup.server(shop.path) as server,
        till(shop, server.url) as line,
    ):
        order = {"lines": [{"sku": "MUG", "quantity": 1}]}
        line.post("/v1/orders", json={**order, "expires_in": MONTH}).raise_for_status()
        line.post("/v1/orders", json=order).raise_for_status()
        for place in PLACES:
            for number in NUMBERS:
                body = place.body.replace("N", number).replace('"S"', f'"S-{told.total()}"')
                answer = line.request(place.method, place.path, content=body.encode())
                told[answer.status_code] += 1
                done.wrong += _judged(place, number, answer)
        if setup.size:
            done.wrong += _up_to_the_cap(line)
        done.hold("it ends well", held=server.stop() == 0)
    if shops.IS_SQLITE:  # which takes anything in any column
        with looking(shop.path) as ask:
            kinds = ask("SELECT DISTINCT typeof(price_cents) FROM product")
        done.hold(f"prices are {kinds}", held=kinds == [("integer",)])
    done.wrong += audit(shop.path)
    done.figure = ", ".join(f"{status}: {count}" for status, count in sorted(told.items()))
    return done


def _judged(place: Place, number: str, answer: httpx.Response) -> list[str]:
    is_number = re.fullmatch("-?(0|[1-9][0-9]{0,18})", number) is not None
    fits = is_number and place.least <= int(number) <= place.most
    fits = fits or (place.is_optional and number == "null")
    what = f"{place.path} {place.body.replace('N', number[:20])} is {answer.status_code}"
    if answer.status_code >= 500 or (answer.is_success and not fits):
        return [what]
    if answer.status_code == 400 and not answer.json()["errors"][0]["message"]:
        return [f"{what} and does not say why"]
    return []


def _up_to_the_cap(line: httpx.Client) -> list[str]:
    """So many arrive that the shelf can have no more."""
    product = {"sku": "MANY", "name": "Many", "price_cents": PRICE}
    line.post("/v1/products", json=product).raise_for_status()
    for _ in range(CAP // UNITS):
        line.post("/v1/inventory/MANY/receipts", json={"quantity": UNITS}).raise_for_status()
    status = line.post("/v1/inventory/MANY/receipts", json={"quantity": 1}).status_code
    return [] if status == 400 else [f"one above the cap is {status}"]
