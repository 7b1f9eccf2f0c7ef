"""What the scan box shows while somebody types."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from app.catalog import queries as catalog
from app.counter import scanning
from app.stock import lists, queries
from app.web.answer import Answer, AnyRequest
from app.web.render import either, fragment

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


async def instead(
    request: AnyRequest,
    template: str,
    code: str,
    says: str,
    *,
    whole: Callable[[int], Awaitable[Answer]],
) -> Answer:
    """No product has this code: what could be meant, or what is wrong with it.

    ``whole`` answers a browser without scripts, with that status.
    """
    found = await shown(code, says)
    status = 422 if says else 200 if found["hits"] or not code else 404
    target = {"hx-retarget": "#hits", "hx-reswap": "innerHTML"}
    return await either(
        request,
        fragment=lambda: fragment(request, template, status=status, headers=target, **found),
        whole=lambda: whole(status),
    )
