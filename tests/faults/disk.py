"""C3, C4, C7: a disk that is full, one that fails, and commits that fail a thousand times."""

import asyncio
import os
import resource
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from tests.faults.auditor import audit
from tests.faults.clients import Crowd
from tests.faults.held import Held
from tests.faults.history import read
from tests.faults.shop import Shop, fresh, locked
from tests.faults.told import compare
from tests.faults.trial import Outcome, Setup, Skipped, need
from tests.server import Server, onhand

SKUS = [f"MUG-{n}" for n in range(10)]
GOODS = dict.fromkeys(SKUS, 100_000)
RECOVERS = 5.0  # seconds from the end of a fault to the first sale
ANSWERS = {0, 200, 201, 404, 409, 503}
PRELOAD = ("/usr/lib/fiu/fiu_run_preload.so", "/usr/lib/fiu/fiu_posix_preload.so")


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own, in memory."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", f"{folder}"]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        raise Skipped("nobody but root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", f"{folder}"], check=True)


@contextmanager
def no_writes(server: Server) -> Iterator[None]:
    """Every write of the server to a file fails."""
    pid = server.process.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def recovers(shop: Shop, server: Server) -> float:
    """Seconds until something is sold again."""
    began = time.monotonic()
    sale = {"lines": [{"sku": SKUS[0], "quantity": 1}]}
    while time.monotonic() - began < 4 * RECOVERS:
        answer = httpx.post(f"{server.url}/v1/orders", json=sale, headers=shop.program())
        if answer.status_code == 201:
            break
        time.sleep(0.05)
    return time.monotonic() - began


def reads(shop: Shop, server: Server) -> bool:
    level = httpx.get(f"{server.url}/v1/inventory/{SKUS[0]}", headers=shop.program())
    return level.status_code == 200


def statuses(crowd: Crowd) -> Counter[int]:
    return Counter(attempt.status for attempt in read(crowd.folder))


def disk_full(setup: Setup) -> Outcome:
    """It fills up while everybody works; then a backup and an import; then it is freed."""
    size = setup.pick(16, 16, 24)
    with small_disk(setup.folder / "disk", size) as disk:
        shop = fresh(disk, GOODS)
        crowd = Crowd(shop, 8, SKUS, setup.seed, setup.folder / "histories")
        done = Outcome(rounds := setup.pick(1, 2, 5), "")
        ballast = disk / "ballast"
        sheet = setup.folder / "goods.csv"
        sheet.write_text("sku,name\n" + "".join(f"NEW-{n},New {n}\n" for n in range(20_000)))
        waits = []
        with setup.server(shop.path) as server:
            for _ in range(rounds):
                asyncio.run(crowd.work(server.url, seconds=0.5))
                _fill(ballast)
                asyncio.run(crowd.work(server.url, seconds=setup.pick(3, 4, 6)))
                done.hold("reads go on", held=reads(shop, server))
                for command in (["backup", f"{disk}/copy"], ["import", f"{sheet}"]):
                    said = onhand(shop.path, *command)
                    done.hold(f"{command[0]} says so", held=_is_one_sentence(said))
                ballast.unlink()
                waits.append(recovers(shop, server))
                asyncio.run(crowd.ask_again(server.url))
            done.hold("it ends well", held=server.stop() == 0)
        _fill(ballast)
        done.wrong += _starts_on_a_full_disk(setup, shop)
        ballast.unlink()
        with setup.server(shop.path) as server:
            waits.append(recovers(shop, server))
        done.wrong += audit(shop.path)
        done.wrong += compare(shop.path, crowd.folder)
    return _judged(done, crowd, waits)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass


def _is_one_sentence(said: subprocess.CompletedProcess[str]) -> bool:
    return said.returncode != 0 and "Traceback" not in said.stderr and bool(said.stderr.strip())


def _starts_on_a_full_disk(setup: Setup, shop: Shop) -> Iterator[str]:
    """It says that it cannot, or serves those who read."""
    try:
        with setup.server(shop.path) as server:
            if not reads(shop, server):
                yield "it started on a full disk and cannot be read"
    except AssertionError as error:
        if "Traceback" in str(error):
            yield f"its start on a full disk: {error}"


def _judged(done: Outcome, crowd: Crowd, waits: list[float]) -> Outcome:
    told = statuses(crowd)
    done.hold(f"answers {set(told) - ANSWERS}", held=set(told) <= ANSWERS)
    done.hold("the fault was felt", held=told[503] > 0)
    done.hold(f"it recovers after {max(waits):.1f} s", held=max(waits) < RECOVERS)
    lost = sum("is lost" in what for what in done.wrong)
    acknowledged = told[200] + told[201]
    done.figure = (
        f"{acknowledged:,} acknowledged, {lost} lost, {told[503]:,} answered 503; "
        f"sells again after {max(waits):.2f} s at most{'; ' if done.figure else ''}{done.figure}"
    )
    return done


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
        before = Held.by(server.process.pid)
        for name, part in (("rw/pwrite", 0.01), ("sync/fdatasync", 0.02), ("sync/fsync", 0.02)):
            point = f"name=posix/io/{name},probability={part},failinfo=5"
            control("-c", f"enable_random {point}")
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
    done.wrong += [*audit(shop.path), *compare(shop.path, crowd.folder)]
    return _judged(done, crowd, waits)


def failed_commits(setup: Setup) -> Outcome:
    """A COMMIT that fails, and a BEGIN, a thousand times each; then everybody works."""
    shop = fresh(setup.folder, GOODS)
    crowd = Crowd(shop, 8, SKUS, setup.seed)
    times = setup.pick(60, 200, 1_000)
    done = Outcome(2 * times, "")
    impatient = replace(setup, bug=",".join(filter(None, ("impatient", setup.bug))))

    def fail(server: Server, what: str) -> None:
        sale = {"lines": [{"sku": SKUS[0], "quantity": 1}]}
        with httpx.Client(base_url=server.url, headers=shop.program()) as client:
            for _ in range(times):
                answer = client.post("/v1/orders", json=sale)
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
    done.hold(f"it recovers after {waits[0]:.1f} s", held=waits[0] < RECOVERS)
    done.wrong += [*audit(shop.path), *compare(shop.path, crowd.folder)]
    done.wrong = list(dict.fromkeys(done.wrong))
    done.figure = f"sells again after {waits[0]:.2f} s; {before.since(after)}"
    return done


def _faults(
    shop: Shop, server: Server
) -> list[tuple[str, Callable[[], AbstractContextManager[None]]]]:
    return [
        ("a COMMIT that fails", lambda: no_writes(server)),
        ("a BEGIN that fails", lambda: locked(shop.path)),
    ]
