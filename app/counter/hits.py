"""What the scan box shows while somebody types."""

from contextlib import suppress
from typing import Any

from app.catalog import queries as catalog
from app.counter import scanning
from app.stock import lists, queries

MOST_LETTERS = 100


async def shown(search: str, says: str = "", *, instead_of: str = "") -> dict[str, Any]:
    """The products that may be meant, or ``says``: what is wrong with what stands in the box.

    Never the one ``instead_of`` which another is looked for.
    """
    if says:
        return {"search": search, "hits": [], "is_corrected": False, "says": says}
    with suppress(ValueError):  # then it is searched for as it is typed
        search = scanning.read(search).code
    found = await lists.hits(search[:MOST_LETTERS])
    hits = list(found.levels)
    exact = await catalog.id_of(search)
    if exact is not None:  # what Enter adds is what a scanner would
        hits = [await queries.level(exact), *(hit for hit in hits if hit.id != exact)]
    hits = [hit for hit in hits if str(hit.id) != instead_of]
    return {"search": search, "hits": hits, "is_corrected": found.is_corrected, "says": ""}
