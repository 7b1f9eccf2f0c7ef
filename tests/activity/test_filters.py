"""The log is cut by product, actor, kind and time, on the page as in the spreadsheet."""

import csv
import io
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import product as combinations
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import pytest

from app import clock
from app.activity import controllers, filters, queries
from app.activity.filters import KINDS
from app.activity.queries import Filter
from app.database import DB
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as stock
from app.stock.tables import AdjustmentReason, EventKind
from app.web.spreadsheet import BOM
from tests import make, screen, shops
from tests.screen import Screen

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
SEEN = re.compile(r'id="event-([0-9]+)"')
OLDER = re.compile(r'href="(/activity\?[^"]*before=[^"]*)">Older')


async def a_fortnight() -> None:
    """Some of everything that can happen, by three actors, on days of which some are quiet."""
    random = Random(5)
    with clock.at(NOW - timedelta(days=14)):
        kim = await make.clerk("Kim")
        goods = [
            await make.product(f"MUG-{n}", name=name, on_hand=20, reorder_point=18)
            for n, name in enumerate(["Blue mug", "Red mug", "Blue bowl"])
        ]
    for day in range(14, -1, -2):
        for hour in (1, 8, 15):
            actor = random.choice(["Kim", "Robin", "webshop"])
            mug = random.choice(goods)
            sku = f"MUG-{goods.index(mug)}"
            with clock.at(NOW - timedelta(days=day, hours=15 - hour)):
                await stock.receive(mug, 3, actor=actor)
                await stock.count(mug, 20, actor=actor)
                found = await stock.adjust(mug, 2, reason=AdjustmentReason.FOUND, actor="Kim")
                await orders.undo(found, clerk=kim, actor="Kim")
                sale = await orders.place([Wanted(sku, 4)], actor=actor)
                await orders.cancel(sale.id, actor=actor)
                hold = await orders.place(
                    [Wanted(sku, 2)], actor=actor, expires_in=timedelta(minutes=9)
                )
                await orders.cancel(hold.id, actor=actor)


@pytest.fixture(scope="module")
def fortnight(empty_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make.copy_with(a_fortnight, empty_shop, tmp_path_factory.mktemp("fortnight"))


@pytest.fixture
async def robin(fortnight: Path, shop: Path) -> AsyncIterator[Screen]:
    await DB.close()
    shops.copy(fortnight, shop)
    await DB.open()
    with clock.at(NOW):
        async with screen.clerk() as robin:
            yield robin


async def the_log() -> list[dict[str, Any]]:
    """All of it, newest first, read apart from the program."""
    rows = await DB.fetch(
        "SELECT e.id, p.sku, p.name, e.kind, e.actor, e.undoes, "
        "substr(CAST(e.happened_at AS TEXT), 1, 10) "
        "FROM stock_event e JOIN product p ON p.id = e.product ORDER BY e.id DESC"
    )
    names = ("id", "sku", "name", "kind", "actor", "undoes", "day")
    return [dict(zip(names, row, strict=True)) for row in rows]


Fits = Callable[[dict[str, Any]], bool]

PRODUCTS: dict[str, Fits] = {
    "": lambda _: True,
    "mug-1": lambda e: e["sku"] == "MUG-1",
    "blue": lambda e: "Blue" in e["name"],
    "teapot": lambda _: False,
}
ACTORS: dict[str, Fits] = {
    "": lambda _: True,
    "Kim": lambda e: e["actor"] == "Kim",
    "Nobody": lambda _: False,
}
KINDS_OF: dict[str, Fits] = {
    "": lambda _: True,
    "sold": lambda e: e["kind"] == "sold",
    "received": lambda e: e["kind"] == "received",
    "held": lambda e: e["kind"] in {"reserved", "released"},
    "adjusted": lambda e: e["kind"] == "adjusted",
    "counted": lambda e: e["kind"] == "counted",
    "returned": lambda e: e["kind"] == "returned",
    "alerts": lambda e: e["kind"] in {"low_stock", "restocked"},
    "undone": lambda e: e["undoes"] is not None,
}
TIMES: dict[str, Fits] = {
    "": lambda _: True,
    "when=any": lambda _: True,
    "when=today": lambda e: e["day"] == "2026-11-20",
    "when=7": lambda e: e["day"] >= "2026-11-14",
    "when=30": lambda _: True,
    "from=2026-11-10": lambda e: e["day"] >= "2026-11-10",
    "to=2026-11-09": lambda e: e["day"] <= "2026-11-09",
    "when=dates&from=2026-11-11&to=2026-11-13": lambda e: "2026-11-11" <= e["day"] <= "2026-11-13",
    "when=any&from=2026-11-11": lambda _: True,
    "from=2026-11-21": lambda _: False,
}
CUTS = list(combinations(PRODUCTS, ACTORS, KINDS_OF, TIMES))


def expected(log: Sequence[dict[str, Any]], cut: tuple[str, str, str, str]) -> list[int]:
    product, actor, kind, time = cut
    tests = (PRODUCTS[product], ACTORS[actor], KINDS_OF[kind], TIMES[time])
    return [event["id"] for event in log if all(fits(event) for fits in tests)]


def query(cut: tuple[str, str, str, str]) -> str:
    product, actor, kind, time = cut
    return f"search={product}&who={actor}&kind={kind}&{time}"


async def test_every_filter_with_every_other_leaves_what_fits(robin: Screen):
    log = await the_log()

    for cut in CUTS:
        chosen = filters.read(dict(parse_qsl(query(cut))))
        found = await queries.meant(chosen.search)
        wanted = await queries.filter_of(chosen, found.products)

        assert [e.id for e in await queries.entries(wanted, 1_000)] == expected(log, cut), cut


@pytest.mark.parametrize("cut", Random(3).sample(CUTS, 12), ids=query)
async def test_turning_the_pages_shows_what_the_spreadsheet_holds(
    robin: Screen, monkeypatch: pytest.MonkeyPatch, cut: tuple[str, str, str, str]
):
    monkeypatch.setattr("app.activity.controllers.PAGE", 7)
    monkeypatch.setattr("app.activity.controllers.PIECE", 5)
    page = await robin.get(f"/activity?{query(cut)}")
    seen = SEEN.findall(page.html)
    while older := OLDER.search(page.html):
        page = await robin.get(unescape(older[1]))
        seen += SEEN.findall(page.html)

    sheet = await robin.client.get(f"/activity/export?{query(cut)}")

    wanted = [str(number) for number in expected(await the_log(), cut)]
    assert seen == wanted
    assert [row["event"] for row in rows(sheet.text)] == wanted


def rows(sheet: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet.removeprefix(BOM), newline="")))


