"""Finding products by the beginnings of their words, forgiving a slip of the finger.

An inverted index in ordinary tables, the same on SQLite and PostgreSQL. A slip is one letter
missing, added, wrong or swapped with its neighbour; two words that near share a spelling once a
letter is left out of each (symmetric deletion: W. Garbe, SymSpell, 2012).
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from piccolo.querystring import QueryString

from app import fields
from app.catalog.tables import SearchEntry, SearchWord, Spelling
from app.database import Arg, Prepared, action

MOST_TERMS = 6  # words of a query that count
LONGEST_WORD = 40
LAST = "\U0010ffff"  # sorts behind every letter
FORGIVING = 4  # letters a word must have before a slip is forgiven
SHORTEST = 3  # letters a word must have to be worth collecting
FEW = 1_000  # so many products are fetched by id; among more, looking from the top is quicker
MANY = 20_000  # a term with more entries than this is not collected at all


class Term(NamedTuple):
    """One word of a query: the words it stands for, each as the range from ``low`` to ``high``."""

    ranges: tuple[tuple[str, str], ...]
    is_corrected: bool = False

    @property
    def is_short(self) -> bool:
        return all(len(low) < SHORTEST for low, _ in self.ranges)

    @property
    def patterns(self) -> list[str]:
        """What ``Product.found_by`` looks like if it holds the term."""
        return [f"% {low}%" if high.endswith(LAST) else f"% {low} %" for low, high in self.ranges]


class Search(NamedTuple):
    """What a query asks for."""

    terms: tuple[Term, ...] = ()
    ids: tuple[int, ...] | None = None  # the products there can be, where they are few

    @property
    def is_corrected(self) -> bool:
        return any(term.is_corrected for term in self.terms)

    @property
    def conditions(self) -> list[QueryString]:
        """Conditions on ``product``, for the lists of other features."""
        conditions = []
        if self.ids is not None:
            conditions.append(QueryString(f"product.id IN ({', '.join(map(str, self.ids))})"))
        for term in self.terms:
            either = " OR ".join("product.found_by LIKE {}" for _ in term.patterns)
            conditions.append(QueryString(f"({either})", *term.patterns))
        return conditions


def words(*texts: str) -> set[str]:
    """The words by which something is found: runs of letters and digits."""
    return {w[:LONGEST_WORD] for text in texts for w in re.findall(r"[^\W_]+", fields.plain(text))}


def found_by(*texts: str) -> str:
    """The words of these texts in one line, a space before and behind each."""
    return f" {' '.join(sorted(words(*texts)))} "


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
async def index(product: int, texts: Iterable[str]) -> None:
    """Let the product be found by the words of these texts, and by no others."""
    await _FORGET.all(product=product)
    entries = []
    for word in words(*texts):
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
    """The products that have a word in one of ``ranges`` ranges, ``limit`` at most."""
    ranges_sql = " OR ".join("(word >= {} AND word < {})" for _ in range(ranges))
    return Prepared(
        SearchEntry.raw(
            "SELECT DISTINCT product FROM search_entry WHERE word IN "
            f"(SELECT id FROM search_word WHERE {ranges_sql}) LIMIT {{}}",
            *(Arg(f"{end}{i}") for i in range(ranges) for end in ("low", "high")),
            Arg("limit"),
        ),
        int,
    )


async def search(query: str) -> Search | None:
    """What the words of the query stand for; None when there is none, or one stands for nothing."""
    terms = [await _term(word) for word in sorted(words(query), key=len, reverse=True)[:MOST_TERMS]]
    if not (terms and all(term.ranges for term in terms)):
        return None
    ids: set[int] | None = None
    for term in terms:
        if ids is None or len(ids) > FEW:
            found = await _products(term, FEW + 1 if len(terms) == 1 else MANY)
            if found is not None:
                ids = found if ids is None else ids & found
    if ids is None or len(ids) > FEW:
        return Search(tuple(terms))
    return Search(tuple(terms), tuple(sorted(ids))) if ids else None


async def _products(term: Term, limit: int) -> set[int] | None:
    """The products of a term; None when they are not worth collecting."""
    if term.is_short:
        return None
    values: dict[str, str | int] = {"limit": limit}
    for i, (low, high) in enumerate(term.ranges):
        values |= {f"low{i}": low, f"high{i}": high}
    found = await _entries(len(term.ranges)).all(**values)
    return set(found) if len(found) < limit else None


async def _term(word: str) -> Term:
    """Words that begin with it; else words a slip away; else words that hold it."""
    if await _HAS_WORD.first(low=word, high=word + LAST):
        return Term(((word, word + LAST),))
    tried = spellings(word)
    near = await _near(len(tried)).all(**{f"spelling{i}": s for i, s in enumerate(tried)})
    if alike := [other for other in near if is_slip(word, other)]:
        return Term(tuple((other, other + " ") for other in alike), is_corrected=True)
    held = await _HOLDS.all(pattern=f"%{word}%") if len(word) > 2 else []
    return Term(tuple((other, other + " ") for other in held))


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
