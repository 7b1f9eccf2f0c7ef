"""The stock list as a browser asks for it, and the search in it and at the counter."""

import re
from collections import defaultdict
from html import unescape
from itertools import chain, repeat
from statistics import median
from urllib.parse import quote

from tests.bench import shops
from tests.bench.load import Round, Target, closed
from tests.bench.report import cpu_us, ms
from tests.bench.served import PARTIAL, Served
from tests.bench.session import Session

BADGE = re.compile(r'data-stock="([^"]+)"')
NEXT = re.compile(r'href="(/stock\?[^"]*at=[^"]*)">Next')
TURNED = 19  # pages after the first; a shop of 1,000 products has no more
SEARCHES = 200  # times each search is asked in a round


async def stock(session: Session) -> None:
    """The list cold, warm, and with sales of what it shows in between."""
    report = session.report
    cold: dict[int, list[Round]] = defaultdict(list)
    turned: dict[int, list[Round]] = defaultdict(list)
    warm: dict[int, list[Round]] = defaultdict(list)
    mixed: dict[int, list[Round]] = defaultdict(list)
    sales: dict[int, list[Round]] = defaultdict(list)
    for _ in range(session.rounds):
        for size, shop in session.shops.items():
            addresses, shown = await _pages(shop)
            shop.stop()
            shop.start()
            cold[size].append(await closed(shop.target, 1, [shop.page("/stock")]))
            turned[size].append(await closed(shop.target, 1, map(shop.page, addresses)))
            page = shop.page("/stock")
            warm[size].append(await closed(shop.target, 1, repeat(page), session.seconds))
            each = int(1000 * session.seconds)
            orders = shop.orders(each, shown)
            both = chain.from_iterable(zip(orders, repeat(page)))
            mixed[size].append(shop.note(await closed(shop.target, 1, both, session.seconds)))
            orders = shop.orders(2 * each, shown)
            sales[size].append(shop.note(await closed(shop.target, 1, orders, session.seconds)))
    report.part("Stock list, 50 rows")
    between = {
        size: median(_beside(*both) for both in zip(mixed[size], sales[size], strict=True))
        for size in session.shops
    }
    for size in session.shops:
        of = f"{size:,} products"
        report.row(f"first page after the start, {of}", cold[size], expect=(200,))
        report.row(f"{TURNED} pages not seen before, {of}", turned[size], expect=(200,))
        report.row(f"the same page, {of}", warm[size], expect=(200,))
        note = f"{between[size]:,.0f} µs for the page"
        report.row(f"page, sale, page, sale, {of}", mixed[size], expect=(200, 201), note=note)
    _bounds(session, "while nothing changes", {n: _cpu(warm[n]) for n in session.shops})
    _bounds(session, "with sales between", between)


def _bounds(session: Session, when: str, cpu: dict[int, float]) -> None:
    smallest, largest = min(cpu), max(cpu)
    what = f"stock list, {largest:,} products, {when}: CPU"
    session.report.bound(what, cpu[largest] / 1000, lambda v: v < 1.5, "< 1.5 ms")
    if largest > smallest and cpu[smallest]:
        ratio = cpu[largest] / cpu[smallest]
        what = f"stock list, {when}: CPU to that at {smallest:,}"
        session.report.bound(what, ratio, lambda v: v <= 1.3, "<= 1.3")


def _cpu(rounds: list[Round]) -> float:
    return median(map(cpu_us, rounds))


def _beside(mixed: Round, sales: Round) -> float:
    """CPU of one page in a round of pages and as many sales, less what a sale costs: in µs."""
    return cpu_us(mixed, mixed.statuses[200]) - cpu_us(sales) * (
        mixed.statuses[201] / mixed.statuses[200]
    )


async def _pages(shop: Served) -> tuple[list[str], list[str]]:
    """The addresses of the pages after the first, and the SKUs in plenty that the first shows."""
    address = "/stock"
    addresses: list[str] = []
    shown: list[str] = []
    plenty = set(shop.skus)
    for _ in range(TURNED):
        text = (await shop.ask(shop.plain(address))).body.decode()
        if not addresses:
            shown = [sku for sku in BADGE.findall(text) if sku in plenty]
        if not (following := NEXT.search(text)):
            break
        address = unescape(following[1])
        addresses.append(address)
    return addresses, shown


async def search(session: Session) -> None:
    """What somebody types, at the counter and above the stock list."""
    report, shop = session.report, session.largest
    common = shops.common_word(shop.path)
    queries = {
        "the rarest word": shops.RARE,
        "a slip in it": shops.SLIP,
        "a common word": common,
        "two letters": common[:2],
    }
    report.part(f"Search, {max(session.shops):,} products")
    for place in ("/counter/hits", "/stock/rows"):
        for what, typed in queries.items():
            address = f"{place}?search={quote(typed)}"
            seen = await shop.ask(shop.plain(address, *PARTIAL))
            found = seen.body.count(b"data-stock=")
            if not found:
                report.problems.append(f"{address} finds nothing")
            rounds = [await _searched(shop.target, shop.fragment(address)) for _ in range(3)]
            note = f"?search={typed}: {found} found"
            report.row(f"{what}, {place}", rounds, expect=(200,), note=note)
            report.bound(f"{what} at {place}: p95", ms(rounds, 0.95), lambda v: v < 15, "< 15 ms")


async def _searched(target: Target, asked: bytes) -> Round:
    return await closed(target, 1, repeat(asked, SEARCHES))
