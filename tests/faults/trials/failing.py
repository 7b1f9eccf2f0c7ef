"""C4, C7: a disk that fails at random, and transactions that fail a thousand times."""

import asyncio
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from tests import shops
from tests.faults.clients import Crowd, till
from tests.faults.held import Held
from tests.faults.shop import Shop, fresh
from tests.faults.trial import Outcome, Setup, need
from tests.faults.trials.recovery import GOODS, RECOVERS, SKUS, judged, recovers
from tests.server import Server

REFUSE = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$"""
AT_COMMIT = """
    CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse()"""
PRELOAD = ("/usr/lib/fiu/fiu_run_preload.so", "/usr/lib/fiu/fiu_posix_preload.so")


@contextmanager
def no_writes(server: Server) -> Iterator[None]:
    """Every write of the server to a file fails."""
    pid = server.process.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def no_commits(shop: Shop) -> Iterator[None]:
    """Every order comes as far as its COMMIT, which fails."""
    shops.rows(shop.path, REFUSE)
    shops.rows(shop.path, AT_COMMIT)
    yield
    shops.rows(shop.path, "DROP FUNCTION refuse CASCADE")


def failing_disk(setup: Setup) -> Outcome:
    """Of writes one in a hundred fails, of syncs one in fifty, at random."""
    need("fiu-ctrl")
    shop = fresh(setup.folder, GOODS)
    crowd = Crowd(shop, 8, SKUS, setup.seed)
    seconds = setup.pick(4, 10, 120)
    done = Outcome(seconds, "")
    under = ("env", f"LD_PRELOAD={':'.join(PRELOAD)}", f"FIU_CTRL_FIFO={setup.folder}/fiu")
    with setup.server(shop.path, under=under) as server:
        pid = f"{server.process.pid}"

        def control(*commands: str) -> None:
            subprocess.run(["fiu-ctrl", "-f", f"{setup.folder}/fiu", *commands, pid], check=True)

        asyncio.run(crowd.work(server.url, seconds=1))
        for name, part in (("rw/pwrite", 0.01), ("sync/fdatasync", 0.02), ("sync/fsync", 0.02)):
            point = f"name=posix/io/{name},probability={part},failinfo=5"
            control("-c", f"enable_random {point}")
        asyncio.run(crowd.work(server.url, seconds=seconds / 10))  # until every thread is there
        before = Held.by(server.process.pid)
        asyncio.run(crowd.work(server.url, seconds=seconds))
        for name in ("rw/pwrite", "sync/fdatasync", "sync/fsync"):
            control("-c", f"disable name=posix/io/{name}")
        waits = [recovers(shop, server)]
        asyncio.run(crowd.ask_again(server.url))
        time.sleep(0.5)
        after = Held.by(server.process.pid)
        done.wrong += before.leaked(after)
        done.figure = before.since(after)
        done.hold("it ends well", held=server.stop() == 0)
    done.wrong += crowd.wrong()
    return judged(setup, done, crowd, waits)


def failed_commits(setup: Setup) -> Outcome:
    """A COMMIT that fails, and a BEGIN, a thousand times each; then everybody works."""
    shop = fresh(setup.folder, GOODS)
    crowd = Crowd(shop, 8, SKUS, setup.seed)
    times = setup.pick(60, 200, 1_000)
    done = Outcome(2 * times, "")
    impatient = replace(setup, bug=",".join(filter(None, ("impatient", setup.bug))))

    def fail(server: Server, what: str) -> None:
        sale = {"lines": [{"sku": SKUS[0], "quantity": 1}]}
        with till(shop, server.url) as line:
            for _ in range(times):
                answer = line.post("/v1/orders", json=sale)
                told = answer.status_code, answer.headers.get("retry-after")
                done.hold(f"{what} is {told}", held=told == (503, "2"))

    with impatient.server(shop.path) as server:
        asyncio.run(crowd.work(server.url, seconds=0.5))
        before = Held.by(server.process.pid)
        for what, fault in _faults(shop, server):
            with fault():
                fail(server, what)
        waits = [recovers(shop, server)]
        after = Held.by(server.process.pid)
        done.wrong += before.leaked(after)
        asyncio.run(crowd.work(server.url, seconds=0.5))
        done.hold("it ends well", held=server.stop() == 0)
    setup.expect("it recovers", waits[0], RECOVERS)
    done.wrong += crowd.wrong()
    done.wrong = list(dict.fromkeys(done.wrong))
    done.figure = f"sells again after {waits[0]:.2f} s; {before.since(after)}"
    return done


def _faults(
    shop: Shop, server: Server
) -> list[tuple[str, Callable[[], AbstractContextManager[None]]]]:
    fails = (lambda: no_writes(server)) if shops.IS_SQLITE else (lambda: no_commits(shop))
    return [
        ("a COMMIT that fails", fails),
        ("a BEGIN that fails", lambda: shops.locked(shop.path)),
    ]
