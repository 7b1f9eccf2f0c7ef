"""What is kept of the battery: a row for each trial and database, and no bug without its word."""

from dataclasses import replace
from pathlib import Path

from tests.faults import report
from tests.faults.battery import TRIALS
from tests.faults.report import Row

LITE = Row("A1", "bank", "9", "1", "quick", "pass", "torn: 1 found", "0%", "SQLite 3.53.4", "abc")
POSTGRES = replace(LITE, figure="slow", version="PostgreSQL 15.14")
OTHER = replace(LITE, id="A2", what="last unit")


def kept(path: Path, *rows: Row) -> list[str]:
    report.keep(rows, ("A1", "A2"), path)
    return [line for line in path.read_text().splitlines() if line.startswith("| A")]


def test_a_row_of_one_database_leaves_that_of_the_other(tmp_path: Path):
    kept(tmp_path / "kept", OTHER, LITE)

    lines = kept(tmp_path / "kept", POSTGRES)

    assert [line.split(" | ")[4] for line in lines] == ["quick", "slow", "quick"]


def test_a_row_tried_again_takes_the_place_of_the_old_one_and_a_skipped_one_does_not(
    tmp_path: Path,
):
    kept(tmp_path / "kept", LITE, OTHER)

    lines = kept(
        tmp_path / "kept", replace(LITE, figure="new"), replace(OTHER, verdict="skip", figure="-")
    )

    assert [line.split(" | ")[4] for line in lines] == ["new", "quick"]


def test_a_trial_has_a_bug_to_find_or_says_where_its_controls_are():
    assert [trial.id for trial in TRIALS.values() if bool(trial.bug) == bool(trial.controls)] == []
