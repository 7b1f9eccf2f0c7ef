"""A little of the battery: what is promised holds, and each bug is found when it is put back.

All of it, at length, is ``script/faults``.
"""

from pathlib import Path

import pytest

from tests.faults.battery import TRIALS
from tests.faults.trial import Setup, Skipped, Trial

pytestmark = pytest.mark.fault

SHORT = ("A1", "A2", "A3", "A9", "B1", "B3", "C1", "C2b", "C7")


def tried(trial: Trial, folder: Path, *, bug: str = "") -> list[str]:
    try:
        return trial.run(Setup(folder, bug=bug)).wrong
    except Skipped as why:
        pytest.skip(str(why))


@pytest.mark.parametrize("name", SHORT)
def test_the_shop_stands_it(name: str, tmp_path: Path):
    assert tried(TRIALS[name], tmp_path) == []


@pytest.mark.parametrize("name", [name for name in SHORT if TRIALS[name].bug])
def test_a_shop_with_the_bug_does_not(name: str, tmp_path: Path):
    """The losing control."""
    assert tried(TRIALS[name], tmp_path, bug=TRIALS[name].bug) != []
