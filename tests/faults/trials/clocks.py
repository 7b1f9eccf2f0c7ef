"""A8: the clock of the machine jumps, or crosses a night of which programs know too little."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.faults.auditor import audit
from tests.faults.clients import till
from tests.faults.shop import Shop, fresh, looking
from tests.faults.trial import Outcome, Setup, Skipped
from tests.server import Server

FAKETIME = (
    Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
    Path("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"),
)
LATE = 5.0  # seconds after its time within which a hold ends
HOLDS = 10
TODAY = datetime.now(UTC)


class Night(NamedTuple):
    """When the shop begins; how long its holds last; after a moment the clock jumps."""

    what: str
    begins: datetime
    lasts: int
    jump: timedelta = timedelta()


NIGHTS = (
    Night("two hours on", TODAY, 1_800, timedelta(hours=2)),
    Night("three hours back", TODAY, 1_800, timedelta(hours=-3)),
    Night("summer ends", datetime(2026, 10, 25, 0, 59, 57, tzinfo=UTC), 6),
    Night("summer begins", datetime(2027, 3, 28, 0, 59, 57, tzinfo=UTC), 6),
    Night("29 February", datetime(2028, 2, 28, 23, 59, 57, tzinfo=UTC), 6),
    Night("a leap second", datetime(2016, 12, 31, 23, 59, 57, tzinfo=UTC), 6),
    Night("the year 2038", datetime(2038, 1, 19, 3, 14, 4, tzinfo=UTC), 6),
)


class Clock:
    """The clock of the server, so many seconds beside ours."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.under = (
            *("env", f"LD_PRELOAD={_library()}", "FAKETIME_DONT_FAKE_MONOTONIC=1"),
            *(f"FAKETIME_TIMESTAMP_FILE={file}", "FAKETIME_NO_CACHE=1", "NO_FAKE_STAT=1"),
            "ONHAND_TIMEZONE=Europe/London",
        )

    def set(self, moment: datetime) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(f"{(moment - datetime.now(UTC)).total_seconds():+.3f}\n")
        new.rename(self._file)


def _library() -> Path:
    for path in FAKETIME:
        if path.exists():
            return path
    raise Skipped("libfaketime is not installed")


def clocks(setup: Setup) -> Outcome:
    nights = NIGHTS[: setup.pick(1, 3, 7)]
    done = Outcome(len(nights), ", ".join(night.what for night in nights))
    for number, night in enumerate(nights):
        folder = setup.folder / f"{number}"
        shop = fresh(folder, {"MUG": 1_000}, at=night.begins - timedelta(minutes=1))
        clock = Clock(folder / "clock")
        clock.set(night.begins)
        with setup.server(shop.path, under=clock.under) as server:
            wrong = _through(night, shop, server, clock)
            done.hold("it ends well", held=server.stop() == 0)
        done.wrong += [f"{night.what}: {what}" for what in [*wrong, *audit(shop.path)]]
    return done


def _through(night: Night, shop: Shop, server: Server, clock: Clock) -> list[str]:
    done = Outcome(0, "")
    with till(shop, server.url) as line:

        def hold(lasts: int) -> None:
            held = {"lines": [{"sku": "MUG", "quantity": 1}], "expires_in": lasts}
            line.post("/v1/orders", json=held).raise_for_status()

        hold(1)
        _until(shop, expired=1, within=1 + LATE)
        first = time.monotonic()
        for _ in range(HOLDS):
            hold(night.lasts)
        are_open = _by_status(shop) == {"open": HOLDS, "expired": 1}
        done.hold("they are open", held=are_open or time.monotonic() - first > night.lasts - 1)
        if night.jump:
            clock.set(datetime.now(UTC) + night.jump)
        if night.jump < timedelta():
            time.sleep(LATE / 2)
            still = _by_status(shop)
            done.hold(f"back in time {still}", held=still == {"open": HOLDS, "expired": 1})
            clock.set(datetime.now(UTC) + timedelta(seconds=night.lasts + 1))
        within = LATE if night.jump else night.lasts + LATE
        done.hold("they end", held=_until(shop, expired=HOLDS + 1, within=within))
        took = time.monotonic() - first
        done.hold(f"they end after {took:.1f} s", held=bool(night.jump) or took > night.lasts - 1)
        sold = line.post("/v1/orders", json={"lines": [{"sku": "MUG", "quantity": 1}]})
        done.hold("something is sold afterwards", held=sold.status_code == 201)
    with looking(shop.path) as ask:
        done.hold("all is free again", held=ask("SELECT reserved FROM stock_level") == [(0,)])
    return done.wrong


def _by_status(shop: Shop) -> Counter[str]:
    with looking(shop.path) as ask:
        return Counter(status for (status,) in ask("SELECT status FROM orders"))


def _until(shop: Shop, *, expired: int, within: float) -> bool:
    given_up = time.monotonic() + within
    while _by_status(shop)["expired"] < expired:
        if time.monotonic() > given_up:
            return False
        time.sleep(0.1)
    return True
