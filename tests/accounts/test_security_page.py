"""docs/security.md names tests that are there, and each line of ASVS once."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text()
NO_TEST = ("no test: ", "not done: ")  # and then why


def rows() -> Iterator[tuple[str, str]]:
    """The lines of ASVS, as they are written, with what holds them."""
    for line in PAGE.split("## ASVS 5.0")[1].split("\n## ")[0].splitlines():
        if re.match(r"\| \d", line):
            _, numbers, held, _ = line.split("|")
            yield numbers.strip(), held.strip()


def single(numbers: str) -> Iterator[str]:
    """Each of ``3.4.3-3.4.6, 3.4.8``, where a whole chapter may be passed: ``15.1.1-15.2.1``."""
    for part in numbers.split(", "):
        first, _, last = part.partition("-")
        chapter, least = first.rsplit(".", 1)
        same, most = (last or first).rsplit(".", 1)
        if same == chapter:
            yield from (f"{chapter}.{number}" for number in range(int(least), int(most) + 1))
        else:
            yield from (first, last)


def test_the_tests_that_the_page_names_are_there():
    files = {str(path.relative_to(ROOT)): path for path in (ROOT / "tests").rglob("test_*.py")}
    tests = {name for p in files.values() for name in re.findall(r"def (test_\w+)", p.read_text())}

    named = set(re.findall(r"`(test_\w+)`", PAGE))
    named_files = set(re.findall(r"`(tests/[\w/]*test_\w+\.py)`", PAGE))

    assert named - tests == set()
    assert named_files - set(files) == set()
    assert len(named) > 50


def test_each_line_stands_there_once_with_its_test_or_the_reason_why_there_is_none():
    times = Counter(number for numbers, _ in rows() for number in single(numbers))
    bare = [n for n, held in rows() if "test" not in held and not held.startswith(NO_TEST)]

    assert {number for number, n in times.items() if n > 1} == set()
    assert bare == []
    assert len(times) > 100
