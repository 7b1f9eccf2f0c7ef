"""``/metrics``: what the program and the shop do, in numbers for Prometheus.

What is counted as it happens is counted where it happens; here is what has to be asked for. Labels
are addresses, kinds and names of our own: never a product, a person or anything that was typed.
"""

import asyncio
import platform
import threading
from pathlib import Path

import prometheus_client
from litestar import get
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, generate_latest

from app import __version__, health
from app.backups import folder, schedule
from app.database import DB
from app.live.hub import hub
from app.orders import holds
from app.stock import lists, log, queries
from app.web.answer import Answer
from app.webhooks import queries as webhooks

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

EVENTS = Counter("onhand_events", "Entries of the shop's event log, whoever wrote them.", ["kind"])
NEWEST = Gauge("onhand_last_event", "The number of the newest entry of the event log.")
STREAMS = Gauge("onhand_streams", "Open event streams.", ["listener"])
BEHIND = Gauge("onhand_stream_lag_events", "Events that the open screens were not told yet.")
PRODUCTS = Gauge("onhand_products", "Products that run low; what is out is low as well.", ["state"])
HOLDS = Gauge("onhand_holds", "Open holds; overdue ones wait to be released.", ["state"])
DELIVERIES = Gauge("onhand_deliveries", "Events for webhooks that have not arrived.", ["state"])
CHECKS = Gauge("onhand_check_ok", "What /readyz says: 1 when it is well.", ["check"])
BACKUP = Gauge("onhand_backup_timestamp_seconds", "When the last good backup was made, if any was.")
WAL = Gauge("onhand_wal_bytes", "The length of SQLite's log of what was written.")
THREADS = Gauge("onhand_threads", "Threads of this process.")
THREADS.set_function(threading.active_count)
Gauge("onhand_build_info", "What runs.", ["version", "python", "database"]).labels(
    __version__, platform.python_version(), DB.engine_type
).set(1)

_counted: dict[str, int] = {}  # of this shop: up to which event
_one_at_a_time = asyncio.Lock()


@get("/metrics")
async def metrics() -> Answer:
    async with _one_at_a_time:
        await _look()
    text = await asyncio.to_thread(generate_latest)  # hundreds of lines; orders go on meanwhile
    return Answer(text, media_type=CONTENT_TYPE_LATEST)


async def _look() -> None:
    """Set every number to what it is now."""
    for check in await health.checks():
        CHECKS.labels(check.name).set(check.ok)
    newest = await queries.last_event()
    for kind, count in await log.kinds(_counted.get(DB.shop, newest), newest):
        EVENTS.labels(kind).inc(count)
    _counted[DB.shop] = newest
    NEWEST.set(newest)
    BEHIND.set(await hub.behind())
    STREAMS.labels("screen").set(hub.screens)
    STREAMS.labels("program").set(hub.streams - hub.screens)
    for gauge, states in (
        (PRODUCTS, await lists.counts(newest)),
        (HOLDS, await holds.counts()),
        (DELIVERIES, await webhooks.counts()),
    ):
        for state, count in states._asdict().items():
            gauge.labels(state).set(count)
    if DB.is_file:
        WAL.set(_size(Path(f"{DB.shop}-wal")))
    if schedule.is_on() and (last := folder.last_good()):
        BACKUP.set(last.taken_at.timestamp())


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
