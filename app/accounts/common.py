"""Passwords that are tried first: made of the commonest ones, of rows of keys, of one's own name.

There is no list of leaked passwords here, but what such lists are made of: words of our own
choosing, in any order, with any digits and signs between them and with digits for letters.
"""

import re
from pathlib import Path

_FILE = Path(__file__).with_name("common.txt").read_text().split("\n\n")
WORDS = frozenset(_FILE[1].split())
ROWS = _FILE[2].split()
LETTERS = str.maketrans("013457@$!", "oleastasi")  # as people write them
SHORTEST_RUN = 4


def is_common(password: str, name: str = "") -> bool:
    """Whether it would be among the first to be tried for somebody of this name."""
    plain = password.casefold()
    words = {*WORDS, _letters(name.casefold())} - {""}
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    as_written = (plain, plain.translate(LETTERS), core.translate(LETTERS), _without_runs(plain))
    texts = {_letters(text) for text in as_written}
    return _is_repeated(plain) or any(_is_made_of(words, text) for text in texts)


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text)


def _is_made_of(words: set[str], text: str) -> bool:
    """Whether it is nothing but these words, one after the other."""
    ends = {0}
    for start in range(len(text)):
        if start in ends:
            ends |= {start + len(word) for word in words if text.startswith(word, start)}
    return len(text) in ends


def _is_repeated(text: str) -> bool:
    """A few characters over and over, or rows of keys and nothing else."""
    return bool(re.fullmatch(r"(.{1,5}?)\1{1,}.{0,3}", text)) or not _without_runs(text)


def _without_runs(text: str) -> str:
    """What is left of it without rows of keys, in either direction."""
    kept, start = "", 0
    while start < len(text):
        end = start + SHORTEST_RUN
        while end <= len(text) and _is_run(text[start:end]):
            end += 1
        if end > start + SHORTEST_RUN:
            start = end - 1
        else:
            kept += text[start]
            start += 1
    return kept


def _is_run(text: str) -> bool:
    return any(text in row or text[::-1] in row for row in ROWS)
