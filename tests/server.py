"""The program in a process of its own: a server on a free port, a command to its end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

from tests import shops

ROOT = Path(__file__).parents[1]
ONHAND = (sys.executable, "-m", "app")
SERVE = (*ONHAND, "serve")
PATIENCE = 20.0  # seconds until a server that neither serves nor ends is given up


def environment(database: Path, **settings: str) -> dict[str, str]:
    """What a process needs to know; no setting of the machine it runs on gets in."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ONHAND_")}
    return {
        **own,
        "PYTHONPATH": str(ROOT),
        "ONHAND_DATABASE": settings.get("DATABASE") or shops.address(database),
        "ONHAND_BACKUPS": "off",  # but for those who ask
        **{f"ONHAND_{name}": value for name, value in settings.items()},
    }


def onhand(database: Path, *args: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end: ``onhand(database, "token", "add", "till")``."""
    return subprocess.run(
        [*ONHAND, *args],
        cwd=database.parent,
        env=environment(database, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Server:
    """A running server. What it printed before it served is in ``printed``."""

    def __init__(
        self,
        database: Path,
        *args: str,
        program: tuple[str, ...] = SERVE,
        **settings: str,
    ) -> None:
        self.log = database.with_suffix(".log")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*program, "--port", "0", *args],
                cwd=database.parent,
                env=environment(database, **settings),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.printed: list[str] = []
        self.url = self._until_it_serves()

    def _until_it_serves(self) -> str:
        assert self.process.stdout
        watchdog = Timer(PATIENCE, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            self.printed.append(line.rstrip())
            if line.startswith("Serving "):
                watchdog.cancel()
                return line.split()[1]
        watchdog.cancel()
        self.kill()
        raise AssertionError(f"it does not serve: {self.printed} {self.log.read_text()}")

    def said(self) -> list[dict[str, Any]]:
        """What it has logged, line by line."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def complaints(self) -> list[dict[str, Any]]:
        """The lines that say that something is not as it should be."""
        return [line for line in self.said() if line["level"] in {"warning", "error", "critical"}]

    def stop(self) -> int:
        """Ask it to end, and wait for it. Returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self._ended()

    def kill(self) -> None:
        """End it as a power cut would, but for what the disk still holds back."""
        self.process.kill()
        self._ended()

    def _ended(self) -> int:
        watchdog = Timer(PATIENCE, self.process.kill)
        watchdog.start()
        with self.process:  # waits for it, and closes its pipe
            pass
        watchdog.cancel()
        return self.process.returncode


@contextmanager
def serving(database: Path, *args: str) -> Iterator[str]:
    """A server on this file. Yields its address; afterwards it has ended, and well."""
    server = Server(database, *args)
    try:
        yield server.url
    except BaseException:
        server.kill()
        raise
    status = server.stop()
    assert status == 0, server.log.read_text()
