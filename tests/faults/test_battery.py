"""A little of the battery: what is promised holds, and each bug is found when it is put back.

All of it, at length, is ``script/faults``.
"""

from pathlib import Path

import pytest

from tests.faults.battery import TRIALS
from tests.faults.trial import Setup, Skipped, Trial

pytestmark = pytest.mark.fault

NAMES = ("A1", "A2", "A3", "A4", "A9", "B1", "B3", "C1", "C2b", "C3", "C7", "C8", "C12d")


def marks(trial: Trial) -> list[pytest.MarkDecorator]:
    about = {"sqlite": trial.sqlite, "postgresql": trial.postgresql}
    return [getattr(pytest.mark, name) for name, is_so in about.items() if is_so]


SHORT = [pytest.param(TRIALS[name], id=name, marks=marks(TRIALS[name])) for name in NAMES]
WITH_BUG = [param for name, param in zip(NAMES, SHORT, strict=True) if TRIALS[name].bug]


def found(trial: Trial, folder: Path, bug: str = "") -> list[str]:
    """What is wrong, with or without a bug."""
    try:
        return trial.run(Setup(folder, bug=bug)).wrong
    except Skipped as why:
        pytest.skip(str(why))


@pytest.mark.parametrize("trial", SHORT)
def test_the_shop_stands_it(trial: Trial, tmp_path: Path):
    assert found(trial, tmp_path) == []


@pytest.mark.parametrize("trial", WITH_BUG)
def test_a_shop_with_the_bug_does_not(trial: Trial, tmp_path: Path):
    """The losing control."""
    assert found(trial, tmp_path, trial.bug) != []
