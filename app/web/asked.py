"""The query of a page's address: each thing is said once, or which of them counts?"""

from collections import Counter

from litestar.exceptions import ClientException

from app.web.answer import AnyRequest

LISTS = "lists"  # under which a handler keeps what its address may say several times


def check_query(request: AnyRequest) -> None:
    """Refuse an address that says one thing twice."""
    said = Counter(name for name, _ in request.query_params.multi_items())
    for name in request.route_handler.opt.get(LISTS, ()):
        del said[name]
    if said.total() > len(said):
        raise ClientException("This address says the same thing twice.")
