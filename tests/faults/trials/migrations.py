"""C9: a shop is brought up to date and the command is killed: whole or not at all."""

import subprocess
import time
from random import Random

from tests import shops
from tests.faults.auditor import audit
from tests.faults.shop import looking
from tests.faults.trial import Outcome, Setup
from tests.faults.trials.elsewhere import suite
from tests.server import environment

ON_SQLITE = suite("tests/faults/test_migration_cut.py", "tests/faults/test_restore_cut.py")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"

Schema = list[tuple[str, ...]]


def cut(setup: Setup) -> Outcome:
    return ON_SQLITE(setup) if shops.IS_SQLITE else _on_postgresql(setup)


class Upgrade:
    """A shop that has nothing yet, and the command that brings it up to date."""

    def __init__(self, setup: Setup, name: str) -> None:
        self.path = setup.folder / f"{name}.sqlite"
        self._command = (*setup.onhand, "migrate")
        self._folder = setup.folder
        shops.begin(self.path)

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=environment(self.path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def schema(self) -> Schema:
        with looking(self.path) as ask:
            return ask(TABLES)


def _on_postgresql(setup: Setup) -> Outcome:
    """Killed at some moment, begun once more; and two of them at once."""
    setup.folder.mkdir(exist_ok=True)
    chance = Random(setup.seed)
    began = time.monotonic()
    first = Upgrade(setup, "first")
    nothing = first.schema()
    assert first.start().wait() == 0
    took = time.monotonic() - began
    whole = first.schema()
    done = Outcome(setup.pick(8, 10, 50), "")
    found = []
    for n in range(done.n):
        upgrade = Upgrade(setup, f"{n}")
        killed = upgrade.start()
        time.sleep(chance.uniform(took / 4, took))
        killed.kill()
        killed.wait()
        found.append(schema := upgrade.schema())
        done.hold(f"kill {n} leaves {len(schema)} tables", held=schema in (nothing, whole))
        done.hold(f"kill {n}: a second run fails", held=upgrade.start().wait() == 0)
        if upgrade.schema() == whole:
            done.wrong += audit(upgrade.path)
        else:
            done.wrong.append(f"kill {n}: a second run is not whole")
    both = Upgrade(setup, "both")
    ends = [process.wait() for process in (both.start(), both.start())]
    done.hold(f"two at once end with {ends}", held=ends == [0, 0] and both.schema() == whole)
    done.figure = (
        f"killed within {took:.1f} s: {found.count(nothing)} old, {found.count(whole)} new, "
        "each whole after a second run; two at once are one"
    )
    return done
