"""Many customers at one moment: for one product that is scarce, and for everything at once."""

from itertools import count

from tests.bench.load import at_once, closed
from tests.bench.report import ms
from tests.bench.session import Session

BUYERS, UNITS, CONNECTIONS = 400, 200, 64
CROWD = 500

_names = count(1)


async def hot(session: Session) -> None:
    """More buyers than units: as many are sold as there are, everybody else is told no."""
    report, shop = session.report, session.largest
    rounds = []
    for _ in range(session.rounds):
        sku = f"HOT-{next(_names)}"
        product = {"sku": sku, "name": sku, "price_cents": 999, "on_hand": UNITS}
        added = await shop.ask(shop.post("/v1/products", product))
        assert added.status == 201, added.body
        wanted = [shop.order((sku, 1)) for _ in range(BUYERS)]
        this = shop.note(await closed(shop.target, CONNECTIONS, wanted))
        rounds.append(this)
        if (this.statuses[201], this.statuses[409]) != (UNITS, BUYERS - UNITS):
            report.problems.append(f"hot product: {UNITS} units, answers {dict(this.statuses)}")
    report.part(f"Hot product: {BUYERS} buyers of {UNITS} units, {CONNECTIONS} connections")
    sold = sum(this.statuses[201] for this in rounds) / len(rounds)
    refused = sum(this.statuses[409] for this in rounds) / len(rounds)
    report.row("one unit each", rounds, expect=(201, 409), note=f"{sold:g} sold, {refused:g} not")
    report.bound("hot product: p99", ms(rounds, 0.99), lambda v: v < 100, "< 100 ms")


async def crowd(session: Session) -> None:
    """Everybody orders at one instant, and nobody waits long."""
    report, shop = session.report, session.largest
    rounds = [
        shop.note(await at_once(shop.target, shop.orders(CROWD))) for _ in range(session.rounds)
    ]
    last = ms(rounds, 1.0)
    report.part(f"{CROWD} orders at one instant, {CROWD} connections")
    report.row("two lines each", rounds, note=f"the last after {last:.0f} ms")
    report.bound(f"{CROWD} orders at once: the last answer", last, lambda v: v < 1000, "< 1000 ms")
