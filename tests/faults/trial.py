"""What a trial is, and what it is given."""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests import shops
from tests.server import ONHAND, Server

SEED = 20261121


class Skipped(Exception):
    """It cannot be tried on this machine; its text says why."""


def need(*programs: str) -> None:
    """Skip what cannot be tried without these programs of the system."""
    if absent := [name for name in programs if shutil.which(name) is None]:
        raise Skipped(f"{', '.join(absent)} is not installed")


@dataclass(frozen=True)
class Setup:
    """Where a trial works, how much of it is done, and which bug is put back."""

    folder: Path
    size: int = 0  # 0 in script/test, 1 for a quick look, 2 in full
    seed: int = SEED
    bug: str = ""
    late: list[str] = field(default_factory=list)

    def pick(self, test: int, quick: int, full: int) -> int:
        """How many, by how much is to be done."""
        return (test, quick, full)[self.size]

    def expect(self, promise: str, seconds: float, most: float) -> None:
        """That it takes no longer; judged only where others leave the machine to us."""
        if seconds >= most:
            self.late.append(f"{promise}: {seconds:.2f} s, not {most} s")

    @property
    def onhand(self) -> tuple[str, ...]:
        """The program, with the bug if there is one."""
        return (sys.executable, "-m", "tests.faults.careless", self.bug) if self.bug else ONHAND

    @contextmanager
    def server(
        self, path: Path, *args: str, under: Sequence[str] = (), **settings: str
    ) -> Iterator[Server]:
        """The program on this shop, ``under`` another command; it is gone afterwards."""
        server = Server(path, *args, program=(*under, *self.onhand, "serve"), **settings)
        try:
            yield server
        finally:
            server.kill()


@dataclass
class Outcome:
    """How often it was tried, what came out, and whatever was wrong."""

    n: int
    figure: str
    wrong: list[str] = field(default_factory=list)

    def hold(self, promise: str, *, held: bool) -> None:
        if not held:
            self.wrong.append(promise)


@dataclass(frozen=True)
class Trial:
    """One row of the report. ``bug`` is what has to be found when it is put back; without one
    ``controls`` says where the careless twins are.

    ``sqlite`` and ``postgresql`` are about what only one of them has.
    """

    id: str
    what: str
    run: Callable[[Setup], Outcome]
    bug: str = ""
    controls: str = ""
    sqlite: bool = False
    postgresql: bool = False

    @property
    def is_here(self) -> bool:
        """Whether it is about the database at hand."""
        return not (self.postgresql if shops.IS_SQLITE else self.sqlite)

    def control(self, setup: Setup) -> Outcome:
        """The same, little of it, on a server that has the bug."""
        careless = replace(setup, folder=setup.folder / "bug", size=0, bug=self.bug, late=[])
        outcome = self.run(careless)
        outcome.wrong += careless.late
        return outcome