async def test_a_row_of_the_spreadsheet_holds_all_of_an_entry(robin: Screen):
    mug = await make.product("CUP", name="=Cup, “blue”", on_hand=9)
    with clock.at(NOW):
        await stock.adjust(
            mug, -2, reason=AdjustmentReason.OWN_USE, actor="-Kim", note="@SUM(1;1)\u2028<b>"
        )

    sheet = await robin.client.get("/activity/export?search=CUP")

    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert sheet.headers["content-disposition"] == (
        'attachment; filename="activity-2026-11-20.csv"'
    )
    assert sheet.content.startswith(b"\xef\xbb\xbf")
    row, _ = rows(sheet.text)
    assert row.pop("event")
    assert row == {
        "time": "2026-11-20 15:00:00",
        "sku": "CUP",
        "name": "'=Cup, “blue”",
        "kind": "adjusted",
        "reason": "own_use",
        "note": "'@SUM(1;1)\u2028<b>",
        "on_hand_change": "-2",
        "on_hand": "7",
        "reserved_change": "0",
        "reserved": "0",
        "available": "7",
        "order": "",
        "actor": "'-Kim",
        "undoes": "",
    }


@pytest.mark.usefixtures("robin")
async def test_what_happens_meanwhile_is_not_in_the_spreadsheet(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.activity.controllers.PIECE", 2)
    numbers = [event["id"] for event in await the_log()]

    pieces = controllers._pieces(Filter())
    cells = [*await anext(pieces)]
    await make.product("MEANWHILE", on_hand=1)
    cells += [row async for piece in pieces for row in piece]

    assert [row[0] for row in cells] == numbers


async def test_text_from_people_is_shown_as_they_wrote_it(robin: Screen):
    written = "<script>alert(1)</script> & \"quoted\" '{{ 7 * 7 }}' {% raw %}"
    mug = await make.product("CUP", name=written, on_hand=9)
    await stock.receive(mug, 1, actor=written, note=written)

    page = await robin.get("/activity?search=CUP")

    assert page.words.count(written) >= 3
    assert "<script>alert" not in page.html


NONSENSE = [
    *("%00", "%ff", "%ed%a0%80", "'%22;--", "{0}", "%25s", "x" * 4_000, "%e2%80%ae", "%d9%a3"),
    *(
        "-1",
        "99999999999999999999999",
        "2026-02-30",
        "9999-12-31",
        "2026-11-20T10:00",
        "=&=",
        "a&a",
    ),
]
NAMES = ["search", "who", "kind", "when", "from", "to", "before", "after", "else"]


@pytest.mark.parametrize("name", NAMES)
async def test_nonsense_is_answered_and_never_breaks_us(name: str):
    await make.product("MUG")

    async with screen.clerk() as robin:
        for address in ("", "/entries", "/newer", "/export"):
            for nonsense in NONSENSE:
                asked = f"/activity{address}?{name}={nonsense}"
                answer = await robin.client.get(asked, headers=PARTIAL)
                twice = await robin.client.get(f"{asked}&{name}={nonsense}", headers=PARTIAL)

                assert answer.status_code in {200, 422}, asked
                assert twice.status_code == 400


async def plan(wanted: Filter) -> str:
    sql, values, _ = queries._entries(wanted)._compiled
    return "; ".join(row[3] for row in await DB.fetch(f"EXPLAIN QUERY PLAN {sql}", values))


BY_KEY = "SEARCH stock_event USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"
BY_PRODUCT = "SEARCH stock_event USING INDEX stock_event_product (product=? AND id>? AND id<?)"
BY_KIND = "SEARCH stock_event USING INDEX stock_event_kind (kind=? AND id>? AND id<?)"
BY_UNDO = "SEARCH stock_event USING INDEX stock_event_undone (id>? AND id<?)"


@pytest.mark.parametrize(
    ("wanted", "way"),
    [
        (Filter(), BY_KEY),
        (Filter(actor="Kim"), BY_KEY),
        (Filter(kinds=[EventKind.SOLD]), BY_KEY),
        (Filter(kinds=[EventKind.COUNTED]), BY_KIND),
        (Filter(kinds=[EventKind.COUNTED], actor="Kim"), BY_KIND),
        (Filter(kinds=[EventKind.RESERVED, EventKind.RELEASED]), BY_KIND),
        (Filter(is_undo=True), BY_UNDO),
        (Filter(products=[7]), BY_PRODUCT),
        (Filter(products=[7], kinds=[EventKind.SOLD]), BY_PRODUCT),
        (Filter(products=[7], kinds=[EventKind.COUNTED], actor="Kim"), BY_PRODUCT),
        (Filter(products=range(1, 20)), BY_PRODUCT),
        (Filter(products=[7], is_undo=True), BY_PRODUCT),
    ],
)
@pytest.mark.sqlite
async def test_each_filter_goes_along_an_index(wanted: Filter, way: str):
    assert way in await plan(wanted)


@pytest.mark.sqlite
async def test_the_work_for_a_page_does_not_grow_with_the_log(shop: Path):
    """Told by what SQLite does, not by a clock: a page is some thousand steps, a log a million."""
    mug = await make.product("MUG")
    entry = f"({mug}, '{{}}', 0, 0, 0, 0, '', '{{}}', '2026-11-20 12:00:00+00:00')"
    entries = ", ".join(
        entry.format(random.choice(["low_stock", "restocked"]), random.choice("ABC"))
        for random in [Random(1)]
        for _ in range(20_000)
    )
    columns = "product, kind, on_hand_change, reserved_change, on_hand, reserved, note, actor"
    await DB.run(DB.fetch, f"INSERT INTO stock_event ({columns}, happened_at) VALUES {entries}")

    for wanted in (
        Filter(),
        Filter(actor="A"),
        Filter(products=[mug]),
        Filter(kinds=KINDS["alerts"]),
        Filter(kinds=KINDS["alerts"], behind=10_000),
        Filter(kinds=KINDS["counted"]),
        Filter(products=[mug], kinds=KINDS["alerts"], actor="B"),
        Filter(is_undo=True),
    ):
        assert steps(shop, wanted) < 10_000, wanted


def steps(shop: Path, wanted: Filter) -> int:
    """What SQLite does to find a page, in its own steps."""
    sql, values, places = queries._entries(wanted)._compiled
    given = {**wanted._asdict(), "limit": 51}
    for place, name in places:
        values[place] = given[name]
    taken = []
    with closing(sqlite3.connect(shop)) as connection:
        connection.set_progress_handler(lambda: taken.append(1), 100)
        connection.execute(sql, values).fetchall()
    return 100 * len(taken)
