"""C2: a sheet of products comes in while the command that brings it is killed at every write."""

import subprocess

from tests.faults.auditor import Log, audit
from tests.faults.shop import fresh, looking
from tests.faults.trial import Outcome, Setup, need
from tests.faults.trials.strace import FILES, found
from tests.server import environment

PRODUCTS = 100  # in a sheet


def killed_import(setup: Setup) -> Outcome:
    """A sheet of products comes in whole or not at all, wherever the command is killed."""
    need("strace")
    shop = fresh(setup.folder, {"MUG": 1})
    log = Log()
    file = setup.folder / "trace"

    def bring(number: int, *how: str) -> int:
        sheet = setup.folder / "sheet.csv"
        rows = "".join(f"NEW-{number}-{n},New {n},{n}\n" for n in range(PRODUCTS))
        sheet.write_text(f"sku,name,on_hand\n{rows}")
        return subprocess.run(
            [*how, *setup.onhand, "import", f"{sheet}"],
            cwd=setup.folder,
            env=environment(shop.path),
            capture_output=True,
            check=False,
        ).returncode

    bring(0, "strace", "-f", "-o", f"{file}", "-e", f"trace={FILES}")
    calls = list(found(file))
    calls = calls[:: max(1, len(calls) // setup.pick(3, 12, 60))]
    done = Outcome(len(calls), "")
    hit = 0
    for number, point in enumerate(calls, 1):
        hit += bring(number, "strace", "-f", *point.kill) != 0
        done.wrong += [f"{point}: {what}" for what in audit(shop.path, log)]
        with looking(shop.path) as ask:
            ((there,),) = ask(f"SELECT count(*) FROM product WHERE sku LIKE 'NEW-{number}-%'")
        done.hold(f"{point}: {there} of {PRODUCTS} are there", held=there in {0, PRODUCTS})
        done.hold(f"{point}: it cannot be brought once more", held=bring(number) == 0)
    with looking(shop.path) as ask:
        ((there,),) = ask("SELECT count(*) FROM product")
    done.hold(f"{there} products", held=there == PRODUCTS * (len(calls) + 1) + 1)
    done.hold(f"{hit} of {len(calls)} were hit", held=hit >= 0.9 * len(calls))
    done.figure = f"{PRODUCTS} products a sheet, killed at {hit} of {len(calls)} calls"
    return done
