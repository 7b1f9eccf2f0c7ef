"""C3: a disk that is full."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.clients import Crowd
from tests.faults.shop import Shop, fresh
from tests.faults.trial import Outcome, Setup, Skipped
from tests.faults.trials.recovery import GOODS, SKUS, judged, reads, recovers
from tests.server import onhand

REFUSED = {
    "backup": "There is no room for a copy",
    "import": "The disk is full: make room, and try again.",
}


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
        subprocess.run(["umount", "--lazy", f"{folder}"], check=True)  # a file may be open


def disk_full(setup: Setup) -> Outcome:
    """It fills up while everybody works; then a backup and an import; then it is freed."""
    size = setup.pick(128, 128, 512)  # megabytes: much more than what is sold takes
    with small_disk(setup.folder / "disk", size) as disk:
        shop = fresh(disk, GOODS)
        crowd = Crowd(shop, 8, SKUS, setup.seed, setup.folder / "histories")
        done = Outcome(rounds := setup.pick(1, 2, 5), "")
        ballast = disk / "ballast"
        sheet = setup.folder / "goods.csv"
        given = {"backup": disk / "copy", "import": sheet}
        sheet.write_text("sku,name\n" + "".join(f"NEW-{n},New {n}\n" for n in range(5_000)))
        waits = []
        with setup.server(shop.path) as server:
            for _ in range(rounds):
                asyncio.run(crowd.work(server.url, seconds=0.5))
                fill(ballast)
                asyncio.run(crowd.work(server.url, seconds=setup.pick(3, 4, 6)))
                done.hold("reads go on", held=reads(shop, server))
                for command, why in REFUSED.items():
                    said = onhand(shop.path, command, f"{given[command]}")
                    done.hold(f"{command}: {said.stderr}", held=_says_so(said, why))
                ballast.unlink()
                waits.append(recovers(shop, server))
                asyncio.run(crowd.ask_again(server.url))
            done.hold("it ends well", held=server.stop() == 0)
        fill(ballast)
        done.wrong += _starts_on_a_full_disk(setup, shop)
        ballast.unlink()
        with setup.server(shop.path) as server:
            waits.append(recovers(shop, server))
        done.wrong += crowd.wrong()
    return judged(setup, done, crowd, waits)


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass


def _says_so(said: subprocess.CompletedProcess[str], why: str) -> bool:
    return said.returncode == 1 and why in said.stderr and "Traceback" not in said.stderr


def _starts_on_a_full_disk(setup: Setup, shop: Shop) -> Iterator[str]:
    """It says that it cannot, or serves those who read."""
    try:
        with setup.server(shop.path) as server:
            if not reads(shop, server):
                yield "it started on a full disk and cannot be read"
    except AssertionError as error:
        if "Traceback" in str(error):
            yield f"its start on a full disk: {error}"
