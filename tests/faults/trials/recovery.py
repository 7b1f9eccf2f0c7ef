"""How a shop is once a fault is over."""

import time
from collections import Counter

from tests.faults.clients import Crowd, till
from tests.faults.history import read
from tests.faults.shop import Shop
from tests.faults.trial import Outcome, Setup
from tests.server import Server

SKUS = [f"MUG-{n}" for n in range(10)]
GOODS = dict.fromkeys(SKUS, 100_000)
RECOVERS = 5.0  # seconds from the end of a fault to the first sale


def recovers(shop: Shop, server: Server) -> float:
    """Seconds until something is sold again."""
    began = time.monotonic()
    sale = {"lines": [{"sku": SKUS[0], "quantity": 1}]}
    while time.monotonic() - began < 4 * RECOVERS:
        with till(shop, server.url) as line:
            answer = line.post("/v1/orders", json=sale)
        if answer.status_code == 201:
            break
        time.sleep(0.05)
    return time.monotonic() - began


def reads(shop: Shop, server: Server) -> bool:
    with till(shop, server.url) as line:
        return line.get(f"/v1/inventory/{SKUS[0]}").status_code == 200


def statuses(crowd: Crowd) -> Counter[int]:
    return Counter(attempt.status for attempt in read(crowd.folder))


def judged(setup: Setup, done: Outcome, crowd: Crowd, waits: list[float]) -> Outcome:
    told = statuses(crowd)
    done.hold("the fault was felt", held=told[503] > 0)
    setup.expect("it recovers", max(waits), RECOVERS)
    lost = sum("is lost" in what for what in done.wrong)
    acknowledged = told[200] + told[201]
    done.figure = (
        f"{acknowledged:,} acknowledged, {lost} lost, {told[503]:,} answered 503; "
        f"sells again after {max(waits):.2f} s at most{'; ' if done.figure else ''}{done.figure}"
    )
    return done
