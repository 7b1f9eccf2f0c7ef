"""Finding products by the beginnings of their words, forgiving a slip of the finger.

An inverted index in ordinary tables, the same on SQLite and PostgreSQL. A slip is one letter
missing, added, wrong or swapped with its neighbour; two words that near share a spelling once a
letter is left out of each (symmetric deletion: W. Garbe, SymSpell, 2012).
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from piccolo.querystring import QueryString

from app import fields
from app.catalog.tables import SearchEntry, SearchWord, Spelling
from app.database import Arg, Prepared, action

MOST_TERMS = 6  # words of a query that count
LONGEST_WORD = 40
LAST = "\U0010ffff"  # sorts behind every letter
COMMON = 3_000  # a term with this many entries is cheaper to check than to collect
FORGIVING = 4  # letters a word must have before a slip is forgiven


class Term(NamedTuple):
    """One word of a query, as ranges of words that stand for it."""

    ranges: tuple[tuple[str, str], ...]
    is_common: bool
    is_corrected: bool


def words(*texts: str) -> set[str]:
    """The words by which something is found: runs of letters and digits."""
    return {w[:LONGEST_WORD] for text in texts for w in re.findall(r"[^\W_]+", fields.plain(text))}


def spellings(word: str) -> set[str]:
    """The word, and it with any one letter left out; only itself for codes and short words."""
    if len(word) < FORGIVING or not word.isalpha():
        return {word}
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


# The index


_WORD_ID = Prepared(SearchWord.select(SearchWord.id).where(SearchWord.word == Arg("word")), int)
_NEW_WORD = Prepared(SearchWord.insert(SearchWord(word=Arg("word"))).returning(SearchWord.id), int)
_NEW_SPELLING = Prepared(Spelling.insert(Spelling(spelling=Arg("spelling"), word=Arg("word"))), int)
_ENTER = Prepared(SearchEntry.insert(SearchEntry(word=Arg("word"), product=Arg("product"))), int)
_FORGET = Prepared(SearchEntry.delete().where(SearchEntry.product == Arg("product")), int)


@action
async def index(product: int, found_by: Iterable[str]) -> None:
    """Let the product be found by the words of these texts, and by no others."""
    await _FORGET.all(product=product)
    entries = []
    for word in words(*found_by):
        word_id = await _WORD_ID.first(word=word)
        if word_id is None:
            word_id = await _NEW_WORD.one(word=word)
            if len(word) >= FORGIVING and word.isalpha():
                await _NEW_SPELLING.each(
                    {"spelling": spelling, "word": word_id} for spelling in spellings(word)
                )
        entries.append({"word": word_id, "product": product})
    await _ENTER.each(entries)


# The query


_HAS_WORD = Prepared(
    SearchWord.select(SearchWord.word)
    .where(SearchWord.word >= Arg("low"), SearchWord.word < Arg("high"))
    .limit(1),
    str,
)
_HOLDS = Prepared(
    SearchWord.select(SearchWord.word).where(SearchWord.word.like(Arg("pattern"))).limit(20),  # type: ignore[arg-type]
    str,
)


@cache
def _near(count: int) -> Prepared[str]:
    """Words that share one of ``count`` spellings."""
    places = ", ".join("{}" for _ in range(count))
    return Prepared(
        Spelling.raw(
            "SELECT DISTINCT w.word FROM spelling s JOIN search_word w ON w.id = s.word "
            f"WHERE s.spelling IN ({places}) ORDER BY w.word",
            *(Arg(f"spelling{i}") for i in range(count)),
        ),
        str,
    )


@cache
def _entries(ranges: int) -> Prepared[int]:
    """How many entries ``ranges`` ranges of words have, counted up to COMMON."""
    return Prepared(
        SearchEntry.raw(
            "SELECT count(*) FROM (SELECT 1 FROM search_entry WHERE word IN "
            f"(SELECT id FROM search_word WHERE {_in_ranges('word', ranges)}) "
            f"LIMIT {COMMON}) AS e",
            *_range_args(0, ranges),
        ),
        int,
    )


async def terms(query: str) -> list[Term] | None:
    """What the words of the query stand for; None when one of them stands for nothing."""
    found = []
    for word in sorted(words(query), key=len, reverse=True)[:MOST_TERMS]:
        ranges, is_corrected = await _ranges(word)
        if not ranges:
            return None
        count = await _entries(len(ranges)).one(**range_values(0, ranges))
        found.append(Term(ranges, count == COMMON, is_corrected))
    return found


async def _ranges(word: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Words that begin with it; else words a slip away; else words that hold it."""
    if await _HAS_WORD.first(low=word, high=word + LAST):
        return ((word, word + LAST),), False
    tried = spellings(word)
    near = await _near(len(tried)).all(**{f"spelling{i}": s for i, s in enumerate(tried)})
    alike = [other for other in near if is_slip(word, other)]
    if not alike and len(word) > 2:
        alike = await _HOLDS.all(pattern=f"%{word}%")
        return tuple((other, other + "\0") for other in alike), False
    return tuple((other, other + "\0") for other in alike), True


def is_slip(typed: str, meant: str) -> bool:
    """Whether one letter missing, added, wrong or swapped explains the difference."""
    if len(typed) > len(meant):
        typed, meant = meant, typed
    i = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), len(typed))
    if len(meant) - len(typed) == 1:
        return typed[i:] == meant[i + 1 :]
    wrong = typed[i + 1 :] == meant[i + 1 :]
    swapped = typed[i : i + 2] == meant[i : i + 2][::-1] and typed[i + 2 :] == meant[i + 2 :]
    return len(typed) == len(meant) and (wrong or swapped)


# Conditions on product.id, for the lists of other features


def conditions(shape: Sequence[tuple[int, bool]]) -> list[QueryString]:
    """One condition for each term of ``shape``: how many ranges it has, and whether it is common.

    Rare terms are collected, common ones checked product by product.
    """
    return [
        QueryString(
            (
                "EXISTS (SELECT 1 FROM search_entry e JOIN search_word w ON w.id = e.word "
                f"WHERE e.product = product.id AND {_in_ranges('w.word', ranges)})"
            )
            if is_common
            else (
                "product.id IN (SELECT product FROM search_entry WHERE word IN "
                f"(SELECT id FROM search_word WHERE {_in_ranges('word', ranges)}))"
            ),
            *_range_args(number, ranges),
        )
        for number, (ranges, is_common) in enumerate(shape)
    ]


def range_values(number: int, ranges: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The values for the places of one term."""
    values: dict[str, str] = {}
    for i, (low, high) in enumerate(ranges):
        values |= {f"low{number}_{i}": low, f"high{number}_{i}": high}
    return values


def _range_args(number: int, ranges: int) -> list[Arg]:
    return [Arg(f"{end}{number}_{i}") for i in range(ranges) for end in ("low", "high")]


def _in_ranges(column: str, ranges: int) -> str:
    return "(" + " OR ".join(f"({column} >= {{}} AND {column} < {{}})" for _ in range(ranges)) + ")"
