"""What ``script/setup`` relies on."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def project() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_all_that_the_program_needs_and_what_links_it(lock: str):
    needed = [*project()["project"]["dependencies"], *project()["build-system"]["requires"]]
    names = {re.split(r"[\[<>= ]", line)[0] for line in needed}
    locked = set(re.findall(r"^([\w-]+)==", (ROOT / lock).read_text(), re.MULTILINE))

    assert names - locked == set()


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-node.lock", "package-lock.json"])
def test_a_lock_names_no_address(lock: str):
    assert "://" not in re.sub(r'"(url|funding)": "[^"]*"', "", (ROOT / lock).read_text())


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-node.lock"])
def test_every_locked_package_is_checked_by_its_hash(lock: str):
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text())
    packages = [entry for entry in entries if re.match(r"[\w.-]+==", entry)]

    assert packages
    assert [entry for entry in packages if "--hash=sha256:" not in entry] == []
