"""What every measurement is given."""

from dataclasses import dataclass
from pathlib import Path

from tests.bench.report import Report
from tests.bench.served import Served


@dataclass
class Session:
    """The shops that are served, smallest first, and how long to look at them."""

    shops: dict[int, Served]  # by the number of products
    folder: Path
    report: Report
    rounds: int
    seconds: float  # of one round

    @property
    def largest(self) -> Served:
        return self.shops[max(self.shops)]
